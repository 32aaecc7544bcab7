#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One fault at a time, seen by all plugins of one daemon: one incident, raised by
# the plugin that knows most about it. Each test has network namespaces of its
# own.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  daemon_wrapper=(ip netns exec "$inside")
}

teardown() {
  live_teardown
}

# Begins a process that holds sockets in a namespace: see netload --help.
hold_in() { # NAMESPACE
  # shellcheck disable=SC2154 # set by need_netload
  coproc holder { exec ip netns exec "$1" "$netload" hold 3>&- 4>&-; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$holder_PID"
}

hold() { # COMMAND...
  # shellcheck disable=SC2154 # set by coproc
  ask_holder "${holder[0]}" "${holder[1]}" "$@"
}

# Starts a daemon with all plugins and the blocks on standard input.
start_all() {
  configure_daemon 0.5 <<CONF
LoadPlugin softnet
LoadPlugin snmp_proto
LoadPlugin sock_backlog
LoadPlugin nic_ethtool
LoadPlugin irq_balance
LoadPlugin drop_reason
LoadPlugin loss_ledger
<Plugin loss_ledger>
  Namespaces true
</Plugin>
$(cat)
CONF
  start_daemon
  log_has 'drop_reason plugin: nothing will be reported' &&
    skip "the program of drop_reason cannot be loaded here"
  more_reads 3
}

# Waits until each plugin that counts losses has looked so many times more.
more_reads() { # COUNT
  local plugin
  for plugin in softnet snmp_proto sock_backlog drop_reason loss_ledger; do
    wait_until 60 has_rows "$plugin/gauge-alert" \
      $(($(row_count "$plugin/gauge-alert") + $1))
  done
}

# Prints the names that a namespace has in notifications, as a pattern.
names_of() { # NAMESPACE
  printf '%s|%s' "$1" "$(stat -Lc %i "/run/netns/$1")"
}

# Prints what was raised, once for each: PLUGIN|INSTANCE|METER. drop_reason sees
# the namespaces of whatever else runs on this host; only those of the test count.
incidents() {
  all_alerts |
    awk -F '|' -v own="in network namespace ($(names_of "$inside")${other:+|$(names_of "$other")})" \
      '$1 == "OKAY" { next }
       $2 == "drop_reason" && / in network namespace / && $0 !~ own { next }
       { print $2 "|" $3 "|" $4 }' | sort -u
}

is_raised() { # PLUGIN|INSTANCE|METER
  incidents | grep -qxF "$1"
}

# The incident is raised, and nothing else within some more reads.
expect_only() { # PLUGIN|INSTANCE|METER
  wait_until 30 is_raised "$1" || true
  more_reads 6
  all_alerts
  [ "$(incidents)" = "$1" ]
}

# The ledger holds this many packets of the daemon's own network namespace.
bucket_is() { # BUCKET COUNT
  wait_until 30 value_is "loss_ledger-netns-own/packets-$1" "$2" || {
    rows "loss_ledger-netns-own/packets-$1" | tail -n 3
    return 1
  }
}

@test "a full UDP buffer: the port is raised, and nothing else" {
  hold_in "$inside"
  hold udp dns 127.0.0.1 53 0
  start_all </dev/null
  hold overflow dns 500
  expect_only 'sock_backlog|udp-53|dropped'
  value_is snmp_proto-Udp/protocol_counter-RcvbufErrors 500
  bucket_is udp_receive 500
}

@test "a full UDP buffer over IPv6: the port is raised, and nothing else" {
  ip netns exec "$inside" bash -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
  hold_in "$inside"
  hold udp dns ::1 53 0
  start_all </dev/null
  hold overflow dns 500
  expect_only 'sock_backlog|udp-53|dropped'
  bucket_is udp_receive 500
}

@test "a port that sock_backlog does not watch: the protocol is raised" {
  hold_in "$inside"
  hold udp dns 127.0.0.1 53 0
  hold listen web 127.0.0.1 443 4
  start_all <<'CONF'
<Plugin sock_backlog>
  Port "443"
</Plugin>
CONF
  hold overflow dns 500
  expect_only 'snmp_proto|Udp|RcvbufErrors'
  bucket_is udp_receive 500
}

@test "a full accept queue: the listener is raised, and nothing else" {
  hold_in "$inside"
  hold listen web 127.0.0.1 443 4
  start_all </dev/null
  hold overflow web 30
  expect_only 'sock_backlog|tcp-443|accept_queue'
  bucket_is tcp_listen "$(protocol_counter "$inside" TcpExt ListenDrops)"
}

@test "two faults at once are two incidents" {
  hold_in "$inside"
  hold udp dns 127.0.0.1 53 0
  hold listen web 127.0.0.1 443 4
  start_all </dev/null
  hold overflow web 30
  hold overflow dns 500
  wait_until 30 is_raised 'sock_backlog|udp-53|dropped' || true
  more_reads 6
  all_alerts
  [ "$(incidents)" = "sock_backlog|tcp-443|accept_queue
sock_backlog|udp-53|dropped" ]
  bucket_is udp_receive 500
  bucket_is tcp_listen "$(protocol_counter "$inside" TcpExt ListenDrops)"
}

@test "another network namespace: only drop_reason sees it" {
  make_namespace other
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$other" link set lo up
  hold_in "$other"
  hold udp dns 127.0.0.1 53 0
  start_all </dev/null
  hold overflow dns 500
  expect_only 'drop_reason||socket_rcvbuff'
  all_alerts | grep -F 'set Containers true in sock_backlog' |
    grep -E "in network namespace ($(names_of "$other")), which is not watched"
  log_has 'loss_ledger plugin: [0-9]+ network namespaces? (is|are) not watched'
}

@test "a namespace that is watched: its port is raised" {
  make_namespace other
  ip -n "$other" link set lo up
  hold_in "$other"
  hold udp dns 127.0.0.1 53 0
  start_all <<CONF
<Plugin sock_backlog>
  Namespace "$other"
</Plugin>
<Plugin snmp_proto>
  Namespace "$other"
</Plugin>
CONF
  hold overflow dns 500
  expect_only "sock_backlog|$other-udp-53|dropped"
}

# Prints what the kernel has counted in the daemon's namespace.
counter_of() { # PLUGIN|OBJECT|COUNTER
  local object
  object=$(cut -d '|' -f 2 <<<"$1")
  protocol_counter "$inside" "$object" "${1##*|}"
}

# Loses packets as the script of snmp_proto does.
check_protocol_loss() { # LOSS COUNT PLUGIN|INSTANCE|METER BUCKET
  start_all </dev/null
  "$BATS_TEST_DIRNAME/loss/snmp_proto.sh" "$1" "$2" "$inside" ||
    [ $? -ne 77 ] || skip "this kernel cannot lose packets so"
  expect_only "$3"
  bucket_is "$4" "$(counter_of "$3")"
}

@test "a wrong checksum of UDP: the protocol is raised" {
  check_protocol_loss udp-checksum 200 'snmp_proto|Udp|InCsumErrors' udp_receive
}

@test "a source that rp_filter refuses: the protocol is raised" {
  check_protocol_loss rp-filter 200 'snmp_proto|TcpExt|IPReversePathFilter' source_check
}

@test "fragments that do not arrive: the protocol is raised" {
  check_protocol_loss reassembly 60 'snmp_proto|Ip|ReasmFails' reassembly
}

@test "a full TCP receive buffer: the protocol is raised" {
  check_protocol_loss receive-drop 60 'snmp_proto|TcpExt|TCPRcvQDrop' tcp_receive
}

@test "a full qdisc: the interface is raised, and nothing else" {
  make_namespace near
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$inside" "$near"
  tc -n "$inside" qdisc replace dev near root tbf rate 8kbit burst 1600 limit 400 ||
    skip "this kernel has no tbf"
  start_all <<'CONF'
<Plugin nic_ethtool>
  Interface "near"
</Plugin>
CONF
  ip netns exec "$inside" "$netload" udp-send 10.99.0.2 9 500
  expect_only 'nic_ethtool|near|qdisc'
  bucket_is qdisc "$(tc -n "$inside" -s qdisc show dev near |
    sed -nE 's/.*\(dropped ([0-9]+).*/\1/p')"
}

# The listener exists for so short a time that a read may miss it: then the
# protocol is raised.
has_refused() {
  incidents | grep -qE '^(sock_backlog\|tcp-[0-9]+\|dropped|snmp_proto\|TcpExt\|TCPReqQFullDrop)$'
}

@test "a SYN queue without cookies: one incident" {
  start_all </dev/null
  "$BATS_TEST_DIRNAME/loss/snmp_proto.sh" syn-queue-drop 60 "$inside"
  wait_until 30 has_refused || true
  more_reads 6
  all_alerts
  has_refused
  [ "$(incidents | wc -l)" -eq 1 ]
  bucket_is tcp_listen "$(protocol_counter "$inside" TcpExt ListenDrops)"
}

@test "a UNIX listener: the path is raised, and nothing else" {
  hold_in "$inside"
  hold unix app "$home/socket" 4
  start_all </dev/null
  hold overflow app 6
  expect_only "sock_backlog|unix-${home//\//_}_socket|accept_queue"
}

@test "a tun device that nobody reads: its reason is raised, and nothing else" {
  [ -e /dev/net/tun ] || skip "this kernel has no tun devices"
  start_all </dev/null
  ip netns exec "$inside" "$netload" tun-overflow tap9 500
  expect_only 'drop_reason||full_ring'
}

@test "a next hop that does not answer: its reason is raised, and nothing else" {
  make_namespace near
  join_namespaces "$inside" "$near"
  start_all </dev/null
  ip netns exec "$inside" "$netload" udp-send 10.99.0.9 9 2000 --rate 500 || true
  expect_only 'drop_reason||neigh_queuefull'
}

@test "plugins loaded in another order, some with Globals, share one ledger" {
  hold_in "$inside"
  hold udp dns 127.0.0.1 53 0
  configure_daemon 0.5 <<'CONF'
LoadPlugin loss_ledger
<LoadPlugin snmp_proto>
  Globals true
</LoadPlugin>
LoadPlugin softnet
<LoadPlugin sock_backlog>
  Globals true
</LoadPlugin>
CONF
  start_daemon
  wait_until 60 has_rows loss_ledger/packets-backlog 1
  wait_until 60 value_is loss_ledger/packets-udp_receive 0
  wait_until 60 has_rows sock_backlog/gauge-alert 4
  hold overflow dns 500
  wait_until 30 value_is loss_ledger/packets-udp_receive 500
  wait_until 60 has_rows loss_ledger/packets-backlog \
    $(($(row_count loss_ledger/packets-backlog) + 6))
  [ "$(incidents)" = 'sock_backlog|udp-53|dropped' ]
  value_is loss_ledger/packets-udp_receive 500
}
