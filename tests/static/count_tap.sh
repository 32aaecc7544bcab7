#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tests are counted rightly, above all those that went wrong.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

# Runs a program as a test, and counts what it printed.
counts() { # COUNTS SHELL-COMMANDS
  local directory
  directory=$(mktemp -d "$scratch/XXXXXX")
  printf '#!/usr/bin/env bash\n%s\n' "$2" >"$directory/test.sh"
  TAP_DIR=$directory tests/run_tap.sh "$directory/test.sh" >/dev/null || true
  tests/count_tap.pl "$directory" >"$directory/counts" || true
  tail -n 1 "$directory/counts" | grep -qFx "$1" || {
    cat "$directory/counts"
    return 1
  }
}

ok 'what passes, fails and is skipped' \
  counts '1 passed, 1 failed, 1 skipped' \
  'echo 1..3; echo ok 1; echo not ok 2; echo ok 3 \# SKIP why; exit 1'
ok 'a program that is skipped as a whole' \
  counts '0 passed, 0 failed, 1 skipped' 'echo "1..0 # SKIP why"'
ok 'a program that ends badly after its tests' \
  counts '1 passed, 1 failed, 0 skipped' 'echo 1..1; echo ok 1; exit 3'
ok 'a program that a signal ends' \
  counts '1 passed, 1 failed, 0 skipped' 'echo 1..1; echo ok 1; kill -ABRT $$'
ok 'a program that does not reach its end' \
  counts '1 passed, 1 failed, 0 skipped' 'echo 1..2; echo ok 1'
ok 'a program that does not say how many tests it has' \
  counts '1 passed, 1 failed, 0 skipped' 'echo ok 1'
ok 'a program that says nothing' counts '0 passed, 1 failed, 0 skipped' ''
ok 'a bad end is not counted beside the test that tells of it' \
  counts '0 passed, 1 failed, 0 skipped' 'echo 1..1; echo not ok 1; exit 1'
done_testing
