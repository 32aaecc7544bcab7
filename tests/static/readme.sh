#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's tables are those of the layers. "make update-readme" writes them.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

has_table() { # LAYER
  grep -qx "<!-- meters $1 -->" README.md
}

is_up_to_date() {
  awk -v meter_table="$NETLOSS_BUILD/meter_table" -f man/fill_tables.awk \
    README.md >"$scratch/README.md" &&
    diff -u README.md "$scratch/README.md"
}

for layer in $(layers); do
  ok "README.md has the meters of $layer" has_table "$layer"
done
ok 'README.md is as "make update-readme" leaves it' is_up_to_date
done_testing
