#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# CPU time of one read in a real collectd: our plugins beside those that they take
# the place of, in turn, in one run. The reading thread's time is what a plugin
# takes, up to the daemon's queue of values; writing them out is collectd's own
# work, and goes by their number.
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
  [ -n "$1" ] || return 0
  if [ -e "$modules/$1.so" ]; then
    printf 'PluginDir "%s"\n' "$modules"
  else
    printf 'PluginDir "%s"\n' "$(plugin_directory)"
  fi
  printf 'LoadPlugin %s\n' "$1"
}

# Nanoseconds of the daemon's reading threads so far.
cpu_time() {
  local task sum=0 spent
  for task in /proc/"$daemon"/task/*; do
    if [[ $(<"$task/comm") == reader* ]]; then
      read -r spent _ <"$task/schedstat"
      sum=$((sum + spent))
    fi
  done
  echo "$sum"
}

# Prints the nanoseconds that a daemon with the plugin takes for its reads.
measure() { # PLUGIN
  local before after
  write_configuration "$1" >"$work/conf"
  collectd -f -C "$work/conf" -P "$work/pid" >/dev/null 2>&1 &
  daemon=$!
  sleep 1
  before=$(cpu_time)
  sleep "$seconds"
  after=$(cpu_time)
  kill "$daemon"
  wait "$daemon" || true
  daemon=
  echo $((after - before))
}

# Microseconds of one read, the daemon's own time subtracted.
per_read() { # NANOSECONDS EMPTY-NANOSECONDS
  awk -v all="$1" -v empty="$2" -v reads="$(reads)" \
    'BEGIN {printf "%.1f\n", (all - empty) / reads / 1000}'
}

reads() {
  awk -v s="$seconds" -v i="$interval" 'BEGIN {print s / i}'
}

printf '\nCPU time of the thread that reads, in collectd (%s reads, %d rounds):\n\n' \
  "$(reads)" "$rounds"
printf '%-14s %9s   %-14s %9s   %s\n' plugin 'read us' peer 'read us' \
  'peer / plugin'
for contest in "${contests[@]}"; do
  plugin=${contest%:*} peer=${contest#*:}
  [ -e "$modules/$plugin.so" ] || continue
  [ -e "$(plugin_directory)/$peer.so" ] || continue
  for ((round = 0; round < rounds; round++)); do
    empty=$(measure '')
    ours=$(per_read "$(measure "$plugin")" "$empty")
    theirs=$(per_read "$(measure "$peer")" "$empty")
    printf '%-14s %9s   %-14s %9s   %s\n' "$plugin" "$ours" "$peer" "$theirs" \
      "$(awk -v a="$theirs" -v b="$ours" 'BEGIN {printf "%.1f", a / b}')"
  done
done
