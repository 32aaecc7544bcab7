#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the other live tests rely on: netload sends exact numbers of packets, and
# scripts undo their changes however they end.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_netload
}

teardown() {
  live_teardown
}

usage_error() { # REGEX ARGUMENT...
  local expected=$1
  shift
  run "$netload" "$@"
  echo "$output"
  [ "$status" -eq 2 ]
  [[ $output =~ $expected ]]
}

@test "netload reports wrong arguments" {
  usage_error 'usage: netload SUBCOMMAND'
  usage_error 'no subcommand fly' fly
  usage_error 'expected 3 arguments, found 1' udp-send 127.0.0.1
  usage_error 'PORT: expected 1 to 65535, found 65536' udp-send 127.0.0.1 65536 1
  usage_error 'COUNT: expected 1 to 10000000, found -1' udp-send -- 127.0.0.1 9 -1
  usage_error 'COUNT: expected 1 to 10000000, found 1e3' udp-send 127.0.0.1 9 1e3
  usage_error '--rate: expected 1 to 10000000, found 0' udp-send 127.0.0.1 9 1 --rate 0
  usage_error '--rate: unknown option or no value' udp-send 127.0.0.1 9 1 --rate
  usage_error '--colour: unknown option' udp-send 127.0.0.1 9 1 --colour
  usage_error 'take more than 600 s' udp-send 127.0.0.1 9 601 --rate 1
  usage_error 'expected 1 argument, found 0' drag
  usage_error 'expected 0 arguments, found 1' hold on
  usage_error '--filters: expected 1 to 64, found 65' drag lo --filters 65
  usage_error 'expected 2 arguments, found 0' listen-overflow
  usage_error 'expected 2 arguments, found 1' tun-overflow a
  usage_error 'COUNT: expected 1 to 1000000, found 0' tun-overflow a 0
  usage_error 'NAME: expected less than 16 characters' tun-overflow a-name-of-16-chr 1
  usage_error 'COUNT: expected 1 to 100, found 101' ack-overflow 127.0.0.1 101
  usage_error 'COUNT: expected 1 to 100000, found 0' listen-overflow 127.0.0.1 0
  usage_error 'COUNT: expected 1 to 10000000, found many' udp-overflow ::1 many
  usage_error 'expected 3 arguments, found 2' syn-overflow 127.0.0.1 1
  usage_error 'expected IPv4, found ::1 and 127.0.0.1' syn-overflow ::1 127.0.0.1 1
  usage_error 'ADDRESS: expected IPv4, found ::1' fragments ::1 1
  usage_error 'MAC: expected six bytes, found 1:2' frames 9 1:2 10.0.0.1 1
  usage_error 'ADDRESS: expected IPv4, found ::1' frames 9 2:0:0:0:0:1 ::1 1
  usage_error 'there is a route to 127.0.0.1' udp-unroutable 127.0.0.1 1
  run "$netload" receive-drop 127.1 1
  [ "$status" -eq 1 ]
  [[ $output == "netload receive-drop: 127.1: Invalid argument" ]]
  run "$netload" udp-send 127.1 9 1
  [ "$status" -eq 1 ]
  [[ $output == "netload udp-send: 127.1: Invalid argument" ]]
  run "$netload" drag nowhere
  [ "$status" -eq 1 ]
}

sent_in() { # NAMESPACE
  # shellcheck disable=SC2016 # awk's
  ip netns exec "$1" awk '$1 == "Udp:" && $2 ~ /^[0-9]/ { print $5 }' \
    /proc/net/snmp
}

@test "netload udp-send sends exactly COUNT datagrams" {
  need_root
  make_namespace near
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$near" link set lo up
  [ "$(ip netns exec "$near" "$netload" udp-send 127.0.0.1 9 4321)" = 4321 ]
  [ "$(sent_in "$near")" -eq 4321 ]
  [ "$(ip netns exec "$near" "$netload" udp-send 127.0.0.1 9 79 --rate 1000 --size 0)" = 79 ]
  [ "$(sent_in "$near")" -eq 4400 ]
}

setting=net.core.netdev_budget

setting_is() { # VALUE
  [ "$(<"$(sysctl_file "$setting")")" = "$1" ]
}

has_namespaces() { # PID OF THE SCRIPT
  ip netns list | grep -q "^netloss-$1-"
}

has_no_namespaces() {
  ! has_namespaces "$1"
}

# Starts a script that changes a setting, makes a namespace, and waits.
start_script() {
  cat >"$home/script" <<SCRIPT
set -euo pipefail
. "$live_directory/lib.sh"
undo_at_exit
change_sysctl $setting $((before + 1))
change_sysctl $setting $((before + 2))
make_namespace near
touch "$home/ready"
while :; do sleep 0.05; done
SCRIPT
  bash "$home/script" </dev/null >/dev/null 2>&1 3>&- &
  script=$!
  wait_until 60 test -e "$home/ready"
  setting_is $((before + 2))
  has_namespaces "$script"
}

all_is_undone() {
  setting_is "$before" && has_no_namespaces "$script"
}

@test "a script's settings and namespaces are undone after SIGTERM, SIGHUP and SIGKILL" {
  need_root
  local signal
  before=$(<"$(sysctl_file "$setting")")
  undo_later bash -c "echo $before >$(sysctl_file "$setting")"
  for signal in TERM HUP KILL; do
    start_script
    kill -"$signal" "$script"
    wait_until 60 all_is_undone
    rm "$home/ready"
  done
}

@test "softnet.sh's demo loses packets on a single CPU too" {
  need_root
  run taskset -c "$(usable_cpus | head -n 1)" \
    "$live_directory/loss/softnet.sh" demo 1
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output =~ "the kernel dropped "[1-9] ]]
}

@test "a loss script that is killed leaves no namespace behind" {
  need_root
  "$live_directory/loss/softnet.sh" demo 30 </dev/null >/dev/null 2>&1 3>&- &
  script=$!
  wait_until 30 has_namespaces "$script"
  kill -KILL "$script"
  wait_until 30 has_no_namespaces "$script"
}

settings_of_protocols() {
  grep -rs . /proc/sys/net/core /proc/sys/net/ipv4 |
    grep -vE 'flush|_cookie|neigh|rss_key' | sort
}

@test "each loss of snmp_proto.sh raises the kernel's counter by exactly COUNT" {
  need_root
  local loss counter before gained
  make_namespace inside
  while read -r loss counter; do
    # shellcheck disable=SC2154 # set by make_namespace
    before=$(protocol_counter "$inside" "${counter%:*}" "${counter#*:}")
    "$live_directory/loss/snmp_proto.sh" "$loss" 33 "$inside" </dev/null
    gained=$(($(protocol_counter "$inside" "${counter%:*}" "${counter#*:}") - before))
    echo "$loss: $counter gained $gained"
    [ "$gained" -eq 33 ]
  done < <("$live_directory/loss/snmp_proto.sh" losses)
}

@test "snmp_proto.sh loses packets in an existing namespace only, and its demo changes no setting" {
  need_root
  local before
  run "$live_directory/loss/snmp_proto.sh" listen-overflow 3
  [ "$status" -eq 2 ]
  run "$live_directory/loss/snmp_proto.sh" listen-overflow 3 netloss-nowhere
  [ "$status" -ne 0 ]
  run "$live_directory/loss/snmp_proto.sh" nothing 3 netloss-nowhere
  [ "$status" -eq 2 ]
  before=$(settings_of_protocols)
  run "$live_directory/loss/snmp_proto.sh" demo 1
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output =~ "the kernel dropped "[1-9][0-9]*" datagrams and "[1-9] ]]
  [ "$(settings_of_protocols)" = "$before" ]
}
