#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# In a copy of the sources that somebody has configured and built in place, check
# builds all the same, from sources without what was built there.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
. tests/source.sh

tree=$scratch/tree

copy_sources() {
  mkdir "$tree"
  tar -c -C "$(source_of_build "$NETLOSS_BUILD")" --exclude ./.git \
    --exclude ./build --exclude ./build-check --exclude ./run . |
    tar -x -C "$tree"
}

build_in_place() {
  cd "$tree" && ./configure CFLAGS=-O0 && make -s -j2 softnet.la snmp_proto.la &&
    [ -e config.status ] && find . -name proto_counters.h | grep .
}

# The plugins will do: programs would take a minute more.
check_builds() {
  cd "$tree" && CFLAGS=-O0 MAKEFLAGS='check_PROGRAMS= check_LTLIBRARIES=' \
    ./check build && [ -e build-check/gcc/.libs/softnet.so ]
}

# It has none of the objects and generated files, but all sources.
copy_is_clean() {
  local copy=$tree/build-check/source
  find "$copy" \( -name '*.o' -o -name '*.lo' -o -name '*.la' \
    -o -name proto_counters.h -o -name config.status \) | is_empty &&
    find "$copy" -name proto_counters.tsv | grep . && [ -x "$copy/configure" ]
}

# A build from sources that were not configured yet gives way.
another_source_is_noticed() {
  cd "$scratch"
  mkdir -p build-x
  echo 'srcdir = ../tree' >build-x/Makefile
  touch build-x/old
  configure_from=tree/build-check/source
  source_configure build-x --quiet && [ ! -e build-x/old ] &&
    [ "$(source_of_build build-x)" = "$tree/build-check/source" ] &&
    touch build-x/new && source_configure build-x && [ -e build-x/new ]
}

ok 'the sources can be copied' copy_sources
ok 'and be configured and built in place' build_in_place
ok 'check builds there' check_builds
ok 'from a clean copy' copy_is_clean
ok 'a build from other sources is made anew' another_source_is_noticed
done_testing
