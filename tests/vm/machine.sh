#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the layers on another kernel, with more CPUs and with real network
# drivers, in a virtual machine. The guest's scripts are the tests.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Numbers the guest's tests, and adds one: that the guest reached its end.
number_tests() {
  awk '
    function test(mark, rest) {
      printf "%s %d %s\n", mark, ++count, rest
      fflush()
    }
    sub(/^not ok /, "") { test("not ok", $0); next }
    sub(/^ok /, "") { test("ok", $0); next }
    $1 == "status" {
      test($2 == 0 ? "ok" : "not ok", "- the machine reached its end")
      next
    }
    sub(/^! /, "# ") { print >"/dev/stderr"; next }
    { sub(/^(# )?/, "# "); print }
    END { print "1.." count }'
}

vm_need
{
  trap 'echo "status $?"' EXIT
  vm_run 'test_*'
} | number_tests
