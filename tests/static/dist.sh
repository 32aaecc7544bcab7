#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tarball contains all of the project's files, and the manual pages.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
need_git

tarball_files() {
  tar -tzf "$NETLOSS_BUILD"/netloss-*.tar.gz | sed 's|^[^/]*/||' |
    grep -v '/$' | sort
}

make_dist() {
  rm -f "$NETLOSS_BUILD"/netloss-*.tar.gz
  make -C "$NETLOSS_BUILD" dist-gzip
}

has_every_source_file() {
  comm -23 <(source_files) <(tarball_files) | sed 's/$/ is missing/' | is_empty
}

# A clone lacks the files that git ignores.
has_no_ignored_test() {
  tarball_files | grep '^tests/' |
    { git -c safe.directory='*' check-ignore --no-index --stdin || true; } |
    sed 's/$/ is ignored by git/' | is_empty
}

has_every_page() {
  local layer
  for layer in $(layers); do
    tarball_files | grep -x "man/collectd-$layer.5" || return 1
  done
  tarball_files | grep -x man/collectd-netloss.7
}

ok 'make dist works' make_dist
ok 'the tarball has every source file' has_every_source_file
ok 'git ignores no test in the tarball' has_no_ignored_test
ok 'the tarball has every manual page' has_every_page
done_testing
