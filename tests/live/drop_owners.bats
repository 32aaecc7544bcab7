#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whose packets drop_reason counts: in namespaces of the test's own, where nobody
# else loses any.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  make_namespace one
  make_namespace two
  make_namespace three
  # shellcheck disable=SC2154 # set by make_namespace
  for name in "$one" "$two" "$three"; do
    ip -n "$name" link set lo up
  done
  # What arrives at "far" in the second comes from "near" in the first.
  join_namespaces "$one" "$two"
  ip -n "$two" address add 10.99.0.2/24 dev far
  ip -n "$two" neighbour add 10.99.0.1 dev far lladdr \
    "$(ip netns exec "$one" cat /sys/class/net/near/address)" nud permanent
}

teardown() {
  live_teardown
}

# Starts a daemon whose <Plugin drop_reason> watches the test's namespaces and has
# the lines on standard input too.
start_drop_reason() {
  configure_daemon "${interval:-0.2}" <<CONF
LoadPlugin drop_reason
<Plugin drop_reason>
  Namespace "/^netloss-$$-/"
  Reason "/./"
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows drop_reason/gauge-alert 2 || {
    log_has 'nothing will be reported' &&
      skip "$(sed -n 's/.*nothing will be reported: //p' "$home/log" | head -n 1)"
    return 1
  }
  ! log_has 'does not tell whose packets' ||
    skip "this kernel does not tell whose packets it drops"
}

more_reads() { # COUNT
  wait_until 60 has_rows drop_reason/gauge-alert \
    $(($(row_count drop_reason/gauge-alert) + $1))
}

count_of() { # INSTANCE REASON
  local count
  count=$(value "drop_reason-$1/packets-$2")
  echo "${count:-0}"
}

counts() { # INSTANCE REASON COUNT
  echo "$1: $2 is $(count_of "$1" "$2"), expected $3"
  [ "$(count_of "$1" "$2")" -eq "$3" ]
}

has_counted() { # INSTANCE REASON COUNT
  [ "$(count_of "$1" "$2")" -ge "$3" ]
}

load() { # NAMESPACE ARGUMENT...
  ip netns exec "$1" "$netload" "${@:2}" >/dev/null
}

@test "each namespace and interface has its own packets, exactly" {
  start_drop_reason <<<'ReportByInterface true'
  load "$one" udp-overflow 127.0.0.1 50
  load "$two" udp-overflow 127.0.0.1 20
  load "$three" udp-bad-checksum 127.0.0.1 12
  load "$one" udp-send 127.0.0.1 9 5
  # The second drops what the first sends.
  load "$one" udp-send 10.99.0.2 9 33
  wait_until 60 has_counted "$two-far" no_socket 33
  more_reads 2

  counts "$one" socket_rcvbuff "$(protocol_counter "$one" Udp RcvbufErrors)"
  counts "$one" socket_rcvbuff 50
  counts "$one-lo" socket_rcvbuff 50
  counts "$one" capacity 50
  counts "$one" no_socket "$(protocol_counter "$one" Udp NoPorts)"
  counts "$one" no_socket 5
  counts "$one-lo" no_socket 5
  counts "$one-near" no_socket 0

  counts "$two" socket_rcvbuff "$(protocol_counter "$two" Udp RcvbufErrors)"
  counts "$two-lo" socket_rcvbuff 20
  counts "$two" no_socket "$(protocol_counter "$two" Udp NoPorts)"
  counts "$two" no_socket 33
  counts "$two-far" no_socket 33
  counts "$two-lo" no_socket 0

  counts "$three" udp_csum "$(protocol_counter "$three" Udp InCsumErrors)"
  counts "$three" udp_csum 12
  counts "$three-lo" udp_csum 12
  counts "$three" socket_rcvbuff 0
}

# Prints how often the rule of a chain has matched.
matches_of() { # NAMESPACE CHAIN
  ip netns exec "$1" nft list chain inet netloss "$2" |
    sed -nE 's/.*counter packets ([0-9]+).*/\1/p'
}

@test "a firewall's packets belong to the interface, and those without one to the namespace" {
  ip netns exec "$two" nft -f - <<'RULES' || skip "this kernel has no nftables"
table inet netloss {
  chain input {
    type filter hook input priority 0
    udp dport 9 counter drop
  }
  chain output {
    type filter hook output priority 0
    udp dport 7 counter drop
  }
}
RULES
  start_drop_reason <<<'ReportByInterface true'
  load "$one" udp-send 10.99.0.2 9 44
  load "$two" udp-send 127.0.0.1 9 11
  # A packet has no device at that hook yet. The sender sees the drop and ends.
  ip netns exec "$two" "$netload" udp-send 10.99.0.1 7 6 || true
  wait_until 60 has_counted "$two" netfilter_drop \
    $((55 + $(matches_of "$two" output)))
  more_reads 2
  [ "$(matches_of "$two" output)" -gt 0 ]
  counts "$two" netfilter_drop \
    $(($(matches_of "$two" input) + $(matches_of "$two" output)))
  counts "$two-lo" netfilter_drop 11
  counts "$two-lo" policy 11
  counts "$two-far" netfilter_drop 44
  counts "$one" netfilter_drop 0
  [ "$(wc -l < <(all_alerts))" -eq 0 ]
}

@test "a namespace that ends has its last packets; its name begins with them again" {
  start_drop_reason </dev/null
  load "$three" udp-bad-checksum 127.0.0.1 12
  wait_until 60 has_counted "$three" udp_csum 12
  more_reads 2
  load "$three" udp-bad-checksum 127.0.0.1 5
  ip netns del "$three"
  wait_until 60 has_counted "$three" udp_csum 17
  more_reads 3
  ended=$(row_count "drop_reason-$three/packets-udp_csum")
  more_reads 3
  counts "$three" udp_csum 17
  [ "$(row_count "drop_reason-$three/packets-udp_csum")" -eq "$ended" ]
  ip netns add "$three"
  ip -n "$three" link set lo up
  more_reads 2
  load "$three" udp-bad-checksum 127.0.0.1 8
  more_reads 4
  counts "$three" udp_csum 8
}

@test "an interface that is renamed is another object" {
  start_drop_reason <<<'ReportByInterface true'
  load "$one" udp-send 10.99.0.2 9 33
  wait_until 60 has_counted "$two-far" no_socket 33
  more_reads 2
  ip -n "$two" link set far name wan
  more_reads 2
  load "$one" udp-send 10.99.0.2 9 7
  wait_until 60 has_counted "$two-wan" no_socket 7
  more_reads 2
  counts "$two-wan" no_socket 7
  counts "$two-far" no_socket 33
  counts "$two" no_socket 40
}

# Prints the sum of a reason over all instances that match.
sum_of() { # REASON GLOB
  local file sum=0 name
  for file in "$home/csv/$daemon_host"/drop_reason-$2; do
    name=${file##*/drop_reason-}
    [ ! -d "$file" ] || sum=$((sum + $(count_of "$name" "$1")))
  done
  echo "$sum"
}

@test "5,000 interfaces: the map of places and the objects are bounded, and no packet is lost" {
  local i
  for ((i = 0; i < 2500; i++)); do
    echo "link add a$i up type veth peer name b$i"
    echo "link set b$i up"
  done >"$home/batch"
  ip -n "$three" -batch "$home/batch"
  interval=1 start_drop_reason <<<'ReportByInterface true
    MaxInterfaces 100
    MaxPlaces 1000'
  [ "$(ip netns exec "$three" "$netload" strays a 2)" -eq 5000 ]
  [ "$(ip netns exec "$three" "$netload" strays b 2)" -eq 5000 ]
  sleep 1
  more_reads 3
  counted=$(value drop_reason/packets-unhandled_proto)
  [ "$counted" -ge 10000 ]
  [ "$(sum_of unhandled_proto "$three-[ab]*")" -gt 0 ]
  [ "$(find "$home/csv/$daemon_host" -path "*drop_reason-$three-[ab]*" \
    -type d | wc -l)" -le 100 ]
  # The map of places is full: what it has no room for belongs to nobody.
  [ "$(count_of netns-other unhandled_proto)" -ge 8000 ]
  [ "$(count_of interface-other unhandled_proto)" -ge 9000 ]
  [ $(($(count_of "$three" unhandled_proto) +
    $(count_of netns-other unhandled_proto) +
    $(count_of netns-own unhandled_proto) +
    $(count_of netns-unknown unhandled_proto))) -eq "$counted" ]
  [ $(($(sum_of unhandled_proto "$three-[ab]*") +
    $(count_of interface-other unhandled_proto))) -le "$counted" ]
  [ "$(log_count 'more than 1000 combinations of place')" -eq 1 ]
  [ "$(log_count 'more interfaces than MaxInterfaces 100')" -eq 1 ]
}

@test "an alert names the namespace and the interface that lost most" {
  start_drop_reason <<<'ReportByInterface true
    AlertOverlap true'
  load "$three" udp-overflow 127.0.0.1 900
  wait_until 60 eval 'all_alerts | grep -q SOCKET_RCVBUFF'
  all_alerts | grep "SOCKET_RCVBUFF .* on lo in network namespace $three"
}
