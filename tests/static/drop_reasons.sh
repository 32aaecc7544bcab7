#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A faulty row of drop_reasons.tsv fails the build, which names its line and
# what was expected.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

# Generates the table with one more row.
makes() { # ROW
  { cat plugins/drop_reason/drop_reasons.tsv && printf '%b\n' "$1"; } >"$scratch/table.tsv"
  awk -f common/table.awk -f plugins/drop_reason/drop_reasons.awk "$scratch/table.tsv" >"$scratch/table.c" \
    2>"$scratch/why"
}

refuses() { # ROW WORDS
  ! makes "$1" && cat "$scratch/why" &&
    grep -q "table.tsv:$(($(wc -l <plugins/drop_reason/drop_reasons.tsv) + 1)): $2" \
      "$scratch/why"
}

ok 'a good row is accepted' makes 'new_one\tfault\tip_in\t-\t-\tNew.'
ok 'a row has six columns' refuses 'new_one\tfault\t-\t-\tNew.' \
  'expected 6 columns, found 5'
ok 'no column is empty' refuses 'new_one\tfault\t\t-\t-\tNew.' 'column 3: empty'
ok 'a name is in lower case' refuses 'NEW_ONE\tfault\t-\t-\t-\tNew.' \
  'column 1: expected'
ok 'an unknown class is refused' \
  refuses 'new_one\tbenign\t-\t-\t-\tNew.' 'column 2: expected'
ok 'a loss has a bucket' refuses \
  'new_one\tfault\t-\t-\t-\tNew.' 'column 3: a loss has a bucket'
ok 'no reason appears twice' \
  refuses 'no_socket\tnormal\t-\t-\t-\tAgain.' 'no_socket stands here twice'
ok 'totals come first' refuses 'new_one\ttotal\t-\t-\t-\tNew.' \
  'column 1: new_one is no class'
ok 'advice is short' refuses \
  "new_one\tfault\tip_in\t-\t$(printf 'x%.0s' {1..80})\tNew." 'column 5: too long'
done_testing
