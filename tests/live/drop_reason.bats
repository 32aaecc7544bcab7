#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Makes the kernel drop packets and checks what collectd writes about it. Reasons
# are counted for all network namespaces, and others may lose packets meanwhile:
# a count that is too high is tried again, one that is too low is a failure.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
}

teardown() {
  live_teardown
}

# Starts a daemon whose <Plugin drop_reason> has the lines on standard input.
start_drop_reason() {
  configure_daemon "${interval:-0.2}" <<CONF
LoadPlugin drop_reason
<Plugin drop_reason>
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows drop_reason/gauge-alert 2 || {
    log_has 'nothing will be reported' &&
      skip "$(sed -n 's/.*nothing will be reported: //p' "$home/log" | head -n 1)"
    return 1
  }
}

more_reads() { # COUNT
  wait_until 30 has_rows drop_reason/gauge-alert \
    $(($(row_count drop_reason/gauge-alert) + $1))
}

lose() { # REASON COUNT
  NETLOSS_BUILD=$NETLOSS_BUILD "$live_directory/loss/drop_reason.sh" \
    "$1" "$2" "$inside"
}

count_of() { # REASON
  local count
  count=$(value "drop_reason/packets-$1")
  echo "${count:-0}"
}

has_counted() { # REASON COUNT
  [ "$(count_of "$1")" -ge "$2" ]
}

# Whether this kernel has a name for the reason.
kernel_knows() { # REASON
  grep -qaF "SKB_DROP_REASON_${1^^}" /sys/kernel/btf/vmlinux
}

# Checks that the series of the reason, and the total of its class, gain exactly
# what another counter of the kernel shows.
gains_exactly() { # REASON CLASS COUNT
  local attempt before class_before kernel gained
  kernel_knows "$1" || return 0
  checked=$((checked + 1))
  for attempt in 1 2 3 4 5; do
    more_reads 2
    before=$(count_of "$1")
    class_before=$(count_of "$2")
    kernel=$(lose "$1" "$3")
    wait_until 60 has_counted "$1" $((before + kernel)) || break
    more_reads 2
    gained=$(($(count_of "$1") - before))
    echo "$1: the kernel lost $kernel, collectd wrote $gained"
    [ "$kernel" -gt 0 ]
    [ "$gained" -ge "$kernel" ]
    [ $(($(count_of "$2") - class_before)) -ge "$gained" ]
    [ "$gained" -ne "$kernel" ] || return 0
  done
  echo "$1: never the number that the kernel lost"
  return 1
}

all_losses_are_counted() {
  checked=0
  gains_exactly socket_rcvbuff capacity 123
  gains_exactly udp_csum fault 45
  gains_exactly no_socket normal 77
  gains_exactly netfilter_drop policy 44
  gains_exactly ip_rpfilter fault 31
  gains_exactly ip_inaddrerrors fault 32
  gains_exactly qdisc_drop capacity 60
  gains_exactly cpu_backlog capacity 50
  gains_exactly tcp_listen_overflow capacity 9
  gains_exactly proto_mem capacity 8
  gains_exactly frag_reasm_timeout capacity 7
  gains_exactly full_ring capacity 333
  # A TCP listener's, which no other plugin counts.
  gains_exactly socket_filter policy 20
  # Linux 5.19 has all of them except one.
  [ "$checked" -ge 9 ]
}

no_faults() {
  [ "$(log_count '\[(error|warning)\] drop_reason plugin: ')" -eq 0 ]
}

every_reason='Reason "/./"'

@test "each loss is counted exactly, by its reason" {
  start_drop_reason <<<"$every_reason"
  all_losses_are_counted
  no_faults
}

@test "the same through tracefs, without type information" {
  # Runs in its own mount namespace.
  cat >"$home/without_btf" <<'SCRIPT'
#!/bin/sh
mount -t tmpfs none /sys/kernel/btf || exit
# Most systems have it mounted, and it cannot be mounted there twice.
[ -e /sys/kernel/tracing/events ] ||
  mount -t tracefs none /sys/kernel/tracing || exit
exec "$@"
SCRIPT
  chmod +x "$home/without_btf"
  unshare -m "$home/without_btf" test -e \
    /sys/kernel/tracing/events/skb/kfree_skb/format ||
    skip "there is no tracefs here"
  daemon_wrapper=(unshare -m "$home/without_btf")
  start_drop_reason <<<"$every_reason"
  all_losses_are_counted
  no_faults
}

@test "without both, the log says what to mount, and the daemon goes on" {
  cat >"$home/without_both" <<'SCRIPT'
#!/bin/sh
mount -t tmpfs none /sys/kernel/btf && mount -t tmpfs none /sys/kernel/tracing &&
  { [ ! -d /sys/kernel/debug ] || mount -t tmpfs none /sys/kernel/debug; } &&
  exec "$@"
SCRIPT
  chmod +x "$home/without_both"
  unshare -m "$home/without_both" true || skip "nothing can be mounted here"
  daemon_wrapper=(unshare -m "$home/without_both")
  configure_daemon 0.2 <<<'LoadPlugin drop_reason'
  start_daemon
  wait_until 60 has_rows uptime/uptime 3
  grep 'drop_reason plugin: nothing will be reported: .*tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing' "$home/log"
  [ "$(log_count 'drop_reason plugin: ')" -eq 1 ]
  [ "$(row_count drop_reason/gauge-alert)" -eq 0 ]
}

@test "without the capabilities, the log names them once, and the daemon goes on" {
  # Each alone is not enough.
  local capability
  for capability in +net_admin +bpf +perfmon; do
    rm -rf "$home/csv" "$home/log"
    daemon_wrapper=(setpriv "--bounding-set=-all,$capability" --inh-caps=-all)
    configure_daemon 0.2 <<<'LoadPlugin drop_reason'
    start_daemon
    wait_until 60 has_rows uptime/uptime 3
    grep 'drop_reason plugin: nothing will be reported: .*CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN' "$home/log"
    [ "$(log_count 'drop_reason plugin: ')" -eq 1 ]
    [ "$(row_count drop_reason/gauge-alert)" -eq 0 ]
    stop_daemon
  done
}

@test "CAP_BPF and CAP_PERFMON are enough; without CAP_SYSLOG places are unknown, and no address is revealed" {
  # shellcheck disable=SC2054 # the commas are setpriv's
  daemon_wrapper=(setpriv --bounding-set=-all,+bpf,+perfmon --inh-caps=-all)
  start_drop_reason <<<"$every_reason
    Places 10"
  gains_exactly socket_rcvbuff capacity 50
  [ "$(value drop_reason-place/packets-unknown)" -ge 50 ]
  [ "$(log_count 'kallsyms has no names')" -eq 1 ]
  [ "$(cat "$home/log" <(ls -R "$home/csv") | grep -ciE 'ffff[0-9a-f]{8}')" -eq 0 ]
}

@test "by default totals are sent, and reasons of capacity and fault from their first packet on" {
  start_drop_reason </dev/null
  gains_exactly socket_rcvbuff capacity 50
  gains_exactly udp_csum fault 50
  [ "$(lose no_socket 50)" -eq 50 ]
  [ "$(lose netfilter_drop 50)" -eq 50 ]
  more_reads 2
  [ "$(row_count drop_reason/packets-no_socket)" -eq 0 ]
  [ "$(row_count drop_reason/packets-netfilter_drop)" -eq 0 ]
  [ "$(count_of normal)" -ge 50 ]
  [ "$(count_of policy)" -ge 50 ]
  [ "$(row_count drop_reason/packets-unclassified)" -gt 2 ]
  # The first row is the 0 before the loss.
  [ "$(rows drop_reason/packets-udp_csum | head -n 1 | cut -d , -f 2)" -eq 0 ]
  [ "$(find "$home/csv/live" -path '*drop_reason-*' | wc -l)" -eq 0 ]
}

@test "Reason and IgnoreSelected select what is sent" {
  start_drop_reason <<<'Reason "no_socket"
    Reason "/_csum$/"
    IgnoreSelected true'
  lose udp_csum 20
  gains_exactly socket_rcvbuff capacity 20
  [ "$(row_count drop_reason/packets-udp_csum)" -eq 0 ]
  [ "$(count_of fault)" -ge 20 ]
}

@test "the busiest places are called by their functions" {
  start_drop_reason <<<'Places 3'
  lose socket_rcvbuff 5000
  lose full_ring 4000
  more_reads 3
  find "$home/csv/live/drop_reason-place"
  [ "$(value drop_reason-place/packets-tun_net_xmit)" -ge 4000 ]
  [ "$(value drop_reason-place/packets-udp_queue_rcv_one_skb)" -ge 5000 ]
}

raised() {
  all_alerts | grep -E '^(WARNING|FAILURE)\|drop_reason\|' || true
}

# Notifications are delivered after the values, by a thread of their own.
expect_raised() { # METER REGEX
  wait_until 60 has_raised "$@" || true
  all_alerts
  has_raised "$@"
}

has_raised() { # METER REGEX
  raised | grep -F "|$1|" | grep -qE "$2"
}

has_cleared() { # METER
  all_alerts | grep -q "^OKAY|drop_reason||$1|"
}

@test "a full tun queue: one alert that names reason, place, protocol and advice, and clears with the damage" {
  start_drop_reason </dev/null
  lost=$(lose full_ring 700)
  wait_until 30 has_cleared full_ring
  all_alerts
  [[ $(raised) =~ ^[A-Z]+"|drop_reason||full_ring|this host dropped "[0-9.]+"/s as FULL_RING (limit 1"(00)?"/s); read faster, or raise the txqueuelen of the tun or tap device; mostly IPv4 at tun_net_xmit" ]]
  [ "$(all_alerts | grep -c '|full_ring|')" -eq 2 ]
  all_alerts | grep "this host dropped nothing as FULL_RING for .*; $lost packets lost in "
  no_faults
}

@test "alone, it raises all capacity reasons, by the built-in limits or a threshold" {
  start_drop_reason </dev/null
  lose socket_rcvbuff 500
  expect_raised socket_rcvbuff '; net.core.rmem_max is [0-9]+: read faster, or raise SO_RCVBUF; mostly IPv4 at udp_queue_rcv_one_skb'
  lose cpu_backlog 500
  expect_raised cpu_backlog ''
  stop_daemon

  rm -rf "$home/csv" "$home/log"
  start_drop_reason <<<'<Threshold "socket_rcvbuff">
    WarningMax 2
  </Threshold>'
  lose socket_rcvbuff 500
  expect_raised socket_rcvbuff ''
}

@test "a threshold raises a reason that has no limits; normal ones raise nothing" {
  start_drop_reason <<<'Reason "/./"
  <Threshold "udp_csum">
    WarningMax 3
  </Threshold>'
  lose no_socket 2000
  lose netfilter_drop 2000
  lose udp_csum 500
  more_reads 3
  expect_raised udp_csum 'this host dropped .*/s as UDP_CSUM \(limit 3/s\); corruption on the path'
  [ "$(raised | grep -c .)" -eq 1 ]
}

@test "a full map is logged, and the reasons stay exact" {
  start_drop_reason <<<"$every_reason
    Places 10
    MaxPlaces 1"
  # Fills the map with another loss first.
  lose no_socket 3
  gains_exactly socket_rcvbuff capacity 222
  gains_exactly udp_csum fault 111
  [ "$(log_count 'more than 1 combinations of place, reason, protocol and owner: new ones are counted by their reason only; raise MaxPlaces')" -eq 1 ]
  [ "$(value drop_reason-place/packets-other)" -ge 111 ]
}

# Prints the number of our programs and maps in the kernel.
objects() {
  "$NETLOSS_BUILD/bpf_objects" | grep -c ' netloss_' || true
}

objects_are() { # NUMBER
  [ "$(objects)" -eq "$1" ]
}

@test "after SIGKILL nothing is left in the kernel" {
  [ -x "$NETLOSS_BUILD/bpf_objects" ] || skip "bpf_objects was not built"
  local before
  before=$(objects)
  start_drop_reason </dev/null
  # A program and two maps.
  objects_are $((before + 3))
  links=$("$NETLOSS_BUILD/bpf_objects" | grep -c '^link' || true)
  ip netns exec "$inside" "$netload" udp-send 127.0.0.1 9 10000000 >/dev/null &
  sender=$!
  undo_later kill "$sender"
  more_reads 3
  kill -KILL "$daemon"
  wait_until 30 objects_are "$before" || {
    "$NETLOSS_BUILD/bpf_objects"
    false
  }
  [ "$("$NETLOSS_BUILD/bpf_objects" | grep -c '^link' || true)" -eq $((links - 1)) ]
  kill "$sender"
}

@test "after a normal stop nothing is left either, nor with tracefs" {
  [ -x "$NETLOSS_BUILD/bpf_objects" ] || skip "bpf_objects was not built"
  before=$(objects)
  daemon_wrapper=(unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf
    [ -e /sys/kernel/tracing/events ] ||
      mount -t tracefs none /sys/kernel/tracing
    exec "$@"' -)
  start_drop_reason </dev/null
  objects_are $((before + 3))
  kill -KILL "$daemon"
  wait_until 30 objects_are "$before"
  rm -rf "$home/csv" "$home/log"
  daemon_wrapper=()
  start_drop_reason </dev/null
  stop_daemon
  [ "$daemon_status" -eq 0 ]
  wait_until 30 objects_are "$before"
}
