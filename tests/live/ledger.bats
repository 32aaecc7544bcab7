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
  local answer
  # shellcheck disable=SC2154 # set by coproc
  printf '%s\n' "$*" >&"${holder[1]}"
  read -r answer <&"${holder[0]}"
  [ "$answer" = ok ] || {
    echo "$*: $answer"
    return 1
  }
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
  for plugin in softnet snmp_proto sock_backlog drop_reason; do
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

@test "a full UDP buffer: the port is raised, and nothing else" {
  hold_in "$inside"
  hold udp dns 127.0.0.1 53 0
  start_all </dev/null
  hold overflow dns 500
  expect_only 'sock_backlog|udp-53|dropped'
  value_is snmp_proto-Udp/protocol_counter-RcvbufErrors 500
}

@test "a full UDP buffer over IPv6: the port is raised, and nothing else" {
  ip netns exec "$inside" bash -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
  hold_in "$inside"
  hold udp dns ::1 53 0
  start_all </dev/null
  hold overflow dns 500
  expect_only 'sock_backlog|udp-53|dropped'
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
}

@test "a full accept queue: the listener is raised, and nothing else" {
  hold_in "$inside"
  hold listen web 127.0.0.1 443 4
  start_all </dev/null
  hold overflow web 30
  expect_only 'sock_backlog|tcp-443|accept_queue'
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

# Loses packets as the script of snmp_proto does.
check_protocol_loss() { # LOSS COUNT PLUGIN|INSTANCE|METER
  start_all </dev/null
  "$BATS_TEST_DIRNAME/loss/snmp_proto.sh" "$1" "$2" "$inside" ||
    [ $? -ne 77 ] || skip "this kernel cannot lose packets so"
  expect_only "$3"
}

@test "a wrong checksum of UDP: the protocol is raised" {
  check_protocol_loss udp-checksum 200 'snmp_proto|Udp|InCsumErrors'
}

@test "a source that rp_filter refuses: the protocol is raised" {
  check_protocol_loss rp-filter 200 'snmp_proto|TcpExt|IPReversePathFilter'
}

@test "fragments that do not arrive: the protocol is raised" {
  check_protocol_loss reassembly 60 'snmp_proto|Ip|ReasmFails'
}

@test "a full TCP receive buffer: the protocol is raised" {
  check_protocol_loss receive-drop 60 'snmp_proto|TcpExt|TCPRcvQDrop'
}
