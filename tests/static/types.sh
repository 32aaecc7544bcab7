#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every type is in collectd's own types.db, has one data source (called "value",
# or "seconds" for durations), and is of the same kind as the meter.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

types_db=/usr/share/collectd/types.db

type_is() { # TYPE counter|gauge
  awk -v type="$1" -v kind="$2" '
    BEGIN { want["counter"] = "DERIVE"; want["gauge"] = "GAUGE" }
    $1 == type { found = $0; split($2, field, ":") }
    END {
      print found == "" ? type " is not in types.db" : found
      source = type == "duration" ? "seconds" : "value"
      exit !(split(found, words, /[ \t]+/) == 2 && field[1] == source &&
             field[2] == want[kind])
    }' "$types_db"
}

type_is_not() {
  ! type_is "$@"
}

for layer in $(layers); do
  "$NETLOSS_BUILD/meter_table" --plain "$layer" metrics >"$scratch/metrics"
  ok "$layer has metrics" test -s "$scratch/metrics"
  while IFS=$'\t' read -r type name kind; do
    ok "$layer $type-$name is a $kind" type_is "$type" "$kind"
  done <"$scratch/metrics"
done
ok 'a gauge is not accepted as a counter' type_is_not queue_length counter
ok 'a counter is not accepted as a gauge' type_is_not packets gauge
ok 'a type with two values is refused' type_is_not if_packets counter
ok 'an unknown type is refused' type_is_not softnet_drops counter
done_testing
