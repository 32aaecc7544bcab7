#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures what drop_reason costs the host under a flood of dropped packets.
# Sends datagrams to a full socket in a network namespace, as fast as one CPU
# can, with the plugin and without, in turn. Prints the median of the ratios,
# and the kernel's measurement of one run of the BPF program.
#
#   tests/bench/flood.sh [ROUNDS [PACKETS]]
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../live/loss_script.sh"

usage() {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}"
}

rounds=${1:-21} packets=${2:-100000}
need_count 4 "$rounds"
need_count 8 "$packets"
begin
mapfile -t cpus < <(usable_cpus)

make_namespace flood
# shellcheck disable=SC2154 # set by make_namespace
ip -n "$flood" link set lo up
# shellcheck disable=SC2154 # set by need_netload
coproc holder { exec ip netns exec "$flood" "$netload" hold; }
# shellcheck disable=SC2154 # set by coproc
undo_later kill "$holder_PID"
printf 'udp full 127.0.0.1 7999 0\noverflow full 10\n' >&"${holder[1]}"
read -r first <&"${holder[0]}"
read -r second <&"${holder[0]}"
[ "$first $second" = 'ok ok' ]

median() {
  sort -n | awk '{ n[NR] = $1 }
    END { print NR % 2 ? n[(NR + 1) / 2] : (n[NR / 2] + n[NR / 2 + 1]) / 2 }'
}

column() { # NUMBER
  cut -d ' ' -f "$1" <<<"${lines%$'\n'}"
}

# Prints nanoseconds per packet, the median of several bursts. Measures CPU time
# of the sender, which also drops the packets, so that other load matters
# little.
flood_bursts() {
  local burst TIMEFORMAT='%3U %3S'
  for ((burst = 0; burst < 5; burst++)); do
    { time nice -n -20 ip netns exec "$flood" taskset -c "${cpus[0]}" \
      "$netload" udp-send 127.0.0.1 7999 "$packets" >/dev/null; } 2>&1 |
      awk -v packets="$packets" '{ printf "%d\n", ($1 + $2) * 1e9 / packets }'
  done | median
}

# Starts the plugin, which reads once a second until stop_plugin.
start_plugin() {
  local line
  exec {reads}< <(exec "$NETLOSS_BUILD/netloss" read --interval 1 drop_reason)
  plugin=$!
  undo_later kill "$plugin"
  read -r line <&"$reads"
  [ "$line" = 'read 1' ] || skip "${line#log error }"
}

stop_plugin() {
  kill "$plugin"
  wait "$plugin" 2>/dev/null || true
  exec {reads}<&-
}

flood_with_plugin() {
  start_plugin
  with=$(flood_bursts)
  stop_plugin
}

# Prints the time of one run of the BPF program, as the kernel measures it.
# Measuring costs time too, so this comes last.
program_time() {
  local ready counter counting
  exec {counting}< <(exec "$NETLOSS_BUILD/bpf_objects" --count <&"${holder[0]}")
  counter=$!
  undo_later kill "$counter"
  read -r ready <&"$counting" && [ "$ready" = counting ] || return 0
  start_plugin
  flood_bursts >/dev/null
  "$NETLOSS_BUILD/bpf_objects" |
    awk '/ netloss_drops / { printf "ns of the program itself: %.0f\n", $5 / $4 }'
  stop_plugin
  kill "$counter"
}

lines=
for ((i = 0; i < rounds; i++)); do
  # Alternate the order, because it may matter.
  if [ $((i % 2)) -eq 0 ]; then
    without=$(flood_bursts)
    flood_with_plugin
  else
    flood_with_plugin
    without=$(flood_bursts)
  fi
  lines+=$(awk -v with="$with" -v without="$without" \
    'BEGIN { printf "%.4f %d %d\n", without / with, without, with }')$'\n'
done
printf 'ns per dropped packet: %s without, %s with the plugin\n' \
  "$(column 2 | median)" "$(column 3 | median)"
printf 'throughput with the plugin over that without: %s (median of %d; %s to %s)\n' \
  "$(column 1 | median)" "$rounds" "$(column 1 | sort -n | sed -n 1p)" \
  "$(column 1 | sort -n | sed -n '$p')"
program_time
