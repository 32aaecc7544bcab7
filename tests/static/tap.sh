# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Prints TAP for shell tests, and sets the directories that they use. To be
# sourced before anything else.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
NETLOSS_BUILD=$(realpath -m "${NETLOSS_BUILD:-build}")
PATH=$PATH:/usr/sbin:/sbin
scratch=$(mktemp -d "${TMPDIR:-/tmp}/netloss-static.XXXXXX") || exit 1
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
tests_run=0

# Tests that a command succeeds, and shows its output if it does not.
ok() { # NAME COMMAND...
  local name=$1 mark=ok
  shift
  "$@" >"$scratch/output-of-ok" 2>&1 </dev/null || mark='not ok'
  tests_run=$((tests_run + 1))
  echo "$mark $tests_run - $name"
  [ "$mark" = ok ] || sed 's/^/# /' "$scratch/output-of-ok" >&2
}

skip() { # NAME REASON
  tests_run=$((tests_run + 1))
  echo "ok $tests_run - $1 # SKIP $2"
}

# Prints the plan. Every test ends with it.
done_testing() {
  echo "1..$tests_run"
}

# Succeeds if standard input is empty; else prints it and fails.
is_empty() {
  ! grep '^'
}

# Prints the names of the layers whose modules were built.
layers() {
  find "$NETLOSS_BUILD/.libs" -name '*.so' -printf '%f\n' |
    sed 's/\.so$//' | sort
}

# Prints the project's own files: those that git tracks or would add.
source_files() {
  git -c safe.directory='*' ls-files --cached --others --exclude-standard |
    while IFS= read -r file; do
      [ ! -e "$file" ] || printf '%s\n' "$file"
    done | sort
}

# Skips the whole test in an unpacked tarball, which has no git.
need_git() {
  if [ ! -e .git ]; then
    echo '1..0 # SKIP not a git checkout'
    exit 0
  fi
}
