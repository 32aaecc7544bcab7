#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Only frontends/collectd uses collectd's headers and functions.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

# Reads the dependencies that the compiler recorded for each object.
objects_that_include_collectd() {
  grep -rlE --include='*.Plo' --include='*.Po' '[ /]collectd(\.h|/core/)' \
    "$NETLOSS_BUILD/common" "$NETLOSS_BUILD/plugins" \
    "$NETLOSS_BUILD/frontends" || true
}

only_the_frontend_includes_it() {
  objects_that_include_collectd |
    awk '!/\/frontends\/collectd\//' | is_empty
}

the_frontend_includes_it() {
  objects_that_include_collectd | grep -q -- '-collectd5\.Plo$'
}

symbols() { # KIND FILE...: defined or undefined
  nm --"$1"-only -P "${@:2}" 2>/dev/null | awk 'NF > 1 { print $1 }' | sort -u
}

collectd_functions() {
  nm -D --defined-only -P "$(command -v collectd)" |
    awk '$1 !~ /@/ { print $1 }' | sort -u
}

used_from_collectd() { # LIBRARY...
  comm -12 <(collectd_functions) \
    <(comm -23 <(symbols undefined "$@") <(symbols defined "$@"))
}

frontend=$NETLOSS_BUILD/.libs/libcollectd_frontend.a

libraries_use_none_of_its_functions() {
  local library
  for library in "$NETLOSS_BUILD"/.libs/lib*.a; do
    [ "$library" = "$frontend" ] || used_from_collectd "$library"
  done | is_empty
}

the_frontend_uses_its_functions() {
  used_from_collectd "$frontend" | grep -qx plugin_dispatch_values
}

ok 'only frontends/collectd includes a header of collectd' \
  only_the_frontend_includes_it
ok 'the frontend is found to include them' the_frontend_includes_it
ok 'layers and common code call no function of collectd' \
  libraries_use_none_of_its_functions
ok 'the frontend is found to call them' the_frontend_uses_its_functions
done_testing
