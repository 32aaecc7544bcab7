#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests are counted correctly, above all those that failed.
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

ok 'one test passes, one fails, one is skipped' \
  counts '1 passed, 1 failed, 1 skipped' \
  'echo 1..3; echo ok 1; echo not ok 2; echo ok 3 \# SKIP why; exit 1'
ok 'a program is skipped as a whole' \
  counts '0 passed, 0 failed, 1 skipped' 'echo "1..0 # SKIP why"'
ok 'a program ends badly after its tests' \
  counts '1 passed, 1 failed, 0 skipped' 'echo 1..1; echo ok 1; exit 3'
ok 'a signal ends a program' \
  counts '1 passed, 1 failed, 0 skipped' 'echo 1..1; echo ok 1; kill -ABRT $$'
ok 'a program does not reach its end' \
  counts '1 passed, 1 failed, 0 skipped' 'echo 1..2; echo ok 1'
ok 'a program prints no plan' \
  counts '1 passed, 1 failed, 0 skipped' 'echo ok 1'
ok 'a program prints nothing' counts '0 passed, 1 failed, 0 skipped' ''
ok 'a bad end after a failed test counts once' \
  counts '0 passed, 1 failed, 0 skipped' 'echo 1..1; echo not ok 1; exit 1'
done_testing
