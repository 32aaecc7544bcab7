#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sockets that were overfilled, and what collectd wrote about them. Each test has
# a network namespace of its own, and collectd runs in it. The sockets belong to
# a process that takes commands.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  daemon_wrapper=(ip netns exec "$inside")
  # shellcheck disable=SC2154 # set by need_netload
  coproc holder { exec ip netns exec "$inside" "$netload" hold 3>&- 4>&-; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$holder_PID"
}

teardown() {
  live_teardown
}

# Has the process make, overfill or close a socket: see netload --help.
hold() { # COMMAND...
  # shellcheck disable=SC2154 # set by coproc
  ask_holder "${holder[0]}" "${holder[1]}" "$@"
}

# Starts a daemon whose <Plugin sock_backlog> has the lines on standard input.
start_sock_backlog() {
  configure_daemon "${interval:-0.2}" <<CONF
LoadPlugin sock_backlog
<Plugin sock_backlog>
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows sock_backlog/gauge-alert 2
}

# Waits until the plugin has looked so many times more.
more_reads() { # COUNT
  wait_until 60 has_rows sock_backlog/gauge-alert \
    $(($(row_count sock_backlog/gauge-alert) + $1))
}

level_is() { # SERIES NUMBER
  value_is "sock_backlog-$1" "$2.000000"
}

expect_level() { # SERIES NUMBER
  wait_until 60 level_is "$@" || {
    echo "$1 is $(value "sock_backlog-$1"), not $2"
    return 1
  }
}

expect_count() { # SERIES NUMBER
  wait_until 60 value_is "sock_backlog-$1" "$2" || {
    echo "$1 is $(value "sock_backlog-$1"), not $2"
    return 1
  }
}

kernel_counts() { # PROTOCOL COUNTER
  protocol_counter "$inside" "$1" "$2"
}

# What ss shows as d in the memory of the sockets of a port, one a line.
socket_drops() { # -lt|-lu PORT
  ip netns exec "$inside" ss -Hnm "$1" "sport = $2" |
    sed -nE 's/.*skmem:\(.*,d([0-9]+)\).*/\1/p'
}

raised() { # OBJECT
  all_alerts | grep -E "^(WARNING|FAILURE)\|sock_backlog\|$1\|" || true
}

has_raised() { # OBJECT SEVERITY
  raised "$1" | grep -q "^$2|"
}

# Notifications are delivered after the values, by a thread of their own.
expect_raised() { # OBJECT SEVERITY
  wait_until 30 has_raised "$@" || true
  all_alerts
  has_raised "$@"
}

has_cleared() { # OBJECT METER
  all_alerts | grep -q "^OKAY|sock_backlog|$1|$2|"
}

no_faults() {
  [ "$(log_count '\[(error|warning)\] sock_backlog plugin: ')" -eq 0 ]
}

never_goes_back() { # SERIES
  rows "sock_backlog-$1" |
    awk -F , '$2 < before { exit 1 } { before = $2 }'
}

@test "a full accept queue: the kernel's own figures, and one alert that names process, queue and setting" {
  hold listen web 127.0.0.1 443 4
  start_sock_backlog </dev/null
  before=$(kernel_counts TcpExt ListenDrops)
  hold overflow web 12
  expect_level tcp-443/queue_length-accept 5
  expect_level tcp-443/queue_length-accept_limit 4
  expect_level tcp-443/percent-accept_queue 100
  expect_count tcp-443/connections-dropped 12
  expect_count tcp/connections-dropped 12
  [ $(($(kernel_counts TcpExt ListenDrops) - before)) -eq 12 ]
  [ "$(socket_drops -lt 443)" -eq 12 ]

  expect_raised tcp-443 FAILURE
  [ "$(raised tcp-443 | cut -d '|' -f 1,4)" = 'FAILURE|accept_queue' ]
  somaxconn=$(ip netns exec "$inside" cat /proc/sys/net/core/somaxconn)
  # When it was seen first, more or less of it had happened.
  [[ $(raised tcp-443) == *"|tcp-443 uses 100 % of its accept queue (limit 99 %); listen() backlog is 4: raise it (net.core.somaxconn is $somaxconn), or accept faster; netload[$holder_PID] at 127.0.0.1: "[45]" of 4 waiting"* ]]

  hold drain web
  wait_until 60 has_cleared tcp-443 accept_queue
  all_alerts | grep -E 'tcp-443 refused nothing at its accept queue for .*; [0-9]+ connection attempts? lost in '
  [ "$(all_alerts | wc -l)" -eq 2 ]
  never_goes_back tcp-443/connections-dropped
  no_faults
}

@test "a backlog that somaxconn cuts: the alert says so" {
  ip netns exec "$inside" bash -c 'echo 3 >/proc/sys/net/core/somaxconn'
  hold listen web 127.0.0.1 443 100
  start_sock_backlog </dev/null
  hold overflow web 2
  expect_level tcp-443/queue_length-accept 4
  expect_level tcp-443/queue_length-accept_limit 3
  expect_raised tcp-443 FAILURE
  [[ $(raised tcp-443) == *"; net.core.somaxconn is 3: raise it and the listen() backlog, "* ]]
}

@test "one member of a SO_REUSEPORT group starves: the fullest one decides" {
  hold listen busy 127.0.0.1 443 4
  hold listen idle 127.0.0.1 443 4
  start_sock_backlog </dev/null
  hold overflow busy 9
  expect_level tcp-443/count-sockets 2
  expect_level tcp-443/queue_length-accept 5
  expect_level tcp-443/queue_length-accept_limit 8
  expect_level tcp-443/percent-accept_queue 100
  expect_count tcp-443/connections-dropped 9
  [ "$(kernel_counts TcpExt ListenDrops)" -eq 9 ]
  [ "$(socket_drops -lt 443 | sort -n | paste -sd ' ')" = '0 9' ]
  expect_raised tcp-443 FAILURE
  [[ $(raised tcp-443) == *": "[45]" of 4 waiting"*"; one of 2 sockets" ]]
}

check_udp() { # ADDRESS PROTOCOL COUNTER
  hold udp dns "$1" 53 0
  start_sock_backlog </dev/null
  before=$(kernel_counts "$2" "$3")
  hold overflow dns 500
  expect_count udp-53/packets-dropped 500
  expect_count udp/packets-dropped 500
  [ $(($(kernel_counts "$2" "$3") - before)) -eq 500 ]
  [ "$(socket_drops -lu 53)" -eq 500 ]
  # A buffer of no size is given 2304 bytes, by most kernels.
  limit=$(ip netns exec "$inside" ss -Hlnum | sed -nE 's/.*,rb([0-9]+),.*/\1/p')
  used=$(ip netns exec "$inside" ss -Hlnum | sed -nE 's/.*\(r([0-9]+),.*/\1/p')
  expect_level udp-53/bytes-receive_limit "$limit"
  expect_level udp-53/bytes-receive_queue "$used"
  expect_raised udp-53 FAILURE
  [[ $(raised udp-53 | tail -n 1) == "FAILURE|sock_backlog|udp-53|dropped|udp-53 lost "*"/s at its receive buffer (limit 100/s); SO_RCVBUF is $((limit / 2)): "*"; netload[$holder_PID] at $1: $used of $limit bytes" ]]
  [ "$(raised udp-53 | cut -d '|' -f 4 | sort -u)" = dropped ]
  wait_until 60 has_cleared udp-53 dropped
  no_faults
}

@test "a full receive buffer of UDP: the kernel's own figures, and an alert" {
  check_udp 127.0.0.1 Udp RcvbufErrors
}

@test "a full receive buffer of UDP over IPv6: the kernel's own figures, and an alert" {
  ip netns exec "$inside" bash -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
  check_udp ::1 Udp6 RcvbufErrors
}

@test "a listener whose socket filter refuses everything: nothing is said of its accept queue" {
  hold listen web 127.0.0.1 443 128
  hold listen full 127.0.0.1 444 4
  start_sock_backlog </dev/null
  hold filter web
  hold overflow web 20
  [ "$(socket_drops -lt 443)" -eq 20 ]
  [ "$(kernel_counts TcpExt ListenDrops)" -eq 0 ]
  more_reads 3
  expect_count tcp-443/connections-dropped 0
  expect_count tcp/connections-dropped 0
  [ "$(raised 'tcp.*')" = '' ]
  # Beside a listener that does refuse, too.
  hold overflow full 9
  hold overflow web 20
  more_reads 3
  expect_count tcp-444/connections-dropped 9
  expect_count tcp/connections-dropped 9
  [ "$(kernel_counts TcpExt ListenDrops)" -eq 9 ]
  expect_raised tcp-444 FAILURE
  [ "$(raised tcp-443)" = '' ]
  no_faults
}

@test "a UDP socket whose filter refuses datagrams: the alert says so, and not that its buffer is full" {
  hold udp dns 127.0.0.1 53 200000
  start_sock_backlog </dev/null
  hold filter dns
  hold overflow dns 300
  expect_count udp-53/packets-dropped 300
  [ "$(kernel_counts Udp RcvbufErrors)" -eq 0 ]
  [ "$(kernel_counts Udp InErrors)" -eq 300 ]
  expect_raised udp-53 FAILURE
  [[ $(raised udp-53 | tail -n 1) == *"; refused by its socket filter (SO_ATTACH_FILTER), no full buffer; netload[$holder_PID] at 127.0.0.1: 0 of "* ]]
  no_faults
}

@test "a UNIX listener that is full" {
  path=/tmp/netloss-$$.sock
  object=unix-_tmp_netloss-$$.sock
  undo_later rm -f "$path"
  hold unix app "$path" 4
  start_sock_backlog </dev/null
  expect_level "$object/percent-accept_queue" 0
  hold overflow app 3
  expect_level "$object/queue_length-accept" 5
  expect_level "$object/queue_length-accept_limit" 4
  expect_level "$object/percent-accept_queue" 100
  [ "$(row_count "sock_backlog-$object/connections-dropped")" -eq 0 ]
  expect_raised "$object" FAILURE
  [[ $(raised "$object") == "FAILURE|"*"|unix-$path uses 100 % of its accept queue (limit 99 %); listen() backlog is 4: "*"; netload[$holder_PID]: "[45]" of 4 waiting" ]]
  hold close app
  wait_until 60 has_cleared "$object" accept_queue
  all_alerts | grep "unix-$path is gone; before that, 100 % at worst, in "
}

@test "a listener that is closed and opened again while it drops: neither a dip nor a spike" {
  local i
  hold listen web 127.0.0.1 443 4
  start_sock_backlog </dev/null
  for i in 1 2 3 4 5; do
    hold overflow web 7
    expect_count tcp-443/connections-dropped $((7 * i))
    hold close web
    # The third time, it is away for longer.
    [ "$i" -ne 3 ] || more_reads 8
    hold listen web 127.0.0.1 443 4
  done
  more_reads 3
  expect_count tcp-443/connections-dropped 35
  expect_count tcp/connections-dropped 35
  [ "$(kernel_counts TcpExt ListenDrops)" -eq 35 ]
  [ "$(socket_drops -lt 443)" -eq 0 ]
  never_goes_back tcp-443/connections-dropped
  never_goes_back tcp/connections-dropped
  no_faults
}

@test "half-open connections are counted if that is asked for" {
  # Where what the listener answers is not heard by anybody.
  ip -n "$inside" link add sink type veth peer name drain
  ip -n "$inside" link set sink arp off
  ip -n "$inside" address add 10.99.0.1/24 dev sink
  ip -n "$inside" link set drain up
  ip -n "$inside" link set sink up
  interval=0.05 start_sock_backlog <<<'ReportSynReceived true'
  expect_level tcp/current_connections-syn_received 0
  greatest() { # SERIES
    rows "sock_backlog-$1" | cut -d , -f 2 | sort -n | tail -n 1
  }
  # A backlog of 8 takes 9 of them; the others are answered with cookies. They
  # are there while it lasts, and a slow machine can miss that.
  flood_is_seen() {
    ip netns exec "$inside" "$netload" syn-overflow 10.99.0.2 10.99.0.1 60000
    [ "$(greatest tcp/current_connections-syn_received)" = 9.000000 ]
  }
  wait_until 60 flood_is_seen
  # The listener's port was any.
  for object in "$home"/csv/live/sock_backlog-tcp-*; do
    object=${object##*/sock_backlog-}
    [ "$(greatest "$object/current_connections-syn_received")" != 9.000000 ] ||
      break
  done
  [ "$(greatest "$object/current_connections-syn_received")" = 9.000000 ]
  [ "$(greatest "$object/current_connections-syn_received_limit")" = 8.000000 ]
  [ "$(greatest "$object/percent-syn_queue")" = 100.000000 ]
  expect_raised "$object" WARNING
  [[ $(raised "$object") == "WARNING|sock_backlog|$object|syn_queue|$object uses "*" % of its SYN queue (limit 80 %); listen() backlog is 8: a flood, or too small: raise it; SYN cookies are sent meanwhile; netload["*"] at 10.99.0.1: "*" of 8 half open" ]]
}

# Of the connections of a port that ss shows: the states, and their number.
connections() { # PORT
  ip netns exec "$inside" ss -Htan "sport = :$1" | awk '$1 != "LISTEN"'
}

connections_in() { # PORT STATE
  connections "$1" | awk -v state="$2" '$1 == state' | wc -l
}

# The sum and the maximum of a column of ss, 2 for Recv-Q and 3 for Send-Q.
queue_sum() { # PORT COLUMN
  connections "$1" | awk -v column="$2" '{ sum += $column } END { print sum + 0 }'
}

queue_max() { # PORT COLUMN
  connections "$1" | awk -v column="$2" '{ if ($column > most) most = $column } END { print most + 0 }'
}

@test "a slow reader and a blocked sender: as ss shows them" {
  hold listen web 127.0.0.1 443 64
  hold connect idle web 5
  hold connect slow web 3
  hold send slow client 40000
  hold connect slower web 2
  hold send slower client 66000
  hold connect blocked web 2
  hold block blocked server
  start_sock_backlog <<<'ReportConnections true'
  [ "$(connections_in 443 ESTAB)" -eq 12 ]
  [ "$(queue_sum 443 2)" -eq 252000 ]
  [ "$(queue_max 443 2)" -eq 66000 ]
  [ "$(queue_max 443 3)" -gt 262144 ]
  expect_level tcp-443/current_connections-established 12
  expect_level tcp-443/bytes-recv_q 252000
  expect_level tcp-443/bytes-recv_q_max 66000
  expect_level tcp-443/current_connections-recv_q_high 2
  expect_level tcp-443/bytes-send_q "$(queue_sum 443 3)"
  expect_level tcp-443/bytes-send_q_max "$(queue_max 443 3)"
  expect_level tcp-443/current_connections-send_q_high 2
  # In all, both ends.
  expect_level tcp/current_connections-established 24
  expect_level tcp/bytes-recv_q \
    $(($(ip netns exec "$inside" ss -Htn | awk '{ sum += $2 } END { print sum }')))
  expect_level tcp/bytes-send_q "$(queue_sum 443 3)"
  [ "$(raised 'tcp.*')" = '' ]
  no_faults
}

@test "connections of a port by their states: as ss shows them" {
  local row name state number
  hold listen web 127.0.0.1 443 64
  start_sock_backlog <<<'ReportConnections true'
  hold connect open web 7
  hold connect half web 5
  hold hang-up half client
  hold connect ours web 4
  hold hang-up ours server
  hold connect over web 3
  hold hang-up over server
  hold hang-up over client
  for row in established:ESTAB:7 close_wait:CLOSE-WAIT:5 \
    fin_wait2:FIN-WAIT-2:4 time_wait:TIME-WAIT:3 syn_received:SYN-RECV:0; do
    IFS=: read -r name state number <<<"$row"
    [ "$(connections_in 443 "$state")" -eq "$number" ]
    expect_level "tcp-443/current_connections-$name" "$number"
  done
  # The other ends: 7 open, 5 in FIN_WAIT2, 4 in CLOSE_WAIT.
  expect_level tcp/current_connections-established 14
  expect_level tcp/current_connections-close_wait 9
  expect_level tcp/current_connections-fin_wait2 9
  expect_level tcp/current_connections-time_wait 3
  [ "$(row_count sock_backlog-tcp-443/current_connections-last_ack)" -eq 0 ]
  no_faults
}

# Gives a setting of the namespace a value.
inside_sysctl() { # NAME VALUE
  ip netns exec "$inside" bash -c "echo $2 >$(sysctl_file "$1")"
}

expect_no_port() {
  local answer
  if answer=$(hold connect one_more web 1); then
    return 1
  fi
  echo "$answer"
  [[ $answer == *'Cannot assign requested address'* ]]
}

@test "ephemeral ports to one destination: 90 of 100, and then all" {
  inside_sysctl net.ipv4.ip_local_port_range '40000 40099'
  hold listen web 127.0.0.1 443 64
  hold listen other 127.0.0.1 444 64
  start_sock_backlog <<<'ReportConnections true'
  hold connect others other 50
  expect_level tcp/count-ephemeral_taken 50
  hold connect many web 90
  expect_level tcp/percent-ephemeral_ports 90
  expect_level tcp/count-ephemeral_taken 90
  expect_level tcp/count-ephemeral_limit 100
  expect_level tcp/count-ephemeral_time_wait 0
  [ "$(ip netns exec "$inside" ss -Htan 'dport = :443' | wc -l)" -eq 90 ]
  more_reads 2
  expect_raised tcp WARNING
  [[ $(raised tcp) =~ ^'WARNING|sock_backlog|tcp|ephemeral_ports|tcp uses '[89][0-9](\.[0-9])?' % of the ephemeral ports to one destination (limit 80 %); net.ipv4.ip_local_port_range is 40000 40099: widen it, to 1024 65535 for example; '[89][0-9]' of 100, 0 in TIME_WAIT, from 127.0.0.1 to 127.0.0.1:443'$ ]]
  hold connect rest web 10
  expect_level tcp/percent-ephemeral_ports 100
  expect_no_port
  more_reads 2
  expect_raised tcp FAILURE
  [ "$(raised tcp | cut -d '|' -f 1 | paste -sd ' ')" = 'WARNING FAILURE' ]
  [[ $(raised tcp | tail -n 1) == *"tcp uses "*" % of the ephemeral ports to one destination (limit 95 %); "* ]]
  hold hang-up many server
  hold hang-up many client
  hold hang-up rest server
  hold hang-up rest client
  expect_level tcp/percent-ephemeral_ports 50
  wait_until 60 has_cleared tcp ephemeral_ports
  no_faults
}

@test "ephemeral ports: those raised at once, in the message" {
  inside_sysctl net.ipv4.ip_local_port_range '40000 40099'
  hold listen web 127.0.0.1 443 64
  hold connect many web 90
  start_sock_backlog <<<'ReportConnections true'
  expect_raised tcp WARNING
  [ "$(raised tcp)" = 'WARNING|sock_backlog|tcp|ephemeral_ports|tcp uses 90 % of the ephemeral ports to one destination (limit 80 %); net.ipv4.ip_local_port_range is 40000 40099: widen it, to 1024 65535 for example; 90 of 100, 0 in TIME_WAIT, from 127.0.0.1 to 127.0.0.1:443' ]
}

@test "ephemeral ports in TIME_WAIT: taken, and the setting that would give them up" {
  inside_sysctl net.ipv4.ip_local_port_range '40000 40099'
  inside_sysctl net.ipv4.ip_local_reserved_ports 40010-40019
  inside_sysctl net.ipv4.tcp_tw_reuse 0
  inside_sysctl net.ipv4.tcp_fin_timeout 1
  hold listen web 127.0.0.1 443 64
  hold connect many web 81
  hold hang-up many client
  hold hang-up many server
  start_sock_backlog <<<'ReportConnections true'
  expect_level tcp/current_connections-time_wait 81
  expect_level tcp/percent-ephemeral_ports 90
  expect_level tcp/count-ephemeral_limit 90
  expect_level tcp/count-ephemeral_time_wait 81
  expect_raised tcp WARNING
  [ "$(raised tcp)" = "WARNING|sock_backlog|tcp|ephemeral_ports|tcp uses 90 % of the ephemeral ports to one destination (limit 80 %); net.ipv4.tcp_tw_reuse is 0: set it to 1, which gives TIME_WAIT's ports to new connections; 81 of 90, 81 in TIME_WAIT, from 127.0.0.1 to 127.0.0.1:443" ]
  hold connect rest web 9
  expect_no_port
}

@test "ephemeral ports in TIME_WAIT that the kernel gives to others are not taken" {
  inside_sysctl net.ipv4.ip_local_port_range '40000 40099'
  inside_sysctl net.ipv4.tcp_tw_reuse 2
  hold listen web 127.0.0.1 443 64
  hold connect many web 90
  hold hang-up many client
  hold hang-up many server
  start_sock_backlog <<<'ReportConnections true'
  expect_level tcp/current_connections-time_wait 90
  # Once they are old enough.
  expect_level tcp/percent-ephemeral_ports 0
  expect_level tcp/count-ephemeral_all 90
  hold connect again web 100
  expect_level tcp/percent-ephemeral_ports 100
  expect_no_port
}

@test "connections are not looked at unasked" {
  hold listen web 127.0.0.1 443 64
  hold connect some web 2
  start_sock_backlog </dev/null
  expect_level tcp/count-sockets 1
  [ "$(row_count sock_backlog-tcp/current_connections-established)" -eq 0 ]
  [ "$(row_count sock_backlog-tcp/percent-ephemeral_ports)" -eq 0 ]
}

@test "half-open connections are not looked at unasked" {
  hold listen web 127.0.0.1 443 4
  start_sock_backlog </dev/null
  expect_level tcp/count-sockets 1
  [ "$(row_count sock_backlog-tcp/current_connections-syn_received)" -eq 0 ]
  [ "$(row_count sock_backlog-tcp-443/current_connections-syn_received)" -eq 0 ]
}

@test "Port and MaxObjects choose what is sent" {
  local port
  for port in 80 443 8000 8001; do
    hold listen "on-$port" 127.0.0.1 "$port" 4
  done
  start_sock_backlog <<'CONF'
  Port "443"
  Port "8000-8100"
  MaxObjects 2
CONF
  expect_level tcp/count-sockets 3
  [ "$(row_count sock_backlog-tcp-80/count-sockets)" -eq 0 ]
  [ "$(find "$home/csv/live" -maxdepth 1 -name 'sock_backlog-tcp-*' | wc -l)" -eq 2 ]
  [ "$(log_count 'ports and paths more than MaxObjects 2')" -eq 1 ]
}

@test "an ordinary user's collectd has the values, and the owner's number" {
  [ -x "$NETLOSS_BUILD/netloss" ] || skip "netloss was not built"
  setpriv --reuid 65534 --regid 65534 --clear-groups \
    "$NETLOSS_BUILD/netloss" --help >/dev/null 2>&1 ||
    skip "an ordinary user cannot run the build"
  hold listen web 127.0.0.1 443 4
  hold overflow web 3
  run ip netns exec "$inside" setpriv --reuid 65534 --regid 65534 \
    --clear-groups "$NETLOSS_BUILD/netloss" read --reads 1 sock_backlog
  echo "$output"
  [[ $output == *"value tcp-443 connections-dropped 3"* ]]
  [[ $output == *"; a process of uid 0 at 127.0.0.1: 5 of 4 waiting"* ]]
  [ "$(grep -c 'log notice without CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, ' \
    <<<"$output")" -eq 1 ]
}
