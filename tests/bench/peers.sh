#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# CPU time of one interval in a real collectd that writes CSV files, as
# quickstart's does: our plugins beside those that they take the place of, in
# turn, in one run. "read" is the thread that reads, up to the daemon's queue of
# values; "all" is the whole daemon, in which each value costs far more than it
# takes to read it, so that it goes by their number.
set -euo pipefail

build=${1:?usage: peers.sh BUILD-DIRECTORY}
modules=$(cd "$build/.libs" && pwd)
PATH=$PATH:/usr/sbin
rounds=3
interval=0.02
seconds=4
# plugin:peer; a blank name is a daemon without any, which is subtracted.
contests=(snmp_proto:protocols)

work=$(mktemp -d)
daemon=
finish() {
  [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

plugin_directory() {
  collectd -h | sed -n 's/^ *Plugin directory *//p'
}

write_configuration() { # PLUGIN
  printf 'BaseDir "%s"\nHostname "bench"\nInterval %s\n' "$work" "$interval"
  printf 'LoadPlugin csv\n<Plugin csv>\n  DataDir "%s"\n</Plugin>\n' "$work/csv"
  [ -n "$1" ] || return 0
  [ ! -e "$modules/$1.so" ] || printf 'PluginDir "%s"\n' "$modules"
  printf 'LoadPlugin %s\n' "$1"
}

# Nanoseconds so far: of the daemon's reading threads, and of all.
cpu_time() {
  local task spent reading=0 all=0
  for task in /proc/"$daemon"/task/*; do
    read -r spent _ <"$task/schedstat"
    all=$((all + spent))
    if [[ $(<"$task/comm") == reader* ]]; then
      reading=$((reading + spent))
    fi
  done
  echo "$reading $all"
}

# Prints what a daemon with the plugin takes, both ways, and its series.
measure() { # PLUGIN
  local reading_before all_before reading all series
  rm -rf "$work/csv"
  mkdir "$work/csv"
  write_configuration "$1" >"$work/conf"
  collectd -f -C "$work/conf" -P "$work/pid" >/dev/null 2>&1 &
  daemon=$!
  sleep 1
  read -r reading_before all_before < <(cpu_time)
  sleep "$seconds"
  read -r reading all < <(cpu_time)
  kill "$daemon"
  wait "$daemon" || true
  daemon=
  series=$(find "$work/csv" -type f | wc -l)
  echo "$((reading - reading_before)) $((all - all_before)) $series"
}

# Microseconds of one read, those of a daemon without any plugin subtracted.
per_read() { # NANOSECONDS EMPTY-NANOSECONDS
  awk -v all="$1" -v empty="$2" -v reads="$(reads)" \
    'BEGIN {printf "%.1f\n", (all - empty) / reads / 1000}'
}

reads() {
  awk -v s="$seconds" -v i="$interval" 'BEGIN {print s / i}'
}

row() { # PLUGIN READ ALL SERIES
  printf '%-14s %9s %9s %7s\n' "$@"
}

ratio() { # OURS THEIRS
  awk -v ours="$1" -v theirs="$2" 'BEGIN {printf "%.1f", theirs / ours}'
}

printf '\nCPU time of one interval in collectd, in us (%s reads, %d rounds):\n\n' \
  "$(reads)" "$rounds"
row plugin read all series
for contest in "${contests[@]}"; do
  plugin=${contest%:*} peer=${contest#*:}
  [ -e "$modules/$plugin.so" ] || continue
  [ -e "$(plugin_directory)/$peer.so" ] || continue
  for ((round = 0; round < rounds; round++)); do
    read -r empty_reading empty_all _ < <(measure '')
    read -r reading all series < <(measure "$plugin")
    ours_reading=$(per_read "$reading" "$empty_reading")
    ours_all=$(per_read "$all" "$empty_all")
    row "$plugin" "$ours_reading" "$ours_all" "$series"
    read -r reading all series < <(measure "$peer")
    theirs_reading=$(per_read "$reading" "$empty_reading")
    theirs_all=$(per_read "$all" "$empty_all")
    row "$peer" "$theirs_reading" "$theirs_all" "$series"
    row 'times ours' "$(ratio "$ours_reading" "$theirs_reading")" \
      "$(ratio "$ours_all" "$theirs_all")" ''
  done
done
