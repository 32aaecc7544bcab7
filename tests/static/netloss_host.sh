#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# netloss_host, on which the tests in the virtual machine rely: it takes its
# options as they are written, and reads as often as it is told to.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

layers | grep -qx softnet || {
  echo '1..0 # SKIP the layer softnet was not built'
  exit 0
}
program=$NETLOSS_BUILD/netloss_host
tree=$PWD/tests/fixtures/softnet/columns-15

softnet() { # ARGUMENT...
  "$program" --option "ProcRoot=$tree/proc" --option "SysRoot=$tree/sys" "$@" \
    softnet
}

usage_error() { # REGEX ARGUMENT...
  local status=0
  "$program" "${@:2}" >"$scratch/out" 2>&1 || status=$?
  cat "$scratch/out"
  [ "$status" -eq 2 ] && grep -E "^netloss_host: $1" "$scratch/out"
}

prints() { # EXPECTED COMMAND...
  diff -u <(printf '%s' "$1") <("${@:2}")
}

only() { # REGEX COMMAND...: those lines of what it prints
  "${@:2}" | grep -E "$1"
}

fails() { # COMMAND...
  ! "$@"
}

two_lines_in() {
  printf '\n\n' | softnet --on-line
}

ok 'help' "$program" --help
ok 'no layer' usage_error 'expected one layer, found none'
ok 'two layers' usage_error 'expected one layer, found more' softnet softnet
ok 'an unknown layer' usage_error 'expected a layer .*, found nolayer' nolayer
ok 'an option without a value' usage_error '--option: .*, found Cpu' \
  --option Cpu softnet
ok 'no reads' usage_error '--reads: .*, found 0' --reads 0 softnet
ok 'half a read' usage_error '--reads: .*, found 1.5' --reads 1.5 softnet
ok 'no interval' usage_error '--interval: .*, found 0' --interval 0 softnet
ok 'three reads' prints $'read 1\ndone 1\nread 2\ndone 2\nread 3\ndone 3\n' \
  only '^(read|done)' softnet --reads 3 --interval 0.01
ok 'a read for each line of standard input' \
  prints $'read 1\ndone 1\nread 2\ndone 2\n' only '^(read|done)' two_lines_in
ok 'a value of the host' only '^value - packets-dropped [0-9]+$' \
  softnet --reads 1
ok 'a boolean' only '^value 0 packets-dropped [0-9]+$' \
  softnet --reads 1 --option ReportByCpu=true
ok 'a string in quotes' only '^done' \
  softnet --reads 1 --option 'Cpu="0"'
ok 'a faulty option ends it' fails softnet --reads 1 --option ReportByCpu=3
ok 'and is logged' only '^log error option "ReportByCpu" expects' \
  bash -c '"$@" || true' - "$program" --option ReportByCpu=3 softnet
done_testing
