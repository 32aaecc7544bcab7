#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tarball holds all of the project's files, and the manual pages.
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

holds_every_source_file() {
  comm -23 <(source_files) <(tarball_files) | sed 's/$/ is missing/' | is_empty
}

# What git does not keep is not there in a clone.
holds_what_git_keeps() {
  tarball_files | grep '^tests/' |
    { git -c safe.directory='*' check-ignore --no-index --stdin || true; } |
    sed 's/$/ is ignored by git/' | is_empty
}

holds_every_page() {
  local layer
  for layer in $(layers); do
    tarball_files | grep -x "man/collectd-$layer.5" || return 1
  done
  tarball_files | grep -x man/collectd-netloss.7
}

ok 'make dist works' make_dist
ok 'the tarball holds every source file' holds_every_source_file
ok 'every test in the tarball is kept by git' holds_what_git_keeps
ok 'the tarball holds every manual page' holds_every_page
done_testing
