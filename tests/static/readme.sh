#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's tables are those of the layers. "make update-readme" writes them.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

# A layer with hundreds of meters has its limits there, and the rest in its page.
has_table() { # LAYER
  grep -Eqx "<!-- (meters|thresholds) $1 -->" README.md
}

is_up_to_date() {
  awk -v meter_table="$NETLOSS_BUILD/meter_table" -f man/fill_tables.awk \
    README.md >"$scratch/README.md" &&
    diff -u README.md "$scratch/README.md"
}

# By a plugin, by the daemon, or by what loads plugins into it.
every_line_is_said() {
  local daemon loader
  daemon=$(command -v collectd)
  loader=$(ldd "$daemon" | grep -oE '/[^ ]*ld-linux[^ ]*')
  strings -n 8 "$NETLOSS_BUILD"/.libs/*.so "$daemon" "$loader" |
    perl tests/static/log_lines.pl README.md | is_empty
}

links_lead_somewhere() {
  local file=$1 target missing=0
  while IFS= read -r target; do
    [ -e "$target" ] || {
      echo "$target is not there"
      missing=1
    }
  done < <(grep -oE '\]\([^):#]+\)' "$file" | sed 's/^](//; s/)$//')
  return "$missing"
}

for layer in $(layers); do
  ok "README.md has a table of $layer" has_table "$layer"
done
ok 'README.md is as "make update-readme" leaves it' is_up_to_date
ok 'README.md quotes what is really said' every_line_is_said
for file in README.md CONTRIBUTING.md; do
  ok "the links in $file lead somewhere" links_lead_somewhere "$file"
done
done_testing
