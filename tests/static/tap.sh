# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# TAP for shell tests, and where things are. To be sourced, first of all.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
NETLOSS_BUILD=$(realpath -m "${NETLOSS_BUILD:-build}")
PATH=$PATH:/usr/sbin:/sbin
scratch=$(mktemp -d "${TMPDIR:-/tmp}/netloss-static.XXXXXX") || exit 1
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
tests_run=0

# ok NAME COMMAND...: the command succeeds; if not, its output says why.
ok() {
  local name=$1 mark=ok
  shift
  "$@" >"$scratch/said" 2>&1 </dev/null || mark='not ok'
  tests_run=$((tests_run + 1))
  echo "$mark $tests_run - $name"
  [ "$mark" = ok ] || sed 's/^/# /' "$scratch/said" >&2
}

skip() { # NAME REASON
  tests_run=$((tests_run + 1))
  echo "ok $tests_run - $1 # SKIP $2"
}

# The last line of every test.
done_testing() {
  echo "1..$tests_run"
}

# Succeeds if nothing is read; else fails and says it.
is_empty() {
  ! grep '^'
}

# The layers of which there is a module.
layers() {
  find "$NETLOSS_BUILD/.libs" -name '*.so' -printf '%f\n' |
    sed 's/\.so$//' | sort
}

# The project's own files, as git knows them or would add them.
source_files() {
  git -c safe.directory='*' ls-files --cached --others --exclude-standard |
    while IFS= read -r file; do
      [ ! -e "$file" ] || printf '%s\n' "$file"
    done | sort
}

# For tests that are about those files: ends here in an unpacked tarball.
need_git() {
  if [ ! -e .git ]; then
    echo '1..0 # SKIP this is no git checkout'
    exit 0
  fi
}
