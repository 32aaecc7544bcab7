#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records the interrupts of qemu's adapters, with Debian's kernel and four CPUs:
#
#   tests/vm/record_irqs.sh tests/fixtures/irq_balance
#
# writes adapters-linux-6.1.txt there.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 1 ] || {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
vm_need
version=$(basename "$kernel" | sed -E 's/[^0-9]*([0-9]+\.[0-9]+).*/\1/')
output=$(vm_run record_irqs)
sed -n 's/^fixture //p' <<<"$output" >"$1/adapters-linux-$version.txt"
grep -v '^fixture ' <<<"$output" || true
