#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the kernel lose packets in a CPU's backlog, in private network
# namespaces. Changes no setting of the host.
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../loss_script.sh"

usage() {
  cat <<'USAGE'
usage: softnet.sh demo [SECONDS]        lose packets again and again (5 s)
       softnet.sh alerts                the meters that the demo raises
       softnet.sh flood COUNT           COUNT datagrams into another CPU's backlog
       softnet.sh overflow COUNT        the same, while that CPU is slow
       softnet.sh fan-out COUNT COPIES  COUNT datagrams, each of which becomes
                                        COPIES packets in its own CPU's backlog
The last three print the CPU whose backlog it was. Needs root.
USAGE
}

choose_cpus() {
  local -a cpus
  mapfile -t cpus < <(usable_cpus)
  sender=${cpus[0]}
  receiver=${cpus[1]:-}
}

# Makes a veth pair whose far end steers its packets (RPS) to the backlog of
# another CPU than the sender's.
prepare_rps() {
  local mask
  choose_cpus
  [ -n "$receiver" ] || skip "RPS needs a second CPU"
  mask=$(cpu_mask "$receiver")
  make_namespace near
  make_namespace far
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$near" "$far"
  # shellcheck disable=SC2016 # its own parameter
  ip netns exec "$far" bash -c '
    for file in /sys/class/net/far/queues/rx-*/rps_cpus; do
      [ -e "$file" ] || exit 1
      echo "$1" >"$file" || exit 1
    done' - "$mask" || skip "this kernel has no RPS"
}

slow_receiver() {
  local ready
  coproc drag { exec ip netns exec "$far" "$netload" drag far --seconds 120; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$drag_PID"
  # shellcheck disable=SC2154
  read -r ready <&"${drag[0]}"
  [ "$ready" = ready ]
}

send() { # NAMESPACE COUNT
  ip netns exec "$1" taskset -c "$sender" \
    "$netload" udp-send 10.99.0.2 9 "$2" >/dev/null
}

# Makes a vxlan device that sends each packet to many addresses of this host.
# All copies are made before the first one leaves the backlog.
prepare_fan_out() { # COPIES
  local i
  choose_cpus
  make_namespace fan
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$fan" link set lo up
  ip -n "$fan" link add tunnel type vxlan id 7 local 127.0.0.1 \
    dstport 4789 nolearning || skip "this kernel has no vxlan"
  ip -n "$fan" address add 10.99.0.1/24 dev tunnel
  ip -n "$fan" link set tunnel up
  ip -n "$fan" neighbour add 10.99.0.2 lladdr 02:00:00:00:00:02 \
    nud permanent dev tunnel
  for ((i = 0; i < $1; i++)); do
    printf 'fdb append 00:00:00:00:00:00 dev tunnel dst 127.%d.%d.%d\n' \
      $((1 + i / 60000)) $((i / 240 % 250)) $((i % 240 + 1))
  done | ip netns exec "$fan" bridge -batch -
}

# Runs COMMAND repeatedly and prints how many packets were dropped.
repeat_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1)) before
  shift
  before=$(softnet_column 1)
  while "$@" && [ "$SECONDS" -lt "$end" ]; do
    sleep 0.3
  done
  echo $(($(softnet_column 1) - before))
}

demo() { # SECONDS
  local limit lost
  limit=$(<"$(sysctl_file net.core.netdev_max_backlog)")
  [ "$limit" -le 200000 ] ||
    skip "net.core.netdev_max_backlog is $limit: too many packets to overflow"
  if [ "$(usable_cpus | wc -l)" -gt 1 ]; then
    prepare_rps
    slow_receiver
    printf 'softnet: for %d s CPU %d gets more packets than its backlog holds\n' \
      "$1" "$receiver"
    lost=$(repeat_for "$1" send "$near" $((limit * 4 + 2000)))
    if [ "$lost" -gt 0 ]; then
      printf 'softnet: the kernel dropped %d packets\n' "$lost"
      return
    fi
    printf 'softnet: CPU %d was fast enough\n' "$receiver"
  fi
  prepare_fan_out $((limit * 2 + 1000))
  printf 'softnet: for %d s CPU %d gets more packets than its backlog holds\n' \
    "$1" "$sender"
  lost=$(repeat_for "$1" send "$fan" 1)
  printf 'softnet: the kernel dropped %d packets\n' "$lost"
  [ "$lost" -gt 0 ] || skip "could not make this kernel drop packets"
}

case "${1:-}" in
demo)
  need_count 7 "${2:-5}"
  begin
  demo "${2:-5}"
  ;;
alerts)
  echo dropped
  ;;
flood | overflow)
  need_count 7 "${2:-}"
  begin
  prepare_rps
  [ "$1" = flood ] || slow_receiver
  send "$near" "$2"
  echo "$receiver"
  ;;
fan-out)
  need_count 7 "${2:-}"
  need_count 7 "${3:-}"
  begin
  prepare_fan_out "$3"
  send "$fan" "$2"
  echo "$sender"
  ;;
--help) usage ;;
*) wrong_usage ;;
esac
