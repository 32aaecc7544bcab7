#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes IP, TCP and UDP lose packets. The demo does so on the host's loopback
# device and changes no setting. The others need a network namespace of their
# own and change settings there.
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../loss_script.sh"

usage() {
  cat <<'USAGE'
usage: snmp_proto.sh demo [SECONDS]  lose packets again and again (3 s)
       snmp_proto.sh alerts          print the meters that the demo raises
       snmp_proto.sh losses          print the losses that a namespace can
                                     have: LOSS OBJECT:COUNTER
       snmp_proto.sh LOSS COUNT NAMESPACE
                                     raise that counter by COUNT, exactly
Needs root, except for alerts and losses.
USAGE
}

# Prints each loss and its counter.
losses() {
  cat <<'LOSSES'
listen-overflow TcpExt:ListenOverflows
syn-queue-drop TcpExt:TCPReqQFullDrop
syn-cookies TcpExt:TCPReqQFullDoCookies
udp-overflow Udp:RcvbufErrors
udp6-overflow Udp6:RcvbufErrors
udp-checksum Udp:InCsumErrors
udp6-checksum Udp6:InCsumErrors
receive-drop TcpExt:TCPRcvQDrop
reassembly Ip:ReasmFails
no-route Ip:OutNoRoutes
rp-filter TcpExt:IPReversePathFilter
LOSSES
}

load() { # ARGUMENT...
  ip netns exec "$namespace" "$netload" "$@" >/dev/null
}

setting() { # NAME VALUE
  # shellcheck disable=SC2016 # its own parameters
  ip netns exec "$namespace" bash -c 'echo "$2" >"$1"' - \
    "$(sysctl_file "$1")" "$2" || skip "this kernel has no $1"
}

# Gives the namespace a device with 10.99.0.1 and nobody behind it.
prepare_sink() {
  ip -n "$namespace" link add sink type veth peer name drain
  undo_later ip -n "$namespace" link del sink
  ip -n "$namespace" link set sink arp off
  ip -n "$namespace" address add 10.99.0.1/24 dev sink
  ip -n "$namespace" link set drain up
  ip -n "$namespace" link set sink up
}

overflow_syn_queue() { # SYNCOOKIES COUNT
  setting net.ipv4.tcp_syncookies "$1"
  prepare_sink
  load syn-overflow 10.99.0.2 10.99.0.1 "$2"
}

enable_ip6_loopback() {
  setting net.ipv6.conf.lo.disable_ipv6 0
}

# Sends from a neighbour with an address that is not reachable through it.
fail_rp_filter() { # COUNT
  setting net.ipv4.conf.all.rp_filter 1
  make_namespace near
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$near" "$namespace"
  ip -n "$namespace" address add 10.99.0.2/24 dev far
  ip -n "$near" address add 10.88.0.1/32 dev near
  ip -n "$near" route add 10.99.0.2 dev near src 10.88.0.1
  ip netns exec "$near" "$netload" udp-send 10.99.0.2 9 "$1" >/dev/null
  wait_until 5 has_counted "$1"
}

lose() { # LOSS COUNT
  case "$1" in
  listen-overflow) load listen-overflow 127.0.0.1 "$2" ;;
  syn-queue-drop) overflow_syn_queue 0 "$2" ;;
  syn-cookies) overflow_syn_queue 1 "$2" ;;
  udp-overflow) load udp-overflow 127.0.0.1 "$2" ;;
  udp6-overflow)
    enable_ip6_loopback
    load udp-overflow ::1 "$2"
    ;;
  udp-checksum) load udp-bad-checksum 127.0.0.1 "$2" ;;
  udp6-checksum)
    enable_ip6_loopback
    load udp-bad-checksum ::1 "$2"
    ;;
  receive-drop) load receive-drop 127.0.0.1 "$2" ;;
  reassembly)
    setting net.ipv4.ipfrag_time 1
    load fragments 127.0.0.1 "$2"
    wait_until 10 has_counted "$2"
    ;;
  no-route) load udp-unroutable 192.0.2.1 "$2" ;;
  rp-filter) fail_rp_filter "$2" ;;
  esac
}

# Whether the counter of the loss has gained COUNT.
has_counted() { # COUNT
  [ "$(counted "$namespace" "$meter")" -ge $((before + $1)) ]
}

counted() { # NAMESPACE OBJECT:COUNTER
  protocol_counter "$1" "${2%:*}" "${2#*:}"
}

demo() { # SECONDS
  local end=$((SECONDS + $1)) udp_before listen_before
  udp_before=$(counted "" Udp:RcvbufErrors)
  listen_before=$(counted "" TcpExt:ListenOverflows)
  printf 'snmp_proto: for %d s a UDP socket and a TCP listener on 127.0.0.1 get more than they can hold\n' "$1"
  while "$netload" udp-overflow 127.0.0.1 20 >/dev/null &&
    "$netload" listen-overflow 127.0.0.1 10 >/dev/null &&
    [ "$SECONDS" -lt "$end" ]; do
    sleep 0.3
  done
  printf 'snmp_proto: the kernel dropped %d datagrams and %d connection attempts\n' \
    $(($(counted "" Udp:RcvbufErrors) - udp_before)) \
    $(($(counted "" TcpExt:ListenOverflows) - listen_before))
}

case "${1:-}" in
demo)
  need_count 5 "${2:-3}"
  begin
  demo "${2:-3}"
  ;;
alerts)
  printf '%s\n' Udp:RcvbufErrors TcpExt:ListenOverflows
  ;;
losses) losses ;;
--help) usage ;;
*)
  meter=$(losses | awk -v loss="${1:-}" '$1 == loss { print $2 }')
  namespace=${3:-}
  if [ -z "$meter" ] || [ -z "$namespace" ]; then
    wrong_usage
  fi
  need_count 5 "${2:-}"
  begin
  ip -n "$namespace" link set lo up
  before=$(counted "$namespace" "$meter")
  lose "$1" "$2"
  ;;
esac
