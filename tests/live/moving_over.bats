#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# collectd's own ethstat, irq, protocols and tcpconns beside the plugins that
# replace them, in one daemon, as docs/moving-over.md describes.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  for plugin in ethstat irq protocols tcpconns; do
    [ -e "/usr/lib/collectd/$plugin.so" ] || skip "collectd has no $plugin here"
  done
}

teardown() {
  live_teardown
}

# The series of a plugin, without its name, as INSTANCE/TYPE-METER.
series() { # PLUGIN
  (cd "$home/csv/live" && find "$1"* -type f) |
    sed -e "s/^$1-*//" -e 's/-....-..-..$//' | sort
}

# Prints the series of the first plugin that the second lacks.
missing() { # PLUGIN PLUGIN
  comm -23 <(series "$1") <(series "$2")
}

has_all() { # PLUGIN PLUGIN
  [ -z "$(missing "$1" "$2")" ]
}

# Prints each of these series whose number differs under the new name.
differing() { # OLD-PLUGIN NEW-PLUGIN
  local one
  while read -r one; do
    [ "$(value "$1-$one")" = "$(value "$2-$one")" ] ||
      echo "$one: $1 $(value "$1-$one"), $2 $(value "$2-$one")"
  done < <(comm -12 <(series "$1") <(series "$2"))
}

nothing_differs() {
  [ -z "$(differing "$@")" ]
}

begin_in_a_namespace() {
  make_namespace inside
  make_namespace beyond
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$inside" "$beyond"
  ip -n "$inside" link set lo up
  daemon_wrapper=(ip netns exec "$inside")
}

@test "protocols to snmp_proto: the same names and numbers; gauges are gauges" {
  begin_in_a_namespace
  STOCK='LoadPlugin protocols' configure_daemon 0.2 <<'CONF'
LoadPlugin snmp_proto
<Plugin snmp_proto>
  Report "all"
</Plugin>
CONF
  # Some are not zero.
  ip netns exec "$inside" bash -c 'for i in 1 2 3; do
    echo >/dev/udp/127.0.0.1/9; echo >/dev/tcp/127.0.0.1/9; done' || true
  start_daemon
  wait_until 30 has_rows snmp_proto/gauge-alert 3
  wait_until 30 has_rows protocols-Udp/protocol_counter-NoPorts 3
  [ "$(missing protocols snmp_proto | sed 's/.*protocol_counter-//' | sort |
    paste -sd ' ')" = 'CurrEstab DefaultTTL Forwarding MPCurrEstab MaxConn RtoAlgorithm RtoMax RtoMin' ]
  for name in $(missing protocols snmp_proto | sed s/protocol_counter/gauge/); do
    has_rows "snmp_proto-$name" 1
  done
  [ "$(value protocols-Udp/protocol_counter-NoPorts)" -ge 3 ]
  differing protocols snmp_proto
  wait_until 30 nothing_differs protocols snmp_proto
}

@test "ethstat to nic_ethtool: the same names and numbers; an interface without statistics causes no fault" {
  begin_in_a_namespace
  STOCK=$'LoadPlugin ethstat\n<Plugin ethstat>\nInterface "near"\nInterface "lo"\n</Plugin>' \
    configure_daemon 0.2 <<'CONF'
LoadPlugin nic_ethtool
<Plugin nic_ethtool>
  Interface "near"
  Interface "lo"
  ReportRaw "all"
</Plugin>
CONF
  start_daemon
  wait_until 30 has_rows nic_ethtool/gauge-alert 5
  series ethstat | grep '^near/derive-'
  wait_until 30 has_all ethstat nic_ethtool
  wait_until 30 nothing_differs ethstat nic_ethtool
  log_has 'ethstat plugin: (No stats available for|Failed to get driver information from) lo'
  has_rows nic_ethtool-lo/queue_length-txqueuelen 1
  [ "$(log_count '\[(error|warning)\] nic_ethtool plugin: ')" -eq 0 ]
}

# Compares the sum of irq's counts with ours, which differ by interrupts between
# the two reads. Uses the variables of the test.
interrupts_agree() {
  for number in $numbers; do
    value "irq/irq-$number"
  done | awk -v ours="$(value "irq_balance-$interface/irq-total")" '
    { sum += $1 }
    END {
      print "irq: " sum ", irq_balance: " ours
      exit !(NR > 0 && ours > 0 && ours <= sum * 1.02 && ours >= sum * 0.98)
    }'
}

@test "irq to irq_balance: an interface's count is the sum of its interrupts" {
  local interface numbers number
  for interface in /sys/class/net/*; do
    numbers=$(find "$interface"/device/{,../}msi_irqs -type f -printf '%f\n' \
      2>/dev/null | sort -un) || true
    [ -z "$numbers" ] || break
  done
  [ -n "$numbers" ] || skip "no interface here has interrupts of its own"
  interface=${interface##*/}
  STOCK='LoadPlugin irq' configure_daemon 0.2 <<CONF
LoadPlugin irq_balance
<Plugin irq_balance>
  Interface "$interface"
  ReportByCpu true
</Plugin>
CONF
  start_daemon
  wait_until 30 has_rows "irq_balance-$interface/irq-total" 3
  wait_until 30 has_rows "irq_balance/irq-net_rx" 3
  # They agree unless an interrupt comes between their reads.
  wait_until 60 interrupts_agree >/dev/null || interrupts_agree
}

@test "tcpconns to sock_backlog: every listening port" {
  begin_in_a_namespace
  need_netload
  # shellcheck disable=SC2154 # set by need_netload
  coproc holder { exec ip netns exec "$inside" "$netload" hold 3>&- 4>&-; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$holder_PID"
  local port answer
  for port in 80 443; do
    # shellcheck disable=SC2154 # set by coproc
    printf 'listen on-%s 127.0.0.1 %s 4\n' "$port" "$port" >&"${holder[1]}"
    read -r answer <&"${holder[0]}"
    [ "$answer" = ok ]
  done
  STOCK=$'LoadPlugin tcpconns\n<Plugin tcpconns>\nListeningPorts true\n</Plugin>' \
    configure_daemon 0.2 <<<'LoadPlugin sock_backlog'
  start_daemon
  for port in 80 443; do
    wait_until 30 value_is "tcpconns-$port-local/tcp_connections-LISTEN" 1.000000
    wait_until 30 value_is "sock_backlog-tcp-$port/count-sockets" 1.000000
  done
}
