#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No files include each other in a circle; X.h and X.c count as one.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

# Prints each circle: "A -> B -> A". A table's awk program stands for the C file
# that it generates.
circles() { # TREE
  mapfile -t files < <(cd "$1" && find common plugins frontends \
    -name '*.[ch]' -o -path 'plugins/*.awk' | sort)
  (cd "$1" && awk '
    function unit_of(path) {
      sub(/.*\//, "", path)
      sub(/\.[a-z]*$/, "", path)
      return path
    }
    # Prints the circle that the stack closes with this unit.
    function print_circle(unit, depth,   i, way) {
      way = unit
      for (i = depth; stack[i] != unit; i--)
        way = stack[i] " -> " way
      print unit " -> " way
    }
    function visit(unit, depth,   i, names, count, next_unit) {
      state[unit] = "open"
      stack[depth] = unit
      count = split(includes[unit], names, " ")
      for (i = 1; i <= count; i++) {
        next_unit = names[i]
        if (state[next_unit] == "open")
          print_circle(next_unit, depth)
        else if (state[next_unit] == "")
          visit(next_unit, depth + 1)
      }
      state[unit] = "done"
    }
    BEGIN {
      for (i = 1; i < ARGC; i++)
        units[i] = unit_of(ARGV[i])
    }
    /#include \\?"/ {
      name = $0
      sub(/.*#include \\?"/, "", name)
      sub(/\\?".*/, "", name)
      name = unit_of(name)
      unit = unit_of(FILENAME)
      if (name != unit && !((unit, name) in seen)) {
        seen[unit, name] = 1
        includes[unit] = includes[unit] " " name
      }
    }
    END {
      for (i = 1; i < ARGC; i++)
        if (state[units[i]] == "")
          visit(units[i], 1)
    }' "${files[@]}")
}

has_no_circle() { # TREE
  circles "$1" | is_empty
}

make_tree() { # TREE
  mkdir -p "$1"/common/base "$1"/plugins/one "$1"/frontends/some
  echo '#include "plain.h"' >"$1/common/base/plain.c"
  touch "$1/common/base/plain.h"
  echo '#include "plain.h"' >"$1/plugins/one/one.h"
  echo '#include "one.h"' >"$1/plugins/one/one.c"
  echo '#include "one.h"' >"$1/plugins/one/other.h"
  echo 'BEGIN { print "#include \"one.h\"" }' >"$1/plugins/one/rows.awk"
}

# Adds a line to a file of such a tree, and expects exactly this circle.
finds() { # FILE LINE CIRCLE
  rm -rf "$scratch/tree"
  make_tree "$scratch/tree"
  echo "$2" >>"$scratch/tree/$1"
  circles "$scratch/tree" | diff <(echo "$3") -
}

ok 'no files include each other in a circle' has_no_circle .

make_tree "$scratch/tree"
ok 'a tree without circles passes' has_no_circle "$scratch/tree"
ok 'a circle of two is found' finds plugins/one/one.h '#include "other.h"' \
  'one -> other -> one'
ok 'a circle through a .c file is found' finds plugins/one/one.c '#include "other.h"' \
  'one -> other -> one'
ok 'a circle of three is found' finds common/base/plain.h '#include "other.h"' \
  'plain -> other -> one -> plain'
ok 'a circle through a table is found' finds plugins/one/one.c '#include "rows.h"' \
  'one -> rows -> one'
done_testing
