#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs one test - a program, a shell script or a .bats file - so that it prints
# TAP. If TAP_DIR is set, also keeps its output and exit status there, for
# count_tap.pl, under a name that begins with TAP_PREFIX. TAP_EMULATOR is a command
# that runs programs of another machine.
set -uo pipefail

# Limits each test to far more seconds than any takes, and ends its children too.
if [ -z "${TAP_LIMITED:-}" ]; then
  TAP_LIMITED=yes exec timeout --kill-after=10 900 "${BASH_SOURCE[0]}" "$@"
fi
unset TAP_LIMITED
test=$1

# cmocka 1.1.5 prints "not ok" for a skipped test.
run_program() {
  local emulator
  read -r -a emulator <<<"${TAP_EMULATOR:-}"
  CMOCKA_MESSAGE_OUTPUT=TAP "${emulator[@]}" "$test" |
    sed -E 's/^not (ok [0-9]+ # SKIP)/\1/'
}

# A fuzz target passes if it survives the inputs in its corpus.
run_fuzz_target() {
  local name=${test##*/fuzz_} inputs output
  mapfile -d '' inputs < <(find "${srcdir:-.}/tests/fuzz/corpus/$name" \
    -type f -print0)
  echo 1..1
  if [ "${#inputs[@]}" -gt 0 ] && output=$("$test" "${inputs[@]}" 2>&1); then
    echo "ok 1 - ${#inputs[@]} inputs for $name"
  else
    printf '%s\n' "${output:-there are no inputs}" >&2
    echo "not ok 1 - ${#inputs[@]} inputs for $name"
    return 1
  fi
}

run() {
  case $test in
  *.bats) bats --formatter tap "$test" ;;
  *.sh) bash "$test" ;;
  */fuzz_*) run_fuzz_target ;;
  *) run_program ;;
  esac
}

if [ -z "${TAP_DIR:-}" ]; then
  run
  exit
fi
kept=$TAP_DIR/${TAP_PREFIX:-}${test//\//_}
run | tee "$kept.tap"
status=${PIPESTATUS[0]}
echo "$status" >"$kept.status"
exit "$status"
