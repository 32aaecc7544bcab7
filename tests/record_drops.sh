#!/bin/bash
# SPDX-License-Identifier: MIT
# Records how this machine's kernel describes its drop reasons, as a tree for
# tests/fixtures:
#
#   tests/record_drops.sh tests/fixtures/drop_reason/linux-6.18
#
# It needs root and a mounted tracefs, for the tracepoint's format.
set -euo pipefail

[ $# -eq 1 ] || {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
format=sys/kernel/tracing/events/skb/kfree_skb/format
mkdir -p "$1/sys/kernel/btf" "$1/$(dirname "$format")"
"$(dirname "${BASH_SOURCE[0]}")/btf.pl" reduce </sys/kernel/btf/vmlinux \
  >"$1/sys/kernel/btf/vmlinux"
cat "/$format" >"$1/$format"
cat >"$1/ORIGIN" <<ORIGIN
Recorded on Linux $(uname -r | sed -E 's/^([0-9.]*).*/\1/'), $(uname -m).
sys/kernel/btf/vmlinux was reduced by "tests/btf.pl reduce".
ORIGIN
