#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Losses in several network namespaces at once, two with names and one without, as
# seen by one collectd on the host.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  declare -gA to=() from=() pids=()
  make_namespace alpha
  make_namespace beta
  # shellcheck disable=SC2154 # set by make_namespace
  start_holder alpha ip netns exec "$alpha"
  # shellcheck disable=SC2154
  start_holder beta ip netns exec "$beta"
  start_holder gamma unshare -n
  gamma=$(stat -L -c %i "/proc/${pids[gamma]}/ns/net")
}

teardown() {
  live_teardown
}

# A process that makes and overfills sockets: see netload --help.
start_holder() { # NAME COMMAND...
  local in out
  mkfifo "$home/$1.in" "$home/$1.out"
  # shellcheck disable=SC2016 # the shell's own
  "${@:2}" bash -c 'ip link set lo up && exec "$1" hold' - "$netload" \
    <"$home/$1.in" >"$home/$1.out" 3>&- 4>&- &
  pids[$1]=$!
  undo_later kill "$!"
  exec {in}>"$home/$1.in" {out}<"$home/$1.out"
  to[$1]=$in
  from[$1]=$out
  # It answers when it is where it should be.
  hold "$1" udp probe 127.0.0.1 9 0
  hold "$1" close probe
}

hold() { # NAME COMMAND...
  local answer
  printf '%s\n' "${*:2}" >&"${to[$1]}"
  read -r answer <&"${from[$1]}"
  [ "$answer" = ok ] || {
    echo "$*: $answer"
    return 1
  }
}

# Starts a daemon whose plugin watches all three.
start_plugin() { # PLUGIN
  plugin=$1
  configure_daemon "${interval:-0.2}" <<CONF
LoadPlugin $plugin
<Plugin $plugin>
  Namespace "/^netloss-$$-/"
  Containers true
  $(cat)
</Plugin>
CONF
  start_daemon
  wait_until 30 has_rows "$plugin/gauge-alert" 2
}

# Waits for this many more reads.
more_reads() { # COUNT
  wait_until 60 has_rows "$plugin/gauge-alert" \
    $(($(row_count "$plugin/gauge-alert") + $1))
}

expect() { # SERIES NUMBER
  wait_until 60 value_is "$plugin-$1" "$2" || {
    echo "$plugin-$1 is $(value "$plugin-$1"), not $2"
    return 1
  }
}

# The kernel's counter in the namespace of a holder.
kernel_counts() { # NAME PROTOCOL COUNTER
  protocol_counter "@${pids[$1]}" "$2" "$3"
}

raised() { # OBJECT
  all_alerts | grep -E "^(WARNING|FAILURE)\|$plugin\|$1\|" || true
}

# How an alert names the process of a holder. Not all files are searched if the
# host has very many open.
owner() { # NAME
  if [ "$(cut -f 1 /proc/sys/fs/file-nr)" -lt 50000 ]; then
    printf 'netload[%d]' "${pids[$1]}"
  else
    printf 'a process of uid 0'
  fi
}

has_raised() { # OBJECT
  [ -n "$(raised "$1")" ]
}

has_gone() { # OBJECT
  all_alerts | grep -q "^OKAY|$plugin|$1|.*|$1 is gone; before that, "
}

no_faults() {
  [ "$(log_count "\[(error|warning)\] $plugin plugin: ")" -eq 0 ]
}

# Checks that all threads of the daemon are in its first namespace.
all_threads_are_at_home() {
  [ "$(stat -L -c %i "/proc/$daemon"/task/*/ns/net | sort -u)" = \
    "$(stat -L -c %i /proc/self/ns/net)" ]
}

@test "the same accept queue overflows in three namespaces: each has its own figures, process and setting" {
  local name
  ip netns exec "$beta" bash -c 'echo 4 >/proc/sys/net/core/somaxconn'
  for name in alpha beta gamma; do
    hold "$name" listen web 127.0.0.1 443 4
  done
  start_plugin sock_backlog </dev/null
  expect "$alpha-tcp-443/queue_length-accept_limit" 4.000000
  expect "$gamma-tcp-443/queue_length-accept_limit" 4.000000
  hold alpha overflow web 12
  hold beta overflow web 13
  hold gamma overflow web 14
  expect "$alpha-tcp-443/connections-dropped" 12
  expect "$beta-tcp-443/connections-dropped" 13
  expect "$gamma-tcp-443/connections-dropped" 14
  [ "$(kernel_counts alpha TcpExt ListenDrops)" -eq 12 ]
  [ "$(kernel_counts beta TcpExt ListenDrops)" -eq 13 ]
  [ "$(kernel_counts gamma TcpExt ListenDrops)" -eq 14 ]
  for name in "$alpha" "$beta" "$gamma"; do
    expect "$name-tcp-443/queue_length-accept" 5.000000
    expect "$name-tcp-443/percent-accept_queue" 100.000000
    expect "$name-tcp/count-sockets" 1.000000
    wait_until 60 has_raised "$name-tcp-443"
  done
  all_alerts
  [[ $(raised "$alpha-tcp-443") == *"; listen() backlog is 4: "*"$(owner alpha) at 127.0.0.1: "[45]" of 4 waiting"* ]]
  [[ $(raised "$beta-tcp-443") == *"; net.core.somaxconn is 4: "*"$(owner beta) at 127.0.0.1: "[45]" of 4 waiting"* ]]
  [[ $(raised "$gamma-tcp-443") == *"; listen() backlog is 4: "*"$(owner gamma) at 127.0.0.1: "[45]" of 4 waiting"* ]]
  for name in "$alpha" "$beta" "$gamma"; do
    [ "$(raised "$name-tcp-443" | wc -l)" -eq 1 ]
  done
  [ -z "$(raised tcp-443)" ]
  all_threads_are_at_home
  no_faults
}

@test "the same receive buffer overflows in three namespaces: each has its own counters" {
  local name
  for name in alpha beta gamma; do
    hold "$name" udp dns 127.0.0.1 53 0
  done
  start_plugin snmp_proto <<<'Report "all"'
  expect "$alpha-Udp/protocol_counter-RcvbufErrors" 0
  expect "$gamma-Udp/protocol_counter-RcvbufErrors" 0
  hold alpha overflow dns 500
  hold beta overflow dns 600
  hold gamma overflow dns 700
  expect "$alpha-Udp/protocol_counter-RcvbufErrors" 500
  expect "$beta-Udp/protocol_counter-RcvbufErrors" 600
  expect "$gamma-Udp/protocol_counter-RcvbufErrors" 700
  [ "$(kernel_counts alpha Udp RcvbufErrors)" -eq 500 ]
  [ "$(kernel_counts beta Udp RcvbufErrors)" -eq 600 ]
  [ "$(kernel_counts gamma Udp RcvbufErrors)" -eq 700 ]
  for name in alpha beta gamma; do
    expect "${!name}-Udp/protocol_counter-InDatagrams" \
      "$(kernel_counts "$name" Udp InDatagrams)"
    wait_until 60 has_raised "${!name}-Udp"
    [[ $(raised "${!name}-Udp") == *"FAILURE|"*"|RcvbufErrors|"* ]]
    # The kernel counts these for all namespaces together.
    [ "$(row_count "$plugin-${!name}-Tcp/bytes-memory")" -eq 0 ]
  done
  [ "$(row_count "$plugin-Tcp/bytes-memory")" -gt 0 ]
  all_threads_are_at_home
  no_faults
}

@test "a namespace is deleted while it is read: it ends, and its alerts are cleared" {
  # When a namespace has ended, so has the other end of its cable.
  ip -n "$alpha" link add near type veth peer name "far$$" netns 1 2>/dev/null ||
    ip -n "$alpha" link add near type veth peer name "far$$" netns "$$"
  hold alpha listen web 127.0.0.1 443 4
  start_plugin sock_backlog </dev/null
  hold alpha overflow web 12
  expect "$alpha-tcp-443/connections-dropped" 12
  kill "${pids[alpha]}"
  ip netns del "$alpha"
  wait_until 60 has_gone "$alpha-tcp-443"
  wait_until 60 cable_is_gone
  all_alerts
  more_reads 2
  rows_then=$(row_count "$plugin-$alpha-tcp/count-sockets")
  more_reads 2
  [ "$(row_count "$plugin-$alpha-tcp/count-sockets")" -eq "$rows_then" ]
  # The others go on, and another one can take its name.
  expect "$beta-tcp/count-sockets" 0.000000
  ip netns add "$alpha"
  wait_until 60 has_rows "$plugin-$alpha-tcp/count-sockets" $((rows_then + 2))
  no_faults
}

cable_is_gone() {
  [ ! -e "/sys/class/net/far$$" ]
}

@test "namespaces that come and go at each read cause no fault" {
  local i
  interval=0.05 start_plugin sock_backlog <<CONF
</Plugin>
LoadPlugin snmp_proto
<Plugin snmp_proto>
  Namespace "/^netloss-$$-/"
  Containers true
CONF
  expect "$beta-tcp/count-sockets" 0.000000
  for ((i = 0; i < 40; i++)); do
    ip netns add "netloss-$$-come"
    ip netns del "netloss-$$-come"
  done
  undo_later ip netns del "netloss-$$-come"
  ip netns add "netloss-$$-come"
  wait_until 60 has_rows "sock_backlog-netloss-$$-come-tcp/count-sockets" 1
  wait_until 60 has_rows "snmp_proto/gauge-alert" 40
  all_threads_are_at_home
  no_faults
  [ "$(log_count '\[(error|warning)\] snmp_proto plugin: ')" -eq 0 ]
  stop_daemon
  [ "$daemon_status" -eq 0 ]
}

@test "a container's namespace has the first twelve digits of its id" {
  local id group
  printf -v id 'feedc0de0123%052d' 7
  group=$(awk -F : '$1 == 0 { print $3 }' "/proc/${pids[gamma]}/cgroup")
  group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)$group/$id
  mkdir "$group" 2>/dev/null || skip "no cgroup can be made"
  undo_later rmdir "$group"
  echo "${pids[gamma]}" >"$group/cgroup.procs" ||
    skip "a process cannot be moved to another cgroup"
  # Undone first, so that it can be removed.
  undo_later bash -c "kill ${pids[gamma]}; tail --pid=${pids[gamma]} -f /dev/null"
  hold gamma listen web 127.0.0.1 443 4
  start_plugin sock_backlog </dev/null
  expect feedc0de0123-tcp-443/queue_length-accept_limit 4.000000
  [ "$(row_count "$plugin-$gamma-tcp/count-sockets")" -eq 0 ]
}

# Starts processes of an ordinary user, each in a user and a network namespace of
# its own, and sets users_group to their process group.
start_users_namespaces() { # COUNT
  local -a as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  "${as_user[@]}" unshare -r -n true ||
    skip "an ordinary user cannot make namespaces"
  # shellcheck disable=SC2016 # the shell's own
  "${as_user[@]}" setsid bash -c '
    for ((i = 0; i < $1; i++)); do unshare -r -n sleep 600 & done
    wait' - "$1" </dev/null >/dev/null 2>&1 3>&- 4>&- &
  users_group=$!
  undo_later kill -- "-$users_group"
  wait_until 60 users_have_namespaces "$1"
}

users_have_namespaces() { # COUNT
  [ "$(pgrep -g "$users_group" -x sleep -c)" -eq "$1" ]
}

# Prints how many of the users' namespaces have values.
users_namespaces_watched() {
  local pid count=0
  for pid in $(pgrep -g "$users_group" -x sleep); do
    [ "$(row_count "$plugin-$(stat -L -c %i "/proc/$pid/ns/net")-tcp/count-sockets")" -eq 0 ] ||
      count=$((count + 1))
  done
  printf '%s\n' "$count"
}

users_namespaces_are_watched() {
  [ "$(users_namespaces_watched)" -gt 0 ]
}

@test "130 namespaces of an ordinary user take no place from root's, with RootlessContainers neither" {
  local delta
  start_users_namespaces 130
  start_plugin sock_backlog </dev/null
  start_holder delta unshare -n
  delta=$(stat -L -c %i "/proc/${pids[delta]}/ns/net")
  expect "$delta-tcp/count-sockets" 0.000000
  expect "$gamma-tcp/count-sockets" 0.000000
  more_reads 5
  [ "$(users_namespaces_watched)" -eq 0 ]
  grep "$plugin plugin: " "$home/log" || true
  stop_daemon

  rm -rf "$home/csv"
  start_plugin sock_backlog <<<$'RootlessContainers true\nMaxNamespaces 100'
  wait_until 60 users_namespaces_are_watched
  start_holder epsilon unshare -n
  epsilon=$(stat -L -c %i "/proc/${pids[epsilon]}/ns/net")
  expect "$epsilon-tcp/count-sockets" 0.000000
  for name in "$alpha" "$beta" "$gamma" "$delta"; do
    expect "$name-tcp/count-sockets" 0.000000
  done
  [ "$(log_count 'more network namespaces than MaxNamespaces 100')" -eq 1 ]
}

daemon_files() {
  find "/proc/$daemon/fd" -mindepth 1 | wc -l
}

daemon_files_are() { # COUNT
  [ "$(daemon_files)" -eq "$1" ]
}

# Adds or deletes 128 namespaces.
many() { # add|del
  local i
  for ((i = 0; i < 128; i++)); do
    printf 'netns %s netloss-%d-m%d\n' "$1" "$$" "$i"
  done | ip -batch -
}

@test "128 namespaces come and go at a limit of 256 open files, for 1,000 reads" {
  local i files files_then reads=0
  # shellcheck disable=SC2016
  undo_later bash -c 'for i in {0..127}; do ip netns del "netloss-$1-m$i"; done' - "$$"
  # shellcheck disable=SC2034 # start_daemon uses it
  daemon_wrapper=(prlimit --nofile=256)
  configure_daemon 0.02 <<CONF
LoadPlugin snmp_proto
<Plugin snmp_proto>
  Namespace "/^netloss-$$-m/"
</Plugin>
LoadPlugin sock_backlog
<Plugin sock_backlog>
  Namespace "/^netloss-$$-m/"
</Plugin>
CONF
  start_daemon
  wait_until 30 has_rows snmp_proto/gauge-alert 10
  wait_until 30 has_rows sock_backlog/gauge-alert 10
  files=$(daemon_files)
  for ((i = 0; reads < 1000; i++)); do
    many add
    wait_until 30 has_rows snmp_proto/gauge-alert \
      $(($(row_count snmp_proto/gauge-alert) + 10))
    # Half of them, and what reads and the csv plugin open for a moment.
    files_then=$(daemon_files)
    echo "$files_then open files"
    [ "$files_then" -le 192 ]
    many del
    wait_until 30 has_rows sock_backlog/gauge-alert \
      $(($(row_count sock_backlog/gauge-alert) + 10))
    wait_until 30 daemon_files_are "$files" || {
      echo "$(daemon_files) open files, $files at first"
      return 1
    }
    reads=$(row_count snmp_proto/gauge-alert)
  done
  stop_daemon
  [ "$daemon_status" -eq 0 ]
  [ "$(log_count '\[(error|warning)\] (snmp_proto|sock_backlog) plugin: ')" -eq 2 ]
  [ "$(log_count '\[warning\] (snmp_proto|sock_backlog) plugin: a quarter of the 256 files ')" -eq 2 ]
}

@test "without CAP_SYS_ADMIN only the host is read, which is logged once" {
  local layer
  [ -x "$NETLOSS_BUILD/netloss" ] || skip "netloss was not built"
  setpriv --reuid 65534 --regid 65534 --clear-groups \
    "$NETLOSS_BUILD/netloss" --help >/dev/null 2>&1 ||
    skip "an ordinary user cannot run the build"
  for layer in sock_backlog snmp_proto; do
    run setpriv --reuid 65534 --regid 65534 --clear-groups \
      "$NETLOSS_BUILD/netloss" read --reads 3 --interval 0.1 \
      --option "Namespace=$alpha" --option Containers=true "$layer"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^log .*CAP_SYS_ADMIN' <<<"$output")" -eq 1 ]
    [ "$(grep -cE '^log (error|warning)' <<<"$output")" -eq 1 ]
    grep '^done 3' <<<"$output"
    [[ $output != *"value $alpha"* ]]
  done
}

@test "nothing is left of namespaces that came and went" {
  [ -x "$NETLOSS_BUILD/tests/bench/soak_namespaces" ] ||
    skip "soak_namespaces was not built"
  run "$NETLOSS_BUILD/tests/bench/soak_namespaces" 230 4
  echo "$output"
  [ "$status" -ne 77 ] || skip "$output"
  [ "$status" -eq 0 ]
}
