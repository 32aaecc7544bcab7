#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# netloss read, on which the tests in the virtual machine rely, parses its
# options and reads as often as --reads or --on-line asks for.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

layers | grep -qx softnet || {
  echo '1..0 # SKIP the layer softnet was not built'
  exit 0
}
program=$NETLOSS_BUILD/netloss
tree=$PWD/tests/fixtures/softnet/columns-15

softnet() { # ARGUMENT...
  "$program" read --option "ProcRoot=$tree/proc" --option "SysRoot=$tree/sys" "$@" \
    softnet
}

usage_error() { # REGEX ARGUMENT...
  local status=0
  "$program" read "${@:2}" >"$scratch/out" 2>&1 || status=$?
  cat "$scratch/out"
  [ "$status" -eq 2 ] && grep -E "^netloss read: $1" "$scratch/out"
}

prints() { # EXPECTED COMMAND...
  diff -u <(printf '%s' "$1") <("${@:2}")
}

only() { # REGEX COMMAND...: prints the matching lines of its output
  "${@:2}" | grep -E "$1"
}

fails() { # COMMAND...
  ! "$@"
}

two_lines_in() {
  printf '\n\n' | softnet --on-line
}

ok '--help succeeds' "$program" read --help
ok 'no layer is refused' usage_error 'expected one LAYER, found none'
ok 'two layers are refused' \
  usage_error 'expected one LAYER, found more' softnet softnet
ok 'an unknown layer is refused' \
  usage_error 'expected a layer .*, found nolayer' nolayer
ok 'an option without a value is refused' \
  usage_error '--option: .*, found Cpu' --option Cpu softnet
ok '--reads 0 is refused' usage_error '--reads: .*, found 0' --reads 0 softnet
ok '--reads 1.5 is refused' \
  usage_error '--reads: .*, found 1.5' --reads 1.5 softnet
ok '--interval 0 is refused' \
  usage_error '--interval: .*, found 0' --interval 0 softnet
ok '--reads 3 reads three times' prints $'read 1\ndone 1\nread 2\ndone 2\nread 3\ndone 3\n' \
  only '^(read|done)' softnet --reads 3 --interval 0.01
ok '--on-line reads for each line of standard input' \
  prints $'read 1\ndone 1\nread 2\ndone 2\n' only '^(read|done)' two_lines_in
ok 'it prints a value of the host' only '^value - packets-dropped [0-9]+$' \
  softnet --reads 1
ok 'it accepts a boolean' only '^value 0 packets-dropped [0-9]+$' \
  softnet --reads 1 --option ReportByCpu=true
ok 'it accepts a quoted string' only '^done' \
  softnet --reads 1 --option 'Cpu="0"'
ok 'it fails on a faulty option' fails softnet --reads 1 --option ReportByCpu=3
ok 'and logs what is wrong' only '^log error option "ReportByCpu" expects' \
  bash -c '"$@" || true' - "$program" read --option ReportByCpu=3 softnet
done_testing
