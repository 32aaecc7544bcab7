#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each room includes only what it may, and file names are unique.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

# Each room, and the rooms that it may include besides itself.
arrows='
common/base     -
common/kernel   common/base
common/netlink  common/base common/kernel
common/report   common/base
common/layer    common/base common/kernel common/netlink common/report
plugins         common/layer
plugins/*       common/base common/kernel common/netlink common/report common/layer plugins
frontends/*     common/base common/report common/layer plugins
'

# Lists the C files of a tree, and the awk programs that generate C.
c_files() { # TREE
  (cd "$1" && find common plugins frontends -name '*.[ch]' -o \
    -path 'plugins/*.awk' | sort)
}

# Prints every include that breaks a rule.
breaches() { # TREE
  mapfile -t files < <(c_files "$1")
  (cd "$1" && awk -v arrows="$arrows" '
    function room_of(path) {
      sub(/\/[^\/]*$/, "", path)
      return path
    }
    function breach(words) {
      printf "%s:%d: %s\n", FILENAME, FNR, words
    }
    BEGIN {
      for (i = split(arrows, line, "\n"); i > 0; i--) {
        room = words = line[i]
        sub(/ .*/, "", room)
        sub(/^[^ ]* */, "", words)
        may[room] = words == "-" ? "" : words
      }
      for (i = 1; i < ARGC; i++) {
        name = ARGV[i]
        sub(/.*\//, "", name)
        sub(/\.awk$/, ".h", name)
        home[name] = room_of(ARGV[i])
      }
    }
    FNR == 1 {
      room = room_of(FILENAME)
      rule = room in may ? room : room_of(room) "/*"
      if (!(rule in may))
        breach(room " is not a known room")
    }
    /#include </ {
      if (/<libmnl\// && room != "common/netlink")
        breach("only common/netlink may include libmnl")
    }
    /#include \\?"/ {
      name = $0
      sub(/.*#include \\?"/, "", name)
      sub(/\\?".*/, "", name)
      if (name ~ /\// && room != "frontends/collectd")
        breach("includes " name ", which should be a bare name")
      else if (!(name in home) && room != "frontends/collectd")
        breach("includes " name ", which does not exist")
      else if (name in home && home[name] != room &&
               index(" " may[rule] " ", " " home[name] " ") == 0)
        breach("includes " name " of " home[name] "; " room " may include " \
               (may[rule] == "" ? "nothing" : may[rule]))
    }' "${files[@]}")
}

breaks_no_rule() { # TREE
  breaches "$1" | is_empty
}

has_unique_names() { # TREE
  (cd "$1" && find common dashboards frontends man plugins tests -name '*.[ch]') |
    sed 's|.*/||' | sort | uniq -d | sed 's/$/: two files have this name/' |
    is_empty
}

# Makes a tree with a file in each room, each with an allowed include.
make_tree() { # TREE
  mkdir -p "$1"/{common/{base,kernel,netlink,report,layer},plugins/{one,two}} \
    "$1"/{frontends/some,dashboards,man,tests}
  echo '#include <string.h>' >"$1/common/base/plain.h"
  echo '#include "plain.h"' >"$1/common/kernel/file.h"
  echo '#include <libmnl/libmnl.h>' >"$1/common/netlink/asked.h"
  echo '#include "plain.h"' >"$1/common/report/rate.h"
  echo '#include "asked.h"' >"$1/common/layer/contract.h"
  echo '#include "contract.h"' >"$1/plugins/layers.h"
  echo '#include "layers.h"' >"$1/plugins/one/one.h"
  echo 'BEGIN { print "#include \"rate.h\"" }' >"$1/plugins/two/rows.awk"
  echo '#include "rows.h"' >"$1/plugins/two/two.h"
  echo '#include "layers.h"' >"$1/frontends/some/shown.h"
}

# Adds a line to a file of such a tree, and expects exactly that breach.
finds() { # FILE LINE WORDS
  rm -rf "$scratch/tree"
  make_tree "$scratch/tree"
  echo "$2" >>"$scratch/tree/$1"
  breaches "$scratch/tree" | diff <(echo "$1:2: $3") -
}

finds_a_duplicate_name() {
  touch "$scratch/tree/frontends/some/plain.h"
  ! has_unique_names "$scratch/tree" >"$scratch/twice" &&
    grep -x 'plain.h: two files have this name' "$scratch/twice"
}

ok 'every room includes only what it may' breaks_no_rule .
ok 'no two C files have the same name' has_unique_names .

make_tree "$scratch/tree"
ok 'allowed includes break no rule' breaks_no_rule "$scratch/tree"
ok 'unique names pass' has_unique_names "$scratch/tree"
ok 'base includes nothing' finds common/base/plain.h '#include "file.h"' \
  'includes file.h of common/kernel; common/base may include nothing'
ok 'kernel does not include netlink' finds common/kernel/file.h \
  '#include "asked.h"' \
  'includes asked.h of common/netlink; common/kernel may include common/base'
ok 'netlink does not include report' finds common/netlink/asked.h \
  '#include "rate.h"' \
  'includes rate.h of common/report; common/netlink may include common/base common/kernel'
ok 'report does not include kernel' finds common/report/rate.h \
  '#include "file.h"' \
  'includes file.h of common/kernel; common/report may include common/base'
ok 'layer does not include plugins' finds common/layer/contract.h \
  '#include "one.h"' \
  'includes one.h of plugins/one; common/layer may include common/base common/kernel common/netlink common/report'
ok 'a plugin does not include another one' finds plugins/one/one.h \
  '#include "two.h"' \
  'includes two.h of plugins/two; plugins/one may include common/base common/kernel common/netlink common/report common/layer plugins'
ok 'nor does code generated from a table' finds plugins/two/rows.awk \
  '{ print "#include \"one.h\"" }' \
  'includes one.h of plugins/one; plugins/two may include common/base common/kernel common/netlink common/report common/layer plugins'
ok 'a plugin does not include a frontend' finds plugins/one/one.h \
  '#include "shown.h"' \
  'includes shown.h of frontends/some; plugins/one may include common/base common/kernel common/netlink common/report common/layer plugins'
ok 'a frontend does not include kernel' finds frontends/some/shown.h \
  '#include "file.h"' \
  'includes file.h of common/kernel; frontends/some may include common/base common/report common/layer plugins'
ok 'nor a plugin' finds frontends/some/shown.h '#include "one.h"' \
  'includes one.h of plugins/one; frontends/some may include common/base common/report common/layer plugins'
ok 'only netlink includes libmnl' finds plugins/one/one.h \
  '#include <libmnl/libmnl.h>' 'only common/netlink may include libmnl'
ok 'includes name no folder' finds common/kernel/file.h '#include "base/plain.h"' \
  'includes base/plain.h, which should be a bare name'
ok 'an included file exists' finds common/kernel/file.h '#include "far.h"' \
  'includes far.h, which does not exist'
ok 'a duplicate name is found' finds_a_duplicate_name
done_testing
