#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# In sources that were configured and built in place, check builds too: from a
# copy without the files that the build made.
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

# Without programs, which would take a minute more.
check_builds() {
  cd "$tree" && CFLAGS=-O0 MAKEFLAGS='check_PROGRAMS= check_LTLIBRARIES=' \
    ./check build && [ -e build-check/gcc/.libs/softnet.so ]
}

# The copy has all sources, but no objects and generated files.
copy_is_clean() {
  local copy=$tree/build-check/source
  find "$copy" \( -name '*.o' -o -name '*.lo' -o -name '*.la' \
    -o -name proto_counters.h -o -name config.status \) | is_empty &&
    find "$copy" -name proto_counters.tsv | grep . && [ -x "$copy/configure" ]
}

# A build directory of other sources is replaced, one of the same sources kept.
other_sources_are_noticed() {
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
ok 'the copy can be configured and built in place' build_in_place
ok 'check builds there' check_builds
ok 'it builds from a clean copy' copy_is_clean
ok 'a build from other sources is made anew' other_sources_are_noticed
done_testing
