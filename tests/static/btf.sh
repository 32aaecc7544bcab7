#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/btf.pl, which makes fixtures: what is described becomes the blob that is
# there, and what is reduced already stays as it is.
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
  ok "$directory says where it is from" test -s "$directory/ORIGIN"
  if [ -e "$directory/types.txt" ]; then
    ok "$directory is what its description says" makes "$directory"
    ok "$directory says that it was not recorded" \
      grep -q 'Not recorded' "$directory/ORIGIN"
  else
    ok "$directory is as reduced as can be" stays "$directory"
  fi
done
ok 'what is no BTF is refused' refuses tests/btf.pl reduce
ok 'so is an unknown command' refuses tests/btf.pl fly
done_testing
