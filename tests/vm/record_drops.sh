#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records how Debian's kernel describes its drop reasons:
#
#   tests/vm/record_drops.sh tests/fixtures/drop_reason/linux-6.1
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 1 ] || {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
vm_need
output=$(vm_run record_drops)
tracepoint=sys/kernel/tracing/events/skb/kfree_skb
mkdir -p "$1/sys/kernel/btf" "$1/$tracepoint"
sed -n 's/^format //p' <<<"$output" >"$1/$tracepoint/format"
sed -n 's/^types //p' <<<"$output" | base64 -d | gzip -dc |
  "$vm_directory/../btf.pl" reduce >"$1/sys/kernel/btf/vmlinux"
cat >"$1/ORIGIN" <<ORIGIN
Recorded on Debian's kernel $(basename "$kernel"), x86_64, in a virtual machine.
sys/kernel/btf/vmlinux was reduced by "tests/btf.pl reduce".
ORIGIN
