#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The whole daemon beside thousands of sockets: it names the one that loses, and
# gives its memory back once they are gone.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  holder=$NETLOSS_BUILD/tests/bench/hold_sockets
  [ -x "$holder" ] || skip "hold_sockets was not built"
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
}

teardown() {
  live_teardown
}

# Makes sockets that last until close_sockets.
open_sockets() { # LISTENERS UDP CONNECTIONS
  local answer
  coproc many { exec ip netns exec "$inside" "$holder" "$@" 3>&- 4>&-; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$many_PID"
  read -r answer <&"${many[0]}"
  [ "$answer" = ready ] || {
    echo "$answer"
    return 1
  }
}

# Closed connections last for a minute more, in TIME_WAIT.
close_sockets() {
  kill "$many_PID"
  wait "$many_PID" || true
  wait_until 180 sockets_are_gone
}

sockets_are_gone() {
  [ "$(ip netns exec "$inside" ss -Htua | head -n 1 | wc -l)" -eq 0 ]
}

# What the kernel counted at the UDP socket of a port.
socket_drops() { # PORT
  ip netns exec "$inside" ss -Hnuam "sport = $1" |
    sed -nE 's/.*skmem:\(.*,d([0-9]+)\).*/\1/p'
}

raised() {
  all_alerts | grep -E '^(WARNING|FAILURE)\|sock_backlog\|'
}

@test "one of 20,000 UDP ports begins to lose: the next read names it" {
  local port=17000 lost first
  open_sockets 0 20000 0
  daemon_wrapper=(ip netns exec "$inside")
  configure_daemon 1 <<<"LoadPlugin sock_backlog"
  start_daemon
  wait_until 60 has_rows sock_backlog/gauge-alert 3
  wait_until 60 value_is sock_backlog-udp/count-sockets 20000.000000
  ip netns exec "$inside" "$netload" udp-send 127.0.0.1 "$port" 3000
  first=${EPOCHREALTIME/[.,]/}
  lost=$(socket_drops "$port")
  [ "$lost" -ge 1000 ]
  wait_until 30 row_time_after sock_backlog/gauge-alert "$first"
  first=$(row_time_after sock_backlog/gauge-alert "$first")
  [ "$(value_at sock_backlog/gauge-alert "$first")" = 2.000000 ]
  wait_until 30 value_is "sock_backlog-udp-$port/packets-dropped" "$lost"
  wait_until 30 raised
  raised
  [ "$(raised | wc -l)" -eq 1 ]
  [[ $(raised) == "FAILURE|sock_backlog|udp-$port|dropped|udp-$port lost "* ]]
}

# Memory (kB) of the daemon.
memory() {
  awk '/^VmRSS:/ { print $2 }' "/proc/$daemon/status"
}

memory_is_at_most() { # KB
  [ "$(memory)" -le "$1" ]
}

# More reads of sock_backlog.
more_reads() { # COUNT
  wait_until 120 has_rows sock_backlog/gauge-alert \
    $(($(row_count sock_backlog/gauge-alert) + $1))
}

# MANY_SOCKETS="39000 39000 190000" is the size of a large host.
@test "a daemon with all plugins is as small again within a minute of many sockets' end" {
  local plugin before most sizes
  read -r -a sizes <<<"${MANY_SOCKETS:-3900 3900 19000}"
  configure_daemon 1 <<CONF
$(for plugin in drop_reason irq_balance nic_ethtool snmp_proto softnet; do
    echo "LoadPlugin $plugin"
  done)
<Plugin snmp_proto>
  Containers true
</Plugin>
LoadPlugin sock_backlog
<Plugin sock_backlog>
  Containers true
  ReportConnections true
</Plugin>
CONF
  start_daemon
  more_reads 10
  before=$(memory)
  open_sockets "${sizes[@]}"
  wait_until 60 value_is "sock_backlog-$inside-tcp/count-sockets" \
    "${sizes[0]}.000000"
  more_reads 5
  most=$(memory)
  close_sockets
  wait_until 60 memory_is_at_most $((before + 10240)) || true
  echo "$before kB, then $most kB with ${sizes[*]} sockets, then $(memory) kB"
  memory_is_at_most $((before + 10240))
  [ "$(value "sock_backlog-$inside-tcp/current_connections-established")" != 0 ]
  [ "$(log_count '\[(error|warning)\] [a-z_]+ plugin: ')" -eq 0 ]
}
