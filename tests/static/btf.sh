#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/btf.pl: a fixture's description makes its blob, and reducing a fixture
# again changes nothing.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

fixtures=tests/fixtures/drop_reason

makes() { # DIRECTORY
  tests/btf.pl make <"$1/types.txt" >"$scratch/blob" &&
    cmp "$scratch/blob" "$1/sys/kernel/btf/vmlinux"
}

stays() { # DIRECTORY
  tests/btf.pl reduce <"$1/sys/kernel/btf/vmlinux" >"$scratch/blob" &&
    cmp "$scratch/blob" "$1/sys/kernel/btf/vmlinux"
}

refuses() { # COMMAND...
  ! echo nothing | "$@" 2>"$scratch/why"
}

for directory in "$fixtures"/*; do
  ok "$directory states its origin" test -s "$directory/ORIGIN"
  if [ -e "$directory/types.txt" ]; then
    ok "$directory matches its description" makes "$directory"
    ok "$directory states that it was not recorded" \
      grep -q 'Not recorded' "$directory/ORIGIN"
  else
    ok "$directory cannot be reduced further" stays "$directory"
  fi
done
ok 'reducing other data is refused' refuses tests/btf.pl reduce
ok 'an unknown command is refused' refuses tests/btf.pl fly
done_testing
