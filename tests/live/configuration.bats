#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Mistakes in <Plugin softnet>: the daemon and the other plugins run nevertheless;
# one line names the option, what was expected and what was found; and collectd -T
# reports it beforehand.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
}

teardown() {
  live_teardown
}

# Runs the daemon with these lines in <Plugin softnet>.
run_with() { # LINES
  configure_daemon 0.1 <<CONF
LoadPlugin softnet
<Plugin softnet>
$1
</Plugin>
CONF
  check_status=0
  collectd -T -C "$home/collectd.conf" >"$home/check" 2>&1 || check_status=$?
  rm -rf "$home/csv" "$home/log"
  start_daemon
  wait_until 60 has_rows uptime/uptime 3
}

# The plugin names the fault in one line, sends nothing, and fails under -T.
fault() { # LINES REGEX-OF-THE-LINE
  run_with "$1"
  grep 'softnet' "$home/log"
  [ "$(log_count "\[error\] softnet plugin: $2")" -eq 1 ]
  [ "$(log_count "\[error\] softnet plugin: ")" -eq 2 ]
  log_has "\[error\] softnet plugin: nothing will be reported: the configuration has 1 fault"
  [ ! -e "$home/csv/live/softnet" ]
  [ "$check_status" -eq 1 ]
  stop_daemon
}

threshold() { # METER LINES
  printf '<Threshold "%s">\n%s\n</Threshold>\n' "$1" "$2"
}

@test "an unknown option is a warning, and the plugin works" {
  run_with 'Colour "blue"'
  wait_until 60 has_rows softnet/packets-dropped 2
  [ "$(log_count '\[warning\] softnet plugin: option "Colour" is unknown and ignored')" -eq 1 ]
  [ "$(log_count '\[error\] softnet plugin: ')" -eq 0 ]
  [ "$check_status" -eq 0 ]
}

@test "an unknown option of a threshold is a warning, and the plugin works" {
  run_with "$(threshold dropped 'Colour "blue"')"
  wait_until 60 has_rows softnet/packets-dropped 2
  [ "$(log_count '\[warning\] softnet plugin: <Threshold "dropped"> option "Colour" is unknown')" -eq 1 ]
  [ "$check_status" -eq 0 ]
}

@test "a boolean that is a number" {
  fault 'ReportByCpu 3' 'option "ReportByCpu" expects true or false, found 3$'
}

@test "a boolean that is another word" {
  fault 'ReportByCpu "maybe"' 'option "ReportByCpu" expects true or false, found "maybe"$'
}

@test "an option with two values" {
  fault 'Notifications true false' 'option "Notifications" expects true or false, found true false$'
}

@test "a block where a value belongs" {
  fault $'<ReportByCpu>\nx 1\n</ReportByCpu>' 'option "ReportByCpu" expects true or false, found a block$'
}

@test "a malformed list of CPUs" {
  fault 'Cpu "1-"' 'option "Cpu" expects .*, found .*1-'
}

@test "a limit that is a word" {
  fault "$(threshold dropped 'WarningMax "many"')" '<Threshold "dropped"> option "WarningMax" expects .*, found "many"$'
}

@test "WarningMax above FailureMax" {
  fault "$(threshold dropped $'WarningMax 200\nFailureMax 50')" \
    '<Threshold "dropped">: WarningMax is 200, above FailureMax, which is 50; expected '
}

@test "WarningMax above the built-in FailureMax" {
  fault "$(threshold dropped 'WarningMax 200')" \
    '<Threshold "dropped">: WarningMax is 200, above FailureMax, which is 100; expected '
}

@test "negative hits" {
  fault "$(threshold dropped 'Hits -1')" '<Threshold "dropped"> option "Hits" expects .*, found -1$'
}

@test "hits that are not a whole number" {
  fault "$(threshold dropped 'ClearHits 1.5')" '<Threshold "dropped"> option "ClearHits" expects .*, found 1\.5$'
}

@test "a regular expression that is not valid" {
  fault "$(threshold dropped 'Instance "/[/"')" '<Threshold "dropped"> option "Instance" expects a valid regular expression, found "?/\[/'
}

@test "a threshold for an unknown meter: the message lists the known ones" {
  fault "$(threshold lost 'WarningMax 1')" \
    '<Threshold "lost">: there is no such meter; there are: .*processed, dropped.*time_squeeze'
}

@test "a threshold without a meter" {
  fault $'<Threshold>\nWarningMax 1\n</Threshold>' '<Threshold> expects the name of one meter, found nothing$'
}

@test "a ProcRoot that does not exist" {
  run_with "ProcRoot \"$home/nowhere\""
  grep 'softnet' "$home/log"
  [ "$(log_count '\[error\] softnet plugin: ')" -eq 1 ]
  log_has "\[error\] softnet plugin: nothing will be reported: ProcRoot \"$home/nowhere\" and SysRoot \"/sys\" must be directories"
  [ ! -e "$home/csv/live/softnet" ]
  [ "$check_status" -eq 1 ]
}

@test "several faults are all named, and counted" {
  run_with $'ReportByCpu 3\nCpu "x"\nColour "blue"'
  grep 'softnet' "$home/log"
  [ "$(log_count '\[error\] softnet plugin: option "(ReportByCpu|Cpu)" expects ')" -eq 2 ]
  log_has 'nothing will be reported: the configuration has 2 faults'
  [ ! -e "$home/csv/live/softnet" ]
}

standard_files() {
  local number
  for number in 0 1 2; do
    readlink "/proc/$daemon/fd/$number"
  done
}

@test "a faulty block of any plugin leaves standard input and output alone" {
  local module name expected
  expected=$(printf '%s\n' /dev/null "$home/output" "$home/output")
  for module in "$(module_directory)"/*.so; do
    name=$(basename "$module" .so)
    rm -rf "$home"/{log,csv}
    configure_daemon 0.1 <<CONF
LoadPlugin $name
<Plugin $name>
  ProcRoot 1
</Plugin>
CONF
    start_daemon
    wait_until 10 has_rows uptime/uptime 3
    log_has "\[error\] $name plugin: nothing will be reported"
    [ "$(standard_files)" = "$expected" ]
    stop_daemon
  done
}

@test "blocks add up" {
  configure_daemon 0.1 <<CONF
LoadPlugin softnet
<Plugin softnet>
  ReportByCpu true
</Plugin>
<Plugin softnet>
  ReportSettings false
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows softnet-0/packets-dropped 2
  [ "$(row_count softnet/gauge-netdev_budget)" -eq 0 ]
}

@test "without a block the defaults apply: totals, settings, no faults, and -T accepts it" {
  configure_daemon 0.1 <<<"LoadPlugin softnet"
  collectd -T -C "$home/collectd.conf" >"$home/check" 2>&1
  rm "$home/log"
  start_daemon
  wait_until 60 has_rows softnet/gauge-alert 2
  [ "$(value softnet/gauge-netdev_max_backlog)" = "$(<"$(sysctl_file net.core.netdev_max_backlog)").000000" ]
  [ ! -e "$home/csv/live/softnet-0" ]
  [ "$(log_count '\[(error|warning)\] softnet plugin: ')" -eq 0 ]
}

# Loads every built plugin with its sample, and adds lines to the sample of one.
run_samples() { # PLUGIN LINES
  configure_daemon 0.2 <<CONF
$(for name in $plugins; do
    cat "$live_directory/../../conf.d/$name.conf"
    [ "$name" != "$1" ] || printf '<Plugin %s>\n%s\n</Plugin>\n' "$1" "$2"
  done)
CONF
  rm -rf "$home/csv" "$home/log"
  start_daemon
  wait_until 30 has_rows uptime/uptime 3
}

@test "a wrong option in the file of one plugin leaves all the others running" {
  local plugins wrong name
  plugins=$(find "$(module_directory)" -name '*.so' -printf '%f\n' |
    sed 's/\.so$//' | sort)
  [ "$(wc -w <<<"$plugins")" -ge 5 ]
  for wrong in $plugins; do
    run_samples "$wrong" 'Notifications "perhaps"'
    for name in $plugins; do
      [ "$name" = "$wrong" ] || wait_until 30 has_rows "$name/gauge-alert" 2
    done
    compgen -G "$home/csv/live/$wrong*" && return 1
    [ "$(log_count '\[error\] [a-z_]+ plugin: ')" -eq 2 ]
    log_has "\[error\] $wrong plugin: option \"Notifications\" expects true or false, found \"perhaps\""
    log_has "\[error\] $wrong plugin: nothing will be reported: "
    stop_daemon
  done
}
