#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes an interface lose packets in its qdisc. The demo makes a veth pair with
# one end in the host's own namespace, gives it an address reserved for
# documentation, and removes it at the end.
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../loss_script.sh"

usage() {
  cat <<'USAGE'
usage: nic_ethtool.sh demo [SECONDS]  lose packets again and again (3 s)
       nic_ethtool.sh alerts          print the meters that the demo raises
       nic_ethtool.sh configuration   print the configuration that the demo needs
The demo needs root.
USAGE
}

# Makes netloss0, with its peer in a namespace of its own. Packets to
# 198.51.100.2 go through its slow qdisc, which queues few of them and drops the
# others.
prepare_pair() {
  make_namespace beyond
  undo_later ip link del netloss0
  # shellcheck disable=SC2154 # set by make_namespace
  ip link add netloss0 type veth peer name netloss1 netns "$beyond" ||
    skip "this kernel has no veth"
  ip link set netloss0 arp off
  ip address add 198.51.100.1/32 peer 198.51.100.2 dev netloss0
  ip -n "$beyond" link set netloss1 up
  ip link set netloss0 up
  ip route get 198.51.100.2 | grep -q 'dev netloss0' ||
    skip "198.51.100.2 is in use here"
  tc qdisc replace dev netloss0 root tbf rate 8kbit burst 1600 limit 400 ||
    skip "this kernel has no tbf"
}

qdisc_drops() {
  tc -s qdisc show dev netloss0 | sed -nE 's/.*\(dropped ([0-9]+).*/\1/p'
}

demo() { # SECONDS
  local end=$((SECONDS + $1))
  prepare_pair
  sleep 2 # a rate needs two reads
  printf 'nic_ethtool: for %d s the interface netloss0 gets more than its qdisc lets through\n' "$1"
  while "$netload" udp-send 198.51.100.2 9 200 >/dev/null && [ "$SECONDS" -lt "$end" ]; do
    sleep 0.3
  done
  printf 'nic_ethtool: the qdisc dropped %d packets\n' "$(qdisc_drops)"
  # Keep the interface until the alert clears.
  sleep 8
}

# Selects the interfaces that are watched by default, and the demo's.
configuration() {
  local device
  echo '<Plugin nic_ethtool>'
  for device in /sys/class/net/*/device; do
    [ ! -e "$device" ] || printf '  Interface "%s"\n' \
      "$(basename "${device%/device}")"
  done
  printf '  Interface "netloss0"\n</Plugin>\n'
}

case "${1:-}" in
demo)
  need_count 5 "${2:-3}"
  begin
  demo "${2:-3}"
  ;;
alerts) echo netloss0:qdisc ;;
configuration) configuration ;;
--help) usage ;;
*) wrong_usage ;;
esac
