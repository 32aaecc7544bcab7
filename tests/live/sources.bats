#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The daemon over a tree of files in place of /proc and /sys: values are those of
# the files, and a failing source is one message, not the end.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  make_tree
}

teardown() {
  live_teardown
}

start_over_tree() { # the rest of <Plugin softnet> on standard input
  configure_daemon 0.1 <<CONF
LoadPlugin softnet
<Plugin softnet>
  ProcRoot "$tree/proc"
  SysRoot "$tree/sys"
$(cat)
</Plugin>
CONF
  start_daemon
}

reads_on() {
  local count
  count=$(row_count uptime/uptime)
  wait_until 60 has_rows uptime/uptime $((count + 3))
}

log_count_is() { # EXTENDED-REGEX COUNT
  [ "$(log_count "$1")" -eq "$2" ]
}

alerts_count_is() { # METER COUNT
  [ "$(alerts "$1" | wc -l)" -eq "$2" ]
}

never_goes_back() { # SERIES
  rows "$1" | awk -F , 'NR > 1 && $2 < last { exit 1 } { last = $2 }'
}

@test "values and settings are those of the tree, as totals and by CPU" {
  two_rows 1000 10 4000000000 4294967290
  start_over_tree <<<"ReportByCpu true"
  wait_until 60 has_rows softnet/gauge-alert 2
  [ "$(value softnet/packets-processed)" = 4000001000 ]
  [ "$(value softnet/packets-dropped)" = 4294967300 ]
  [ "$(value softnet-0/packets-dropped)" = 10 ]
  [ "$(value softnet-1/packets-dropped)" = 4294967290 ]
  [ "$(value softnet/total_events-time_squeeze)" = 14 ]
  [ "$(value softnet/total_events-received_rps)" = 22 ]
  [ "$(value softnet/packets-flow_limited)" = 0 ]
  [ "$(value softnet-1/queue_length-backlog)" = 5.000000 ]
  [ "$(value softnet/queue_length-backlog)" = 10.000000 ]
  [ "$(value softnet/queue_length-input)" = 6.000000 ]
  [ "$(value softnet/queue_length-process)" = 4.000000 ]
  [ "$(value softnet/gauge-netdev_max_backlog)" = 1000.000000 ]
  [ "$(value softnet/gauge-netdev_budget)" = 300.000000 ]
  [ "$(row_count softnet/gauge-dev_weight)" -eq 0 ]
}

@test "columns that a kernel lacks are not reported" {
  printf '%s\n%s\n' \
    "00000064 00000001 00000002 00000000 00000000 00000000 00000000 00000000 00000000" \
    "000000c8 00000003 00000004 00000000 00000000 00000000 00000000 00000000 00000000" |
    table
  echo 2-3 >"$tree/sys/devices/system/cpu/online"
  start_over_tree <<<"ReportByCpu true"
  wait_until 60 has_rows softnet/gauge-alert 2
  [ "$(value softnet-2/packets-processed)" = 100 ]
  [ "$(value softnet-3/packets-processed)" = 200 ]
  [ "$(row_count softnet/total_events-received_rps)" -eq 0 ]
  [ "$(row_count softnet/packets-flow_limited)" -eq 0 ]
  [ "$(row_count softnet/queue_length-backlog)" -eq 0 ]
}

@test "below a root with a process 1, the table is that of its network namespace" {
  two_rows 1 0 1 0
  mkdir -p "$tree/proc/1/net"
  { row 0 500 0 && row 1 600 0; } >"$tree/proc/1/net/softnet_stat"
  start_over_tree </dev/null
  wait_until 60 has_rows softnet/gauge-alert 2
  [ "$(value softnet/packets-processed)" = 1100 ]
}

@test "only chosen CPUs are read and summed up" {
  two_rows 100 1 200 2
  start_over_tree <<<$'ReportByCpu true\nCpu "1"'
  wait_until 60 has_rows softnet/gauge-alert 2
  [ "$(value softnet/packets-processed)" = 200 ]
  [ ! -e "$home/csv/live/softnet-0" ]
}

@test "the table disappears: one message, the rest goes on; it is back: one notice, values resume" {
  two_rows 1000 10 2000 20
  start_over_tree </dev/null
  wait_until 60 has_rows softnet/packets-dropped 3
  rm "$tree/proc/net/softnet_stat"
  wait_until 60 log_has '\[error\] softnet plugin: proc/net/softnet_stat'
  reads_on
  local count
  count=$(row_count softnet/packets-dropped)
  reads_on
  [ "$(row_count softnet/packets-dropped)" -eq "$count" ]
  [ "$(log_count '\[error\] softnet plugin: ')" -eq 1 ]

  two_rows 1000 10 2000 21
  wait_until 60 value_is softnet/packets-dropped 31
  reads_on
  grep softnet "$home/log"
  [ "$(log_count '\[notice\] softnet plugin: proc/net/softnet_stat can be read again')" -eq 1 ]
  [ "$(log_count '\[(error|warning)\] softnet plugin: ')" -eq 1 ]
  never_goes_back softnet/packets-dropped
}

@test "the table turns to garbage: one message says what was found; it recovers" {
  two_rows 1000 10 2000 20
  start_over_tree </dev/null
  wait_until 60 has_rows softnet/packets-dropped 3
  printf 'no such\n\377\033[31m words\n' | table
  wait_until 60 log_has '\[error\] softnet plugin: proc/net/softnet_stat, line 1: expected .*, found "no such"'
  reads_on
  [ "$(log_count '\[error\] softnet plugin: ')" -eq 1 ]
  two_rows 1000 10 2000 20
  wait_until 60 log_has '\[notice\] softnet plugin: proc/net/softnet_stat can be read again'

  # Two rows with a zero byte, and with an escape sequence, in them.
  { row 0 1000 10 && printf '\0\033[2J\377\n'; } | table
  wait_until 60 log_count_is '\[error\] softnet plugin: ' 2
  reads_on
  grep '\[error\]' "$home/log"
  [ "$(log_count '\[error\] softnet plugin: ')" -eq 2 ]
  [ "$(LC_ALL=C grep -c $'[\001-\010\013-\037\177-\377]' "$home/log")" -eq 0 ]
  two_rows 1000 10 2000 22
  wait_until 60 value_is softnet/packets-dropped 32
  never_goes_back softnet/packets-dropped
}

@test "a table missing from the start is one message, and other plugins go on" {
  rm -rf "$tree/proc/net"
  start_over_tree </dev/null
  reads_on
  reads_on
  grep softnet "$home/log"
  [ "$(log_count '\[error\] softnet plugin: proc/net/softnet_stat')" -eq 1 ]
  [ "$(row_count softnet/packets-dropped)" -eq 0 ]
  stop_daemon
}

@test "a 32-bit counter wraps: nothing is lost, nothing is invented" {
  two_rows 4294967290 10 0 0
  start_over_tree </dev/null
  wait_until 60 value_is softnet/packets-processed 4294967290
  two_rows 4 10 0 0
  wait_until 60 value_is softnet/packets-processed 4294967300
  two_rows 104 10 0 0
  wait_until 60 value_is softnet/packets-processed 4294967400
  never_goes_back softnet/packets-processed
  [ -z "$(alerts dropped)" ]
}

@test "a reset counter raises nothing and makes no spike" {
  two_rows 5000 3000000 0 0
  start_over_tree </dev/null
  wait_until 60 value_is softnet/packets-dropped 3000000
  two_rows 10 5 0 0
  reads_on
  two_rows 10 5 0 0
  reads_on
  never_goes_back softnet/packets-dropped
  [ "$(value softnet/packets-dropped)" = 3000000 ]
  [ -z "$(alerts dropped)" ]
}

@test "the first reading, however high, raises nothing" {
  two_rows 5000 4000000000 0 0
  start_over_tree </dev/null
  wait_until 60 has_rows softnet/gauge-alert 5
  [ -z "$(alerts dropped)" ]
}

@test "a warning, a failure and their end, each with the current setting" {
  two_rows 0 0 0 0
  start_over_tree <<<$'<Threshold "dropped">\nWarningMax 1\nFailureMax 10000\nClearHits 2\n</Threshold>'
  wait_until 60 has_rows softnet/packets-dropped 2
  echo 1234 >"$core/netdev_max_backlog"
  two_rows 0 0 0 7
  wait_until 60 alerts_have dropped '^OKAY'
  echo 4321 >"$core/netdev_max_backlog"
  two_rows 0 0 0 1000000
  wait_until 60 alerts_have dropped '^FAILURE'
  wait_until 60 alerts_count_is dropped 4
  alerts dropped
  [ "$(alerts dropped | cut -d '|' -f 1,2 | tr '\n' ' ')" = "WARNING|1 OKAY|1 FAILURE|1 OKAY|1 " ]
  alerts dropped | sed -n 1p | grep -q 'net\.core\.netdev_max_backlog is 1234 (1000 before): '
  alerts dropped | sed -n 2p | grep -q '; 7 packets lost in '
  alerts dropped | sed -n 3p | grep -q 'net\.core\.netdev_max_backlog is 4321 (1234 before): '
  alerts dropped | sed -n 4p | grep -q '; 999993 packets lost in '
}

@test "an alert of a CPU that goes offline is cleared and says so" {
  two_rows 0 0 0 0
  start_over_tree </dev/null
  wait_until 60 has_rows softnet/packets-dropped 2
  two_rows 0 0 0 50
  wait_until 60 alerts_have dropped '^(WARNING|FAILURE)\|1'
  row 0 0 0 | table
  wait_until 60 alerts_have dropped '^OKAY\|1\|cpu 1 is gone; .*50 packets lost'
  reads_on
  [ "$(value softnet/packets-dropped)" = 50 ]
  two_rows 0 0 0 50
  reads_on
  alerts dropped
  [ "$(alerts dropped | wc -l)" -eq 2 ]
  [ "$(value softnet/packets-dropped)" = 50 ]
}

@test "Notifications false: values only" {
  two_rows 0 0 0 0
  start_over_tree <<<"Notifications false"
  wait_until 60 has_rows softnet/packets-dropped 2
  two_rows 0 0 0 5000
  wait_until 60 value_is softnet/gauge-alert 2.000000
  wait_until 60 value_is softnet/gauge-alert 0.000000
  [ "$(log_count Notification)" -eq 0 ]
}
