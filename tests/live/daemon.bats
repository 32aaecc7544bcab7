#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The plugin in the distribution's collectd: loading, stopping at any moment, slow
# sinks, many reads.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
}

teardown() {
  live_teardown
}

@test "the module loads" {
  configure_daemon 0.1 <<<"LoadPlugin softnet"
  start_daemon
  log_has 'plugin "softnet" successfully loaded'
  wait_until 60 has_rows softnet/packets-processed 2
  stop_daemon
  [ "$daemon_status" -eq 0 ]
}

@test "all values of one read have one time" {
  configure_daemon 0.1 <<<$'LoadPlugin softnet\n<Plugin softnet>\nReportByCpu true\n</Plugin>'
  start_daemon
  wait_until 60 has_rows softnet/gauge-alert 4
  stop_daemon
  local file
  for file in "$home"/csv/live/softnet*/*; do
    [ "$(cut -d , -f 1 "$file" | tail -n +2 | head -n 3)" = \
      "$(rows softnet/gauge-alert | cut -d , -f 1 | head -n 3)" ]
  done
}

@test "collectd refuses a module that is a symbolic link" {
  mkdir "$home/modules"
  ln -s "$(module_directory)/softnet.so" "$home/modules/softnet.so"
  MODULES=$home/modules configure_daemon 1 <<<"LoadPlugin softnet"
  run collectd -T -C "$home/collectd.conf"
  echo "$output"
  [ "$status" -ne 0 ]
  grep 'is not a regular file' <<<"$output$(<"$home/log")"
}

@test "stopped 40 times while reads are in flight: always a clean end" {
  local i
  for ((i = 0; i < 40; i++)); do
    configure_daemon 0.001 <<<"LoadPlugin softnet"
    start_daemon
    sleep "0.0$((RANDOM % 10))"
    stop_daemon
    [ "$daemon_status" -eq 0 ]
    log_has 'Stopping 5 read threads'
    log_has 'Exiting normally'
    [ "$(log_count '\[error\]')" -eq 0 ]
    rm -rf "$home"/{log,csv}
  done
}

# One meter sends a notification at each read.
@test "it ends in three seconds although a sink takes three for each of 40 notifications" {
  local began taken given_up
  configure_daemon 0.05 <<CONF
LoadPlugin softnet
<Plugin softnet>
  <Threshold "processed">
    Instance ""
    WarningMax 1000000000
    PersistOK true
  </Threshold>
</Plugin>
PluginDir "$NETLOSS_BUILD/tests/live/.libs"
LoadPlugin slow_sink
CONF
  start_daemon
  wait_until 30 grep -q '^taken' "$home/output"
  wait_until 30 has_rows softnet/gauge-alert 45
  began=${EPOCHREALTIME/[.,]/}
  stop_daemon
  [ "$((${EPOCHREALTIME/[.,]/} - began))" -lt 3000000 ]
  [ "$daemon_status" -eq 0 ]
  log_has 'Exiting normally'
  # Values are flushed, and undelivered notifications are logged.
  [ "$(tail -c 1 "$home"/csv/live/softnet/gauge-alert-* | wc -l)" -eq 1 ]
  given_up=$(log_count '\[warning\] softnet plugin: the daemon ends before this notification is delivered: this host ')
  taken=$(grep -c '^taken every 0\.05 s: this host ' "$home/output" || true)
  echo "$taken taken, $given_up given up"
  [ "$taken" -ge 1 ]
  [ "$((taken + given_up))" -ge 40 ]
  # The sink found the interval of the plugin.
  [ "$(log_count 'Unable to determine Interval')" -eq 0 ]
}

# Memory (kB) of the daemon.
memory() {
  awk '/^VmRSS:/ { print $2 }' "/proc/$daemon/status"
}

open_files() {
  find "/proc/$daemon/fd" -mindepth 1 | wc -l
}

@test "100,000 reads: memory and open files do not grow" {
  local reads memory_early files_early
  # One value of each read reaches the csv plugin and counts the reads. Its queue
  # is bounded, so that the daemon's own memory does not grow.
  LOG_LEVEL=err STOCK="LoadPlugin match_regex" configure_daemon 1 <<CONF
WriteThreads 1
WriteQueueLimitHigh 1000
WriteQueueLimitLow 1000
<Chain "PostCache">
  <Rule>
    <Match "regex">
      TypeInstance "^alert$"
    </Match>
    <Target "write">
      Plugin "csv"
    </Target>
  </Rule>
  Target "stop"
</Chain>
<LoadPlugin softnet>
  Interval 0.0001
</LoadPlugin>
CONF
  daemon_wrapper=(env MALLOC_ARENA_MAX=1)
  start_daemon
  wait_until 120 has_rows softnet/gauge-alert 20000
  memory_early=$(memory)
  files_early=$(open_files)
  wait_until 120 has_rows softnet/gauge-alert 120000
  reads=$(row_count softnet/gauge-alert)
  echo "after $reads reads: $memory_early kB then $(memory) kB," \
    "$files_early files then $(open_files)"
  # A leak of the smallest block, 32 bytes, at each read would be 3,125 kB.
  [ "$(memory)" -lt $((memory_early + 1000)) ]
  [ "$(open_files)" -eq "$files_early" ]
  stop_daemon
  [ "$daemon_status" -eq 0 ]
}
