#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records qemu's adapters, with Debian's kernel:
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
output=$(vm_run record)
for driver in $(awk '$1 == "fixture" { print $2 }' <<<"$output" | uniq); do
  sed -n "s/^fixture $driver //p" <<<"$output" \
    >"$1/$driver-recorded-linux-$version.txt"
done
grep -v '^fixture ' <<<"$output" || true
