#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records the adapters that qemu has, with Debian's kernel:
#
#   tests/vm/record_nics.sh tests/fixtures/nic_ethtool/drivers
#
# writes DRIVER-recorded-linux-6.1.txt for each of them there.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 1 ] || {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
vm_need
version=$(basename "$kernel" | sed -E 's/[^0-9]*([0-9]+\.[0-9]+).*/\1/')
said=$(vm_run record)
for driver in $(awk '$1 == "fixture" { print $2 }' <<<"$said" | uniq); do
  sed -n "s/^fixture $driver //p" <<<"$said" \
    >"$1/$driver-recorded-linux-$version.txt"
done
grep -v '^fixture ' <<<"$said" || true
