#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What systemd makes of the drop-ins, over the unit of Debian's collectd. A
# collectd that has just these capabilities is in tests/live/privileges.bats.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../static/tap.sh"

unit=/lib/systemd/system/collectd.service

# Lays collectd's unit and some of the drop-ins out, in a place of their own.
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

# Its words are about other units of this system, too.
takes_without_a_word() { # FILE...
  lay_out "$@"
  { verify 2>&1 || echo 'systemd-analyze failed'; } |
    { grep -F -e "$scratch" -e failed || true; } | is_empty
}

# A setting of the unit as systemd understood it.
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

gives_what_it_says() { # FILE
  [ -n "$(given "$1")" ] || return 1
  lay_out packaging/systemd/10-netloss-user.conf "$1"
  is_understood_as "$(given "$1")"
}

is_an_ordinary_user() {
  lay_out packaging/systemd/10-netloss-user.conf
  SYSTEMD_LOG_LEVEL=debug verify 2>/dev/null | grep 'DynamicUser: yes' &&
    is_understood_as ''
}

is_of_a_plugin() { # FILE
  local name
  name=$(basename "$1" .conf)
  [ "$name" != 30-netloss-namespaces ] || return 0
  grep -F "NETLOSS_PLUGIN([${name#*-netloss-}]" configure.ac
}

ok 'an ordinary user has no capability' is_an_ordinary_user
for file in packaging/systemd/*.conf; do
  name=${file##*/}
  ok "$name is well-formed" takes_without_a_word "$file"
  if [ "$name" != 10-netloss-user.conf ]; then
    ok "$name is of a plugin" is_of_a_plugin "$file"
    ok "$name gives what it says, and no more" gives_what_it_says "$file"
  fi
done
ok 'all of them together are well-formed' \
  takes_without_a_word packaging/systemd/*.conf
done_testing
