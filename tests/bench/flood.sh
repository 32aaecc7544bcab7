#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What drop_reason costs the host under a flood of dropped packets: datagrams to
# a full socket in a network namespace, as fast as one CPU sends them, with the
# plugin and without, in turn. Prints the median of the ratios, and what the
# kernel says that one run of the program takes.
#
#   tests/bench/flood.sh [ROUNDS [PACKETS]]
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../live/loss_script.sh"

usage() {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}"
}

rounds=${1:-21} packets=${2:-300000}
need_count 4 "$rounds"
need_count 8 "$packets"
begin
mapfile -t cpus < <(usable_cpus)
cpu=${cpus[0]}

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

# Microseconds for the packets. Sent and dropped by one CPU.
flood_once() {
  local before=${EPOCHREALTIME/[.,]/}
  ip netns exec "$flood" taskset -c "$cpu" \
    "$netload" udp-send 127.0.0.1 7999 "$packets" >/dev/null
  echo $((${EPOCHREALTIME/[.,]/} - before))
}

# The plugin reads once a second.
flood_with_plugin() {
  local plugin fifo line time
  fifo=$(mktemp -u "${TMPDIR:-/tmp}/netloss-flood.XXXXXX")
  mkfifo "$fifo"
  "$NETLOSS_BUILD/netloss_host" --interval 1 drop_reason >"$fifo" 2>&1 &
  plugin=$!
  undo_later kill "$plugin"
  exec 5<"$fifo"
  rm "$fifo"
  read -r line <&5
  case $line in
  'read 1') ;;
  *) skip "${line#log error }" ;;
  esac
  time=$(flood_once)
  kill "$plugin"
  wait "$plugin" 2>/dev/null || true
  exec 5<&-
  echo "$time"
}

program_runs() {
  "$NETLOSS_BUILD/bpf_objects" | grep -q ' netloss_drops '
}

# What the kernel says of the program, in nanoseconds for each run, while it
# counts; that costs too.
program_time() {
  local ready plugin
  coproc counter { exec "$NETLOSS_BUILD/bpf_objects" --count; }
  # shellcheck disable=SC2154 # set by coproc
  read -r ready <&"${counter[0]}" && [ "$ready" = counting ] || return 0
  "$NETLOSS_BUILD/netloss_host" --interval 1 drop_reason >/dev/null 2>&1 &
  plugin=$!
  undo_later kill "$plugin"
  wait_until 10 program_runs
  flood_once >/dev/null
  "$NETLOSS_BUILD/bpf_objects" |
    awk '/ netloss_drops / { printf "%.0f\n", $5 / $4 }'
  kill "$plugin"
}

median() {
  sort -n | awk '{ n[NR] = $1 }
    END { print NR % 2 ? n[(NR + 1) / 2] : (n[NR / 2] + n[NR / 2 + 1]) / 2 }'
}

ratios=
for ((i = 0; i < rounds; i++)); do
  # Whoever comes first has it easier, or harder.
  if [ $((i % 2)) -eq 0 ]; then
    without=$(flood_once)
    with=$(flood_with_plugin)
  else
    with=$(flood_with_plugin)
    without=$(flood_once)
  fi
  ratios+=$(awk -v with="$with" -v without="$without" -v packets="$packets" \
    'BEGIN { printf "%.4f %.0f %.0f\n", without / with, without * 1000 / packets,
             with * 1000 / packets }')$'\n'
done
printf 'ns per dropped packet: %s without, %s with the plugin\n' \
  "$(cut -d ' ' -f 2 <<<"${ratios%$'\n'}" | median)" \
  "$(cut -d ' ' -f 3 <<<"${ratios%$'\n'}" | median)"
printf 'throughput with the plugin over that without: %s (median of %d; %s to %s)\n' \
  "$(cut -d ' ' -f 1 <<<"${ratios%$'\n'}" | median)" "$rounds" \
  "$(sort -n <<<"${ratios%$'\n'}" | head -n 1 | cut -d ' ' -f 1)" \
  "$(sort -n <<<"${ratios%$'\n'}" | tail -n 1 | cut -d ' ' -f 1)"
printf 'ns of the program itself: %s\n' "$(program_time)"
