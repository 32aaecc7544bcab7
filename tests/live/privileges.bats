#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# collectd as an ordinary user, with and without the capabilities that
# packaging/systemd gives: which values are sent, and what is logged as missing.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  # An ordinary user cannot reach the files of bats nor, perhaps, the build.
  place=$(mktemp -d "${TMPDIR:-/tmp}/netloss-user.XXXXXX")
  undo_later rm -rf "$place"
  chmod 755 "$place"
  MODULES=$place/modules
  mkdir "$MODULES"
  cp "$(module_directory)"/*.so "$MODULES"
  setpriv --reuid 65534 --regid 65534 --clear-groups test -r "$MODULES" ||
    skip "an ordinary user cannot get to $place"
}

teardown() {
  live_teardown
}

# The capabilities of collectd's unit with a drop-in.
given_by() { # PLUGIN
  sed -nE 's/^AmbientCapabilities=//p' \
    "$BATS_TEST_DIRNAME/../../packaging/systemd/"*"-netloss-$1.conf"
}

# Runs the daemon as an ordinary user with only these capabilities, as systemd
# does.
as_user_with() { # CAPABILITY...
  local capability set=-all
  for capability in "$@"; do
    [ -n "$capability" ] || continue
    capability=${capability#CAP_}
    set+=,+${capability,,}
  done
  home=$place/user
  rm -rf "$home"
  mkdir "$home"
  chown 65534:65534 "$home"
  daemon_wrapper=("${wrapper[@]}" setpriv --reuid 65534 --regid 65534
    --clear-groups --no-new-privs --inh-caps "$set" --ambient-caps "$set"
    --bounding-set "$set")
}

# Configures plugins to send all values.
configure_all() { # PLUGIN...
  local plugin
  for plugin in "$@"; do
    printf 'LoadPlugin %s\n<Plugin %s>\n' "$plugin" "$plugin"
    case $plugin in
    drop_reason) printf '%s\n' 'Reason "/./"' "Places ${places:-0}" ;;
    nic_ethtool)
      [ -z "${interface:-}" ] || echo "Interface \"$interface\""
      printf '%s\n' 'ReportByQueue true' 'ReportRaw "all"' 'ReportOffloads true'
      ;;
    irq_balance) printf '%s\n' 'ReportByCpu true' 'ReportByQueue true' ;;
    snmp_proto) printf '%s\n' 'Report "all"' 'ReportSettings true' ;;
    sock_backlog) printf '%s\n' 'ReportSynReceived true' 'ReportSettings true' ;;
    softnet) printf '%s\n' 'ReportByCpu true' ;;
    esac
    printf '</Plugin>\n'
  done | configure_daemon 0.2
}

plugins() {
  find "$MODULES" -name '*.so' -printf '%f\n' | sed 's/\.so$//' | sort
}

# The plugins that have a drop-in.
plugins_with_needs() {
  local plugin
  for plugin in $(plugins); do
    [ -z "$(given_by "$plugin" 2>/dev/null)" ] || echo "$plugin"
  done
}

# The series that a daemon wrote, as PLUGIN-INSTANCE/TYPE-METER.
series() { # HOME
  find "$1/csv/live" -type f -printf '%P\n' | sed 's/-....-..-..$//' |
    grep -v '^uptime' | sort
}

# Faults of the plugins; the daemon itself warns on a busy machine.
no_faults() {
  [ "$(log_count '\[(error|warning)\] [a-z_]+ plugin: ')" -eq 0 ]
}

has_read() { # PLUGIN...
  local plugin
  for plugin in "$@"; do
    has_rows "$plugin/gauge-alert" 5 || return 1
  done
}

nothing_is_missing() {
  comm -23 <(series "$place/root") <(series "$place/user") >"$place/missing"
  [ ! -s "$place/missing" ]
}

# The plugins that need no capability.
plugins_without_needs() {
  plugins | grep -vx drop_reason
}

# Compares the series of a daemon of root and of one of an ordinary user with the
# capabilities in given.
compare() { # PLUGIN...
  [ $# -gt 0 ]
  home=$place/root
  mkdir "$home"
  daemon_wrapper=("${wrapper[@]}")
  configure_all "$@"
  start_daemon
  wait_until 60 has_read "$@"
  as_user_with "${given[@]}"
  configure_all "$@"
  start_daemon
  wait_until 60 has_read "$@"
  wait_until 30 nothing_is_missing || {
    echo "an ordinary user does not have:"
    cat "$place/missing"
    return 1
  }
  echo "$(series "$place/user" | wc -l) series"
  no_faults
}

@test "without any capability every plugin has all its values" {
  make_namespace inside
  make_namespace beyond
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$inside" "$beyond"
  ip -n "$inside" link set lo up
  wrapper=(ip netns exec "$inside")
  interface=near
  # shellcheck disable=SC2046 # several words
  compare $(plugins_without_needs)
}

@test "drop_reason has all its values with what its drop-in gives" {
  [ -e "$MODULES/drop_reason.so" ] || skip "it was not built"
  wrapper=()
  read -ra given <<<"$(given_by drop_reason)"
  compare drop_reason
}

@test "without any capability this host's adapters and interrupts have all values" {
  local -a those
  mapfile -t those < <(plugins | grep -xE 'nic_ethtool|irq_balance')
  [ "${#those[@]}" -gt 0 ] || skip "neither was built"
  wrapper=()
  compare "${those[@]}"
}

# The kernel shows addresses to all who may profile it.
needs() { # PLUGIN CAPABILITY
  [ "$1 $2" != "drop_reason CAP_SYSLOG" ] ||
    [ "$(</proc/sys/kernel/perf_event_paranoid)" -gt 1 ]
}

# Makes the kernel drop a few packets, which shows whether places have names.
lacks_and_says() { # PLUGIN CAPABILITY
  echo >/dev/udp/127.0.0.1/9
  log_has "$1 plugin: .*$2"
}

# The plugin may be idle: uptime shows that there were reads.
@test "a plugin names the capability that it lacks once" {
  local plugin capability other places=10
  wrapper=()
  for plugin in $(plugins_with_needs); do
    for capability in $(given_by "$plugin"); do
      needs "$plugin" "$capability" || continue
      other=$(given_by "$plugin")
      # shellcheck disable=SC2086 # several words
      as_user_with ${other//$capability/}
      configure_all "$plugin"
      start_daemon
      wait_until 60 lacks_and_says "$plugin" "$capability"
      wait_until 60 has_rows uptime/uptime 5
      stop_daemon
      grep "$plugin plugin: " "$home/log"
      [ "$(log_count "$plugin plugin: .*CAP_")" -eq 1 ]
    done
  done
}

@test "with what its drop-in gives no plugin lacks anything" {
  local plugin
  wrapper=()
  for plugin in $(plugins); do
    # shellcheck disable=SC2046 # several words
    as_user_with $(given_by "$plugin" 2>/dev/null)
    configure_all "$plugin"
    start_daemon
    wait_until 60 has_read "$plugin"
    stop_daemon
    [ "$daemon_status" -eq 0 ]
    [ "$(log_count 'CAP_')" -eq 0 ]
    no_faults
  done
}

# Processes are searched up to this many files.
need_few_open_files() {
  [ "$(find /proc/[0-9]*/fd -mindepth 1 2>/dev/null | wc -l)" -lt 100000 ] ||
    skip "more than 100,000 files are open on this host"
}

raises_a_full_listener() {
  log_has 'tcp-443 uses 100 % of its accept queue'
}

@test "sock_backlog names root's process by them, and its user without them" {
  [ -e "$MODULES/sock_backlog.so" ] || skip "it was not built"
  need_few_open_files
  need_netload
  make_namespace inside
  ip -n "$inside" link set lo up
  wrapper=(ip netns exec "$inside")
  # shellcheck disable=SC2154 # set by need_netload
  coproc holder { exec ip netns exec "$inside" "$netload" hold 3>&- 4>&-; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$holder_PID"
  local command answer
  for command in 'listen web 127.0.0.1 443 4' 'overflow web 12'; do
    # shellcheck disable=SC2154 # set by coproc
    printf '%s\n' "$command" >&"${holder[1]}"
    read -r answer <&"${holder[0]}"
    [ "$answer" = ok ]
  done

  # shellcheck disable=SC2046 # several words
  as_user_with $(given_by sock_backlog)
  configure_all sock_backlog
  start_daemon
  wait_until 60 raises_a_full_listener
  all_alerts
  log_has "tcp-443 uses .*; netload\[$holder_PID\] at 127.0.0.1: 5 of 4 waiting"
  stop_daemon

  as_user_with
  configure_all sock_backlog
  start_daemon
  wait_until 60 raises_a_full_listener
  wait_until 60 has_read sock_backlog
  all_alerts
  log_has 'tcp-443 uses .*; a process of uid 0 at 127.0.0.1: 5 of 4 waiting'
  [ "$(log_count 'without CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, ')" -eq 1 ]
}

# Runs a daemon with what the drop-ins give sock_backlog, and a program that tries to
# read /etc/shadow when an alert comes.
run_program() { # NAME ARGUMENT-OF-NotificationExec...
  local user
  user=$(getent passwd 65534 | cut -d : -f 1)
  # shellcheck disable=SC2046 # several words
  as_user_with $(given_by sock_backlog)
  cat >"$place/$1" <<PROGRAM
#!/bin/sh
head -c 1 /etc/shadow >"$home/$1.read"
echo ended >"$home/$1.ended"
PROGRAM
  chmod 755 "$place/$1"
  printf -v STOCK ' "%s"' "$user" "${@:2}" "$place/$1"
  STOCK=$(printf 'LoadPlugin exec\n<Plugin exec>\n  NotificationExec%s\n</Plugin>' "$STOCK")
  configure_all snmp_proto
  unset STOCK
  start_daemon
  wait_until 60 has_read snmp_proto
  # shellcheck disable=SC2154 # set by need_netload
  ip netns exec "$inside" "$netload" udp-overflow 127.0.0.1 500
  wait_until 60 test -s "$home/$1.ended"
  stop_daemon
}

# Prints the arguments in alerts-exec.conf between the user and the program.
sample_arguments() {
  sed -n 's/^ *NotificationExec "nobody" \(.*\) "[^"]*"$/\1/p' \
    "$BATS_TEST_DIRNAME/../../conf.d/alerts-exec.conf" | tr -d '"'
}

@test "a program of exec inherits no capability with the sample, and all without" {
  [ -e "$(collectd -h | sed -n 's/^ *Plugin directory *//p')/exec.so" ] ||
    skip "collectd has no exec plugin"
  local -a arguments
  need_netload
  make_namespace inside
  ip -n "$inside" link set lo up
  wrapper=(ip netns exec "$inside")
  read -ra arguments <<<"$(sample_arguments)"
  [ "${#arguments[@]}" -gt 2 ]
  run_program sample "${arguments[@]}"
  [ ! -s "$home/sample.read" ]
  run_program bare
  [ -s "$home/bare.read" ]
}

# Runs a daemon with these capabilities that watches all namespaces, for a while.
look_around() { # PLUGIN CAPABILITY...
  as_user_with "${@:2}"
  {
    printf 'LoadPlugin %s\n<Plugin %s>\n' "$1" "$1"
    printf '%s\n' "Namespace \"$inside\"" 'Containers true'
    [ "$1" != snmp_proto ] || echo 'Report "all"'
    echo '</Plugin>'
  } | configure_daemon 0.5
  start_daemon
  wait_until 60 has_read "$1"
  stop_daemon
}

@test "other network namespaces need all that their drop-in gives" {
  local plugin capability
  local -a given
  make_namespace inside
  wrapper=()
  # A process there that an ordinary user may not examine.
  ip netns exec "$inside" sleep 600 </dev/null >/dev/null 2>&1 3>&- 4>&- &
  undo_later kill "$!"
  read -ra given <<<"$(given_by namespaces)"
  for plugin in snmp_proto sock_backlog; do
    look_around "$plugin" "${given[@]}"
    series "$home" | grep "^$plugin-$inside-"
    no_faults
    for capability in "${given[@]}"; do
      look_around "$plugin" "${given[@]//$capability/}"
      [ "$(log_count "$plugin plugin: .*needs? $capability")" -eq 1 ]
    done
  done
}
