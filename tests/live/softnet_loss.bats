#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Makes the kernel lose packets and compares what collectd wrote with the kernel's
# own numbers, exactly.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_second_cpu
}

teardown() {
  live_teardown
}

lose() {
  "$live_directory/loss/softnet.sh" "$@"
}

# Starts a daemon whose <Plugin softnet> reports by CPU and has the lines on
# standard input too.
start_softnet() { # INTERVAL
  configure_daemon "$1" <<CONF
LoadPlugin softnet
<Plugin softnet>
  ReportByCpu true
$(cat)
</Plugin>
CONF
  start_daemon
}

# What a series gained between two reads.
gained() { # SERIES TIME TIME
  echo $(($(value_at "$1" "$3") - $(value_at "$1" "$2")))
}

# The same for the sum over all CPUs. META is the type and the meter.
gained_by_cpus() { # META TIME TIME
  local folder sum=0
  for folder in "$home"/csv/live/softnet-*; do
    sum=$((sum + $(gained "${folder##*/}/$1" "$2" "$3")))
  done
  echo "$sum"
}

# Runs COMMAND and checks that the counter in the csv files gained as much as the
# kernel's column, in total and over the CPUs. Sets lost to the gain.
count_exactly() { # META COLUMN COMMAND...
  local meta=$1 column=$2 time kernel
  shift 2
  settle "softnet/$meta" "$column"
  time=$settled_time kernel=$settled_kernel
  "$@"
  settle "softnet/$meta" "$column"
  lost=$((settled_kernel - kernel))
  echo "the kernel counted $lost, collectd" \
    "$(gained "softnet/$meta" "$time" "$settled_time")"
  [ "$lost" -gt 0 ]
  [ "$(gained "softnet/$meta" "$time" "$settled_time")" -eq "$lost" ]
  [ "$(gained_by_cpus "$meta" "$time" "$settled_time")" -eq "$lost" ]
}

overflow() {
  cpu=$(lose overflow 30000)
}

# Floods while a poll may process only one packet, so that it always ends early.
flood_with_small_budget() {
  local usual
  usual=$(<"$(sysctl_file net.core.netdev_budget)")
  change_sysctl net.core.netdev_budget 1
  cpu=$(lose flood 20000)
  change_sysctl net.core.netdev_budget "$usual"
}

# Checks that only this CPU has alerts: raised, perhaps as a warning first, and
# cleared.
check_chain() { # METER CPU
  local chain
  chain=$(alerts "$1" | cut -d '|' -f 1,2 | tr '\n' ' ')
  echo "alerts: $chain"
  [[ $chain =~ ^("WARNING|$2 ")?("FAILURE|$2 ")?"OKAY|$2 "$ ]]
  [[ $chain == *"|$2 OKAY|"* ]]
}

@test "drops from a CPU's backlog: collectd's sum is the kernel's, one alert names CPU, rate and limit, and clears with the loss" {
  start_softnet 0.5 </dev/null
  change_sysctl net.core.netdev_max_backlog 20

  count_exactly packets-dropped 1 overflow
  wait_until 60 alerts_have dropped '^OKAY'

  alerts dropped
  check_chain dropped "$cpu"
  alerts_have dropped "^FAILURE\|$cpu\|cpu $cpu dropped [0-9]+\.[0-9]/s from its backlog \(limit [0-9]+/s\)"
  alerts_have dropped "net\.core\.netdev_max_backlog is 20( \([0-9]+ before\))?: "
  alerts_have dropped "^OKAY\|$cpu\|cpu $cpu dropped nothing from its backlog for [0-9]+ s; $lost packets lost in "
}

@test "drops are alerted on for their CPU where only totals are reported" {
  configure_daemon 0.2 <<<"LoadPlugin softnet"
  start_daemon
  wait_until 60 has_rows softnet/packets-dropped 2
  change_sysctl net.core.netdev_max_backlog 20

  overflow
  wait_until 60 alerts_have dropped '^OKAY'

  alerts dropped
  check_chain dropped "$cpu"
  [ "$(ls -d "$home"/csv/live/softnet*)" = "$home/csv/live/softnet" ]
}

@test "the alert is a value too: 2 while packets are lost, then 0" {
  configure_daemon 0.2 <<<"LoadPlugin softnet"
  start_daemon
  wait_until 60 has_rows softnet/packets-dropped 2
  change_sysctl net.core.netdev_max_backlog 20

  overflow
  wait_until 60 alerts_have dropped '^OKAY'
  wait_until 60 value_is softnet/gauge-alert 0.000000

  rows softnet/gauge-alert
  rows softnet/gauge-alert | cut -d , -f 2 | uniq | tr '\n' ' ' |
    grep -qxE '0\.000000 (1\.000000 )?2\.000000 0\.000000 '
}

@test "polls cut short: collectd's sum is the kernel's, and no alert unless one is configured" {
  start_softnet 0.2 </dev/null
  count_exactly total_events-time_squeeze 2 flood_with_small_budget
  [ -z "$(alerts time_squeeze)" ]
}

@test "polls cut short: a configured threshold raises and clears" {
  start_softnet 0.2 <<CONF
  <Threshold "time_squeeze">
    WarningMax 10
    ClearHits 3
  </Threshold>
CONF
  wait_until 60 has_rows softnet/packets-dropped 2
  flood_with_small_budget
  wait_until 60 alerts_have time_squeeze "^OKAY\|$cpu\|"
  alerts time_squeeze
  alerts_have time_squeeze "^WARNING\|$cpu\|cpu $cpu .*limit 10/s"
}

@test "when polls are cut short as well, the alert about drops names the budget" {
  start_softnet 0.5 </dev/null
  wait_until 60 has_rows softnet/packets-dropped 2
  change_sysctl net.core.netdev_budget 1
  change_sysctl net.core.netdev_max_backlog 20
  overflow
  wait_until 60 alerts_have dropped '^(WARNING|FAILURE)'
  alerts dropped
  alerts_have dropped "net\.core\.netdev_max_backlog is 20( \([0-9]+ before\))?: .*cut short, netdev_budget is 1, "
}

@test "wake-ups by RPS: collectd's sum is the kernel's" {
  start_softnet 0.2 </dev/null
  count_exactly total_events-received_rps 9 lose flood 20000
}

@test "packets shed by the flow limit: collectd's sum is the kernel's, and they are within dropped" {
  local before
  [ -e "$(sysctl_file net.core.flow_limit_cpu_bitmap)" ] ||
    skip "this kernel has no flow limit"
  start_softnet 0.5 </dev/null
  change_sysctl net.core.netdev_max_backlog 200
  change_sysctl net.core.flow_limit_cpu_bitmap "$(all_cpus_mask)"
  before=$(softnet_column 1)
  count_exactly packets-flow_limited 10 overflow
  [ $(($(softnet_column 1) - before)) -ge "$lost" ]
  wait_until 60 alerts_have dropped '^FAILURE'
  alerts dropped
  alerts_have dropped "^FAILURE\|$cpu\|.*[0-9]+\.[0-9]/s on this host"
}

@test "one packet that becomes thousands overflows its own CPU's backlog, and is counted exactly" {
  local limit
  limit=$(<"$(sysctl_file net.core.netdev_max_backlog)")
  [ "$limit" -le 10000 ] || skip "net.core.netdev_max_backlog is $limit"
  start_softnet 0.2 </dev/null
  count_exactly packets-dropped 1 lose fan-out 2 $((limit * 2))
}

# Overflows a CPU's backlog, takes the CPU offline for some reads, and overflows
# the backlog again when the CPU is back.
overflow_around_absence() {
  local switch
  overflow
  switch=/sys/devices/system/cpu/cpu$cpu/online
  undo_later bash -c "echo 1 >$switch"
  echo 0 >"$switch"
  wait_until 60 has_rows softnet/packets-dropped \
    $(($(row_count softnet/packets-dropped) + 4))
  [ "$(usable_cpus | grep -cx "$cpu")" -eq 0 ]
  echo 1 >"$switch"
  wait_until 60 has_rows softnet/packets-dropped \
    $(($(row_count softnet/packets-dropped) + 4))
  overflow
}

@test "a CPU goes offline and comes back: nothing is lost, nothing is invented" {
  local switch
  switch=/sys/devices/system/cpu/cpu$(usable_cpus | sed -n 2p)/online
  [ -w "$switch" ] || skip "no CPU can be taken offline here"
  start_softnet 0.2 </dev/null
  change_sysctl net.core.netdev_max_backlog 20
  count_exactly packets-dropped 1 overflow_around_absence
  rows softnet/packets-dropped | awk -F , '$2 < last { exit 1 } { last = $2 }'
  [ "$(log_count '\[(error|warning)\] softnet plugin: ')" -eq 0 ]
}
