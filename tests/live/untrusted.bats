#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An ordinary user does what he can to a daemon that reads his sockets: to its
# memory, to what it sends, and to its view of root's own sockets.

user=65534

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  # The user cannot reach the files of bats nor, perhaps, the build.
  place=$(mktemp -d "${TMPDIR:-/tmp}/netloss-untrusted.XXXXXX")
  undo_later rm -rf "$place"
  chmod 755 "$place"
  # shellcheck disable=SC2154 # set by need_netload
  cp "$netload" "$place/netload"
  as_user test -x "$place/netload" || skip "a user cannot get to $place"
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  daemon_wrapper=(ip netns exec "$inside")
  coproc root { exec ip netns exec "$inside" "$netload" hold 3>&- 4>&-; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$root_PID"
}

teardown() {
  live_teardown
}

as_user() { # COMMAND...
  setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
}

need_user_namespaces() {
  as_user unshare -Urnm true 2>/dev/null ||
    skip "an ordinary user cannot make a user namespace"
}

# Starts a command of the user, which ends with the test, as all that it starts.
attack() { # COMMAND...
  ip netns exec "$inside" setpriv --reuid "$user" --regid "$user" \
    --clear-groups setsid "$@" \
    </dev/null >"$place/output" 2>&1 3>&- 4>&- &
  undo_later kill -KILL -- "-$!"
}

# Has root's process make or overfill a socket: see netload --help.
root_does() { # COMMAND...
  # shellcheck disable=SC2154 # set by coproc
  ask_holder "${root[0]}" "${root[1]}" "$@"
}

# Starts a daemon whose <Plugin sock_backlog> has the lines on standard input.
start_sock_backlog() {
  configure_daemon "${interval:-0.5}" <<CONF
LoadPlugin sock_backlog
<Plugin sock_backlog>
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows sock_backlog/gauge-alert 2
}

more_reads() { # COUNT
  wait_until 120 has_rows sock_backlog/gauge-alert \
    $(($(row_count sock_backlog/gauge-alert) + $1))
}

# All series of the plugin so far.
series() {
  find "$home/csv/$daemon_host" -path '*/sock_backlog*' -type f -printf '%P\n' |
    sed 's/-....-..-..$//' | sort
}

# How many there are that the user made by now.
new_series() {
  comm -13 "$place/before" <(series) | wc -l
}

notifications() {
  all_alerts | wc -l
}

resident_kb() {
  awk '$1 == "VmRSS:" { print $2 }' "/proc/$daemon/status"
}

# Notes what there is before an attack.
begin() {
  more_reads 3
  series >"$place/before"
  resident_before=$(resident_kb)
}

# The bounds of ten minutes.
expect_bounds() {
  echo "$(new_series) series, $(notifications) notifications," \
    "$resident_before kB, then $(resident_kb) kB"
  [ "$(new_series)" -le 200 ]
  [ "$(notifications)" -le 20 ]
  [ $(($(resident_kb) - resident_before)) -le 20480 ]
}

has_raised() { # OBJECT
  all_alerts | grep -qE "^(WARNING|FAILURE)\|sock_backlog\|$1\|"
}

# Overfills a listener of root's, which is raised while it is full.
expect_root_is_raised() {
  root_does overflow web 50
  wait_until 30 has_raised "$web" || {
    all_alerts
    return 1
  }
}

make_root_listener() {
  web=tcp-45443
  root_does listen web 127.0.0.1 45443 4
}

@test "full listeners that are renamed all the time: few series, few notifications, and root's loss" {
  make_root_listener
  start_sock_backlog </dev/null
  begin
  attack "$place/netload" rename 64 300
  more_reads 30
  expect_root_is_raised
  more_reads 2
  expect_bounds
  [ "$(new_series)" -le 5 ]
}

@test "listeners that stay a little: new series are bounded, and the log says so" {
  start_sock_backlog </dev/null
  begin
  attack "$place/netload" rename 64 2500
  more_reads 40
  expect_bounds
  [ "$(new_series)" -ge 4 ]
  [ "$(log_count 'sock_backlog plugin: there are too many new series: ')" -eq 1 ]
}

@test "namespaces that are made and left all the time" {
  need_user_namespaces
  start_sock_backlog <<<'Containers true'
  begin
  # shellcheck disable=SC2016 # the shell's own
  attack bash -c 'while :; do
    for i in {1..20}; do
      timeout --foreground 1 unshare -Urn "$1" rename 20 5000 &
    done
    wait
  done' - "$place/netload"
  more_reads 10
  [ "$(notifications)" -le 20 ]
  [ "$(comm -13 "$place/before" <(series) | grep -c unix-_netloss-)" -eq 0 ]
}

@test "the same namespaces where RootlessContainers asks for them" {
  need_user_namespaces
  start_sock_backlog <<<'RootlessContainers true'
  begin
  # shellcheck disable=SC2016 # the shell's own
  attack bash -c 'while :; do
    for i in {1..20}; do
      timeout --foreground 3 unshare -Urn "$1" rename 20 5000 &
    done
    wait
  done' - "$place/netload"
  more_reads 30
  expect_bounds
}

@test "a listener on root's path in a mount namespace of the user's" {
  need_user_namespaces
  local path=/run/netloss-untrusted-$$.sock object
  object=unix-${path//\//_}
  root_does unix real "$path" 8
  undo_later rm -f "$path"
  start_sock_backlog </dev/null
  # shellcheck disable=SC2016 # the shell's own
  attack unshare -Urm bash -c 'mount -t tmpfs none /run &&
    { printf "%s\n" "unix fake $2 4" "overflow fake 1"; sleep 60; } |
    "$1" hold' - "$place/netload" "$path"
  wait_until 30 has_raised "$object-uid-$user"
  # Its process is not found where very many are.
  all_alerts | grep -E "\|$object-uid-$user\|.*; (netload\[[0-9]+\]|a process) of uid $user( \(not found in 20 ms\))?: 5 of 4 waiting"
  run has_raised "$object"
  [ "$status" -ne 0 ]
  [ "$(value "sock_backlog-$object/queue_length-accept")" = 0.000000 ]
}

# The daemon logs a read that took longer than the interval.
no_slow_read() {
  ! log_has 'read-function of the .sock_backlog. plugin took'
}

@test "listeners whose names fall into one bucket of a hash take no long reads" {
  local count=60000
  interval=1
  start_sock_backlog </dev/null
  attack "$place/netload" one-bucket "$count"
  wait_until 120 grep -q ok "$place/output"
  more_reads 5
  wait_until 60 value_is_at_least sock_backlog-unix/count-sockets "$count"
  no_slow_read
  [ "$(series | grep -c '^sock_backlog-unix-')" -le 320 ]
}

value_is_at_least() { # SERIES NUMBER
  [ "$(value "$1" | cut -d . -f 1)" -ge "$2" ]
}

@test "answers that the owner of a namespace sends do not arrive" {
  need_user_namespaces
  start_sock_backlog <<<'RootlessContainers true'
  # shellcheck disable=SC2016 # the shell's own
  attack unshare -Urn bash -c 'sleep 8; exec "$1" inject 4 10' - "$place/netload"
  wait_until 60 grep -q accepted "$place/output"
  cat "$place/output"
  grep -E '^0 accepted, [1-9][0-9]* refused$' "$place/output"
  [ "$(log_count '\[error\] sock_backlog plugin: ')" -eq 0 ]
}

@test "a FIFO and a device in /run/netns stop nothing" {
  mkdir -p /run/netns
  undo_later rm -f "/run/netns/netloss-$$-fifo" "/run/netns/netloss-$$-tty"
  mkfifo "/run/netns/netloss-$$-fifo"
  mknod "/run/netns/netloss-$$-tty" c 5 0
  start_sock_backlog <<<"Namespace \"/^netloss-$$-/\""
  more_reads 5
  stop_daemon
  [ "$daemon_status" -eq 0 ]
}
