#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every file that can have a comment names its license.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
need_git

# Prints the files that should name it: not those of data, of text for readers, in
# a format without comments, or covered by packaging/debian/copyright.
with_comments() {
  source_files | grep -vE '^tests/(fixtures|fuzz/corpus)/' |
    grep -vE '\.(in|json|md|png|tsv)$|^(LICENSE|\.gitignore)$' |
    grep -v '^packaging/debian/'
}

# Prints those whose first lines do not name it.
without_license() { # FILE...
  local file
  for file in "$@"; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
  done
}

all_name_it() {
  mapfile -t files < <(with_comments)
  [ "${#files[@]}" -gt 400 ] &&
    without_license "${files[@]}" | is_empty
}

# Samples, drop-ins, manual pages and fragments of makefiles are among them.
looks_at() { # FILE
  with_comments | grep -xF "$1"
}

a_file_without_it_is_noticed() {
  printf '# A sample.\nLoadPlugin softnet\n' >"$scratch/sample.conf"
  [ "$(without_license "$scratch/sample.conf" check)" = "$scratch/sample.conf" ]
}

ok 'every file names its license' all_name_it
for file in conf.d/softnet.conf packaging/systemd/10-netloss-user.conf \
  man/collectd-softnet.pod plugins/softnet/Makefile.inc \
  dashboards/provisioning/dashboards/netloss.yaml check; do
  ok "$file is among them" looks_at "$file"
done
ok 'a file without it is noticed' a_file_without_it_is_noticed
done_testing
