#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Losses of interfaces that the kernel was made to have, and what collectd wrote
# about them. collectd runs in a namespace of the test's own, where "lan" is one
# end of a pair; the other end, "wan", is in another one.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  make_namespace inside
  make_namespace outside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  daemon_wrapper=(ip netns exec "$inside")
}

teardown() {
  live_teardown
}

inside() {
  ip netns exec "$inside" "$@"
}

make_pair() {
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link add lan type veth peer name wan netns "$outside"
  ip -n "$inside" link set lan arp off
  ip -n "$inside" address add 10.99.0.1/32 peer 10.99.0.2 dev lan
  ip -n "$outside" link set wan up
  ip -n "$inside" link set lan up
}

# Starts a daemon that looks at all interfaces, with more lines for the block.
start_nic_ethtool() {
  configure_daemon 0.2 <<CONF
LoadPlugin nic_ethtool
<Plugin nic_ethtool>
  Interface "/./"
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows nic_ethtool/gauge-alert 2
}

send() { # COUNT
  inside "$netload" udp-send 10.99.0.2 9 "$1" >/dev/null
}

qdisc_dropped() { # INTERFACE
  inside tc -s qdisc show dev "$1" root |
    sed -nE 's/.*\(dropped ([0-9]+).*/\1/p'
}

link_counter() { # INTERFACE COUNTER
  inside cat "/sys/class/net/$1/statistics/$2"
}

no_faults() {
  [ "$(log_count '\[(error|warning)\] nic_ethtool plugin: ')" -eq 0 ]
}

has_alert() { # SEVERITY INTERFACE METER
  all_alerts | grep -q "^$1|nic_ethtool|$2|$3|"
}

@test "drops of a qdisc: collectd has tc's figure, one alert names qdisc and limit, and clears" {
  make_pair
  inside tc qdisc replace dev lan root tbf rate 8kbit burst 1600 limit 400
  start_nic_ethtool </dev/null
  wait_until 60 has_rows nic_ethtool-lan/if_tx_dropped-qdisc 2
  send 2000
  wait_until 60 has_alert OKAY lan qdisc || {
    all_alerts
    false
  }
  dropped=$(qdisc_dropped lan)
  [ "$dropped" -gt 1900 ]
  wait_until 60 value_is nic_ethtool-lan/if_tx_dropped-qdisc "$dropped"
  all_alerts
  [[ $(all_alerts | cut -d '|' -f 1 | tr '\n' ' ') =~ ^("WARNING ")?("FAILURE ")("WARNING ")?"OKAY "$ ]]
  all_alerts | head -n 1 | grep -qE 'lan lost [0-9]+\.[0-9]/s in its qdisc \(limit 10+/s\); qdisc is tbf, limit 400 bytes: more is sent than the link or its shaper can carry$'
  # The last message counts all of them.
  [ "$(all_alerts | sed -nE 's/^OKAY.*; ([0-9]+) packets lost in .*/\1/p')" -eq "$dropped" ]
  no_faults
}

@test "packets that the other end does not take: collectd has the interface's figure" {
  make_pair
  start_nic_ethtool </dev/null
  wait_until 60 has_rows nic_ethtool-lan/if_tx_dropped-driver 2
  before=$(link_counter lan tx_dropped)
  ip -n "$outside" link set wan mtu 68
  inside bash -c 'printf "%0500d" 0 >/dev/udp/10.99.0.2/9'
  send 300
  ip -n "$outside" link set wan down
  send 400
  dropped=$(($(link_counter lan tx_dropped) - before))
  [ "$dropped" -gt 0 ]
  wait_until 60 value_is nic_ethtool-lan/if_tx_dropped-driver "$(link_counter lan tx_dropped)"
  no_faults
}

@test "a carrier that comes and goes is counted, and raises an alert" {
  make_pair
  start_nic_ethtool </dev/null
  wait_until 60 has_rows nic_ethtool-lan/total_events-carrier_changes 2
  for ((i = 0; i < 4; i++)); do
    ip -n "$outside" link set wan down
    wait_until 60 inside grep -qx 0 /sys/class/net/lan/carrier
    ip -n "$outside" link set wan up
    wait_until 60 inside grep -qx 1 /sys/class/net/lan/carrier
  done
  wait_until 60 value_is nic_ethtool-lan/total_events-carrier_changes \
    "$(inside cat /sys/class/net/lan/carrier_changes)"
  wait_until 60 has_alert WARNING lan carrier_flaps
  no_faults
}

@test "interfaces that are deleted, renamed and made again during reads" {
  make_pair
  start_nic_ethtool </dev/null
  for ((i = 0; i < 40; i++)); do
    ip -n "$inside" link add "new$i" type veth peer name "peer$i"
    ip -n "$inside" link set "new$i" name other
    ip -n "$inside" link del lan
    make_pair
    ip -n "$inside" link del other
  done
  # The value goes on from where it was, as if it were one interface.
  rows=$(row_count nic_ethtool-lan/packets-tx)
  wait_until 60 has_rows nic_ethtool-lan/packets-tx $((rows + 3))
  before=$(value nic_ethtool-lan/packets-tx)
  send 50
  wait_until 60 value_is nic_ethtool-lan/packets-tx $((before + 50))
  rows nic_ethtool-lan/packets-tx | cut -d , -f 2 | sort -cn
  stop_daemon
  [ "$daemon_status" -eq 0 ]
  no_faults
  [ -z "$(all_alerts)" ]
}

@test "64 pairs with 16 queues each" {
  for ((i = 0; i < 64; i++)); do
    printf 'link add x%d numrxqueues 16 numtxqueues 16 type veth peer name y%d numrxqueues 16 numtxqueues 16\n' "$i" "$i"
  done | ip -n "$inside" -batch -
  start_nic_ethtool </dev/null
  wait_until 30 has_rows nic_ethtool-y63/packets-rx 2
  [ "$(find "$home/csv/live" -maxdepth 1 -name 'nic_ethtool-[xy]*' | wc -l)" -eq 128 ]
  for interface in x0 y63; do
    series=$(find "$home/csv/live/nic_ethtool-$interface" -type f | wc -l)
    [ "$series" -gt 5 ]
    [ "$series" -le 40 ]
  done
  no_faults
}

@test "queues and the driver's own counters, on request" {
  ip -n "$inside" link add lan numrxqueues 2 numtxqueues 2 type veth \
    peer name wan numrxqueues 2 numtxqueues 2 netns "$outside"
  start_nic_ethtool <<'CONF'
  ReportByQueue true
  ReportRaw "all"
  ReportOffloads true
CONF
  wait_until 60 has_rows nic_ethtool-lan/derive-rx_queue_1_drops 2
  wait_until 60 has_rows nic_ethtool-lan-rx-1/if_rx_dropped-alloc_fail 2
  wait_until 60 has_rows nic_ethtool-lan/gauge-gro 2
  for counter in $(inside ethtool -S lan | awk '/_queue_/ { print substr($1, 1, length($1) - 1) }'); do
    [ "$(row_count "nic_ethtool-lan/derive-$counter")" -ge 1 ]
  done
  no_faults
}

@test "by default only interfaces with a device, and none in a namespace without" {
  make_pair
  configure_daemon 0.2 <<<'LoadPlugin nic_ethtool'
  start_daemon
  wait_until 60 has_rows nic_ethtool/gauge-alert 3
  [ "$(find "$home/csv/live" -maxdepth 1 -name 'nic_ethtool-*' | wc -l)" -eq 0 ]
  no_faults
}
