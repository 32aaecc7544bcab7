#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# systemd accepts the drop-ins for Debian's unit of collectd, they grant what they
# name, and with all of them the unit is exposed little. tests/live/privileges.bats
# runs a collectd with just these capabilities, and systemd.bats one with all of
# the drop-ins' settings.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../static/tap.sh"

unit=/lib/systemd/system/collectd.service

# Copies collectd's unit and some drop-ins to a directory of their own.
lay_out() { # FILE...
  local drop_ins=$scratch/units/collectd.service.d
  rm -rf "$scratch/units"
  mkdir -p "$drop_ins"
  cp "$unit" "$scratch/units"
  cp "$@" "$drop_ins"
}

verify() {
  SYSTEMD_UNIT_PATH="$scratch/units:" systemd-analyze verify \
    "$scratch/units/collectd.service"
}

# systemd-analyze warns of other units of this system too.
verifies_without_warning() { # FILE...
  lay_out "$@"
  { verify 2>&1 || echo 'systemd-analyze failed'; } |
    { grep -F -e "$scratch" -e failed || true; } | is_empty
}

# Prints a setting of the unit as systemd parsed it.
understood() { # SETTING
  SYSTEMD_LOG_LEVEL=debug verify 2>/dev/null |
    sed -n "/Unit collectd.service:/,/-> Unit/s/^\t*$1: *//p"
}

given() { # FILE
  sed -n 's/^AmbientCapabilities=//p' "$1" | tr ' ' '\n' | tr '[:upper:]' '[:lower:]' |
    sort | paste -sd ' '
}

is_understood_as() { # CAPABILITIES
  local setting found
  for setting in AmbientCapabilities CapabilityBoundingSet; do
    found=$(understood "$setting" | tr ' ' '\n' | sort | paste -sd ' ')
    echo "$setting: $found"
    [ "$found" = "$1" ] || return 1
  done
}

grants_what_it_names() { # FILE
  [ -n "$(given "$1")" ] || return 1
  lay_out packaging/systemd/10-netloss-user.conf "$1"
  is_understood_as "$(given "$1")"
}

is_an_ordinary_user() {
  lay_out packaging/systemd/10-netloss-user.conf
  SYSTEMD_LOG_LEVEL=debug verify 2>/dev/null | grep 'DynamicUser: yes' &&
    is_understood_as ''
}

# The exposure as systemd-analyze rates it, from 0 to 10; Debian's own unit has 9.6.
is_exposed_at_most() { # EXPOSURE FILE...
  local exposure
  lay_out "${@:2}"
  SYSTEMD_UNIT_PATH="$scratch/units:" systemd-analyze security --offline=yes \
    --no-pager "$scratch/units/collectd.service" >"$scratch/exposure"
  cat "$scratch/exposure"
  exposure=$(sed -nE 's/.*Overall exposure level.*: ([0-9.]+) .*/\1/p' "$scratch/exposure")
  awk -v exposure="$exposure" -v most="$1" \
    'BEGIN { exit !(exposure != "" && exposure + 0 <= most + 0) }'
}

filters_system_calls() {
  local call
  lay_out packaging/systemd/40-netloss-hardening.conf
  for call in ptrace process_vm_readv pidfd_getfd kcmp; do
    understood SystemCallFilter | tr ' ' '\n' | grep -x "$call" && return 1
  done
  for call in bpf perf_event_open setns; do
    understood SystemCallFilter | tr ' ' '\n' | grep -x "$call" || return 1
  done
}

belongs_to_a_plugin() { # FILE
  local name
  name=$(basename "$1" .conf)
  [ "$name" != 30-netloss-namespaces ] || return 0
  grep -F "NETLOSS_PLUGIN([${name#*-netloss-}]" configure.ac
}

ok 'an ordinary user has no capability' is_an_ordinary_user
for file in packaging/systemd/*.conf; do
  name=${file##*/}
  ok "$name is well-formed" verifies_without_warning "$file"
  if [[ $name =~ ^[23]0- ]]; then
    ok "$name belongs to a plugin" belongs_to_a_plugin "$file"
    ok "$name grants what it names, and no more" grants_what_it_names "$file"
  fi
done
ok 'all of them together are well-formed' \
  verifies_without_warning packaging/systemd/*.conf
ok '40-netloss-hardening.conf forbids tracing and allows bpf() and setns()' \
  filters_system_calls
ok 'with all of them the exposure is at most 4.0' \
  is_exposed_at_most 4.0 packaging/systemd/*.conf
ok '40-netloss-hardening.conf lowers that of a root collectd to 6' \
  is_exposed_at_most 6 packaging/systemd/40-netloss-hardening.conf
done_testing
