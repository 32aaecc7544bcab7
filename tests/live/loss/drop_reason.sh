#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the kernel drop packets for one reason. The demo creates a tun device in
# the host's namespace and changes no setting. The others need a network
# namespace of their own and change settings there.
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../loss_script.sh"

usage() {
  cat <<'USAGE'
usage: drop_reason.sh demo [SECONDS]  lose packets again and again (3 s)
       drop_reason.sh alerts          print the meters that the demo raises
       drop_reason.sh reasons         print the reasons that a namespace can
                                      have
       drop_reason.sh REASON COUNT NAMESPACE
                                      lose COUNT packets for that reason; print
                                      the number that another counter of the
                                      kernel shows
Needs root, except for alerts and reasons.
USAGE
}

reasons() {
  printf '%s\n' socket_rcvbuff udp_csum no_socket netfilter_drop ip_rpfilter \
    ip_inaddrerrors qdisc_drop cpu_backlog tcp_listen_overflow proto_mem \
    frag_reasm_timeout full_ring socket_filter
}

load() { # ARGUMENT...
  ip netns exec "$namespace" "$netload" "$@"
}

# Runs COMMAND, waits until a counter of the namespace has gained at least
# COUNT, and prints its gain.
counted() { # PROTOCOL COUNTER COUNT COMMAND...
  local protocol=$1 counter=$2 before
  before=$(protocol_counter "$namespace" "$1" "$2")
  least=$((before + $3))
  shift 3
  "$@" >/dev/null
  wait_until 20 has_counted "$protocol" "$counter"
  echo $(($(protocol_counter "$namespace" "$protocol" "$counter") - before))
}

has_counted() { # PROTOCOL COUNTER
  [ "$(protocol_counter "$namespace" "$1" "$2")" -ge "$least" ]
}

# Uses the script of snmp_proto.
as_protocol_loss() { # LOSS COUNT
  "$(dirname "${BASH_SOURCE[0]}")/snmp_proto.sh" "$1" "$2" "$namespace"
}

# Sends from a neighbour to an address that the namespace does not have.
send_to_nobody() { # COUNT
  make_namespace near
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$near" "$namespace"
  ip netns exec "$near" "$netload" udp-send 10.99.0.2 9 "$1"
}

# Prints the counter of the firewall rule.
firewall() { # COUNT
  command -v nft >/dev/null || skip "there is no nft"
  ip netns exec "$namespace" nft -f - <<'RULES' || skip "this kernel has no nftables"
table ip netloss {
  chain in {
    type filter hook input priority 0
    udp dport 9 counter drop
  }
}
RULES
  undo_later ip netns exec "$namespace" nft delete table ip netloss
  load udp-send 127.0.0.1 9 "$1" >/dev/null
  ip netns exec "$namespace" nft list table ip netloss |
    sed -nE 's/.*counter packets ([0-9]+).*/\1/p'
}

# Has the filter of a TCP listener refuse COUNT SYNs, by the listener's own count.
refuse_by_filter() { # COUNT
  local answers
  answers=$(load hold <<COMMANDS
listen web 127.0.0.1 443 128
filter web
overflow web $1
COMMANDS
  )
  [ "$answers" = $'ok\nok\nok' ]
  echo "$1"
}

# Sends more than a small qdisc holds; the rest is lost.
overflow_qdisc() { # COUNT
  local sent
  ip -n "$namespace" link add sink type veth peer name drain
  undo_later ip -n "$namespace" link del sink
  ip -n "$namespace" link set sink arp off
  ip -n "$namespace" address add 10.99.0.1/24 dev sink
  ip -n "$namespace" link set drain up
  ip -n "$namespace" link set sink up
  ip netns exec "$namespace" tc qdisc replace dev sink root \
    tbf rate 8kbit burst 1600 limit 400 || skip "this kernel has no tbf"
  load udp-send 10.99.0.2 9 100 >/dev/null
  sent=$(qdisc_dropped)
  load udp-send 10.99.0.2 9 "$1" >/dev/null
  [ $(($(qdisc_dropped) - sent)) -gt 0 ]
  qdisc_dropped
}

qdisc_dropped() {
  ip netns exec "$namespace" tc -s qdisc show dev sink |
    sed -nE 's/.*\(dropped ([0-9]+).*/\1/p'
}

overflow_backlog() { # COUNT
  local before limit
  limit=$(<"$(sysctl_file net.core.netdev_max_backlog)")
  [ "$limit" -le 50000 ] || skip "net.core.netdev_max_backlog is $limit"
  before=$(softnet_column 1)
  "$(dirname "${BASH_SOURCE[0]}")/softnet.sh" fan-out 1 \
    $((limit + 1 + $1)) >/dev/null
  echo $(($(softnet_column 1) - before))
}

lose() { # REASON COUNT
  case "$1" in
  socket_rcvbuff)
    counted Udp RcvbufErrors "$2" load udp-overflow 127.0.0.1 "$2"
    ;;
  udp_csum)
    counted Udp InCsumErrors "$2" load udp-bad-checksum 127.0.0.1 "$2"
    ;;
  no_socket) counted Udp NoPorts "$2" load udp-send 127.0.0.1 9 "$2" ;;
  ip_rpfilter)
    counted TcpExt IPReversePathFilter "$2" as_protocol_loss rp-filter "$2"
    ;;
  ip_inaddrerrors) counted Ip InAddrErrors "$2" send_to_nobody "$2" ;;
  tcp_listen_overflow)
    counted TcpExt ListenOverflows "$2" load ack-overflow 127.0.0.1 "$2"
    ;;
  proto_mem)
    counted TcpExt TCPRcvQDrop "$2" load receive-drop 127.0.0.1 "$2"
    ;;
  frag_reasm_timeout)
    counted Ip ReasmFails "$2" as_protocol_loss reassembly "$2"
    ;;
  netfilter_drop) firewall "$2" ;;
  socket_filter) refuse_by_filter "$2" ;;
  qdisc_drop) overflow_qdisc "$2" ;;
  cpu_backlog) overflow_backlog "$2" ;;
  full_ring)
    [ -e /dev/net/tun ] || skip "there is no /dev/net/tun"
    load tun-overflow netloss2 "$2"
    ;;
  esac
}

demo() { # SECONDS
  local end lost=0
  [ -e /dev/net/tun ] || skip "there is no /dev/net/tun"
  end=$((SECONDS + $1))
  printf 'drop_reason: for %d s a tun device gets more packets than its reader can take\n' "$1"
  while [ "$SECONDS" -lt "$end" ]; do
    lost=$((lost + $("$netload" tun-overflow netloss2 400)))
    sleep 0.3
  done
  printf 'drop_reason: the kernel dropped %d packets\n' "$lost"
}

case "${1:-}" in
demo)
  need_count 5 "${2:-3}"
  begin
  demo "${2:-3}"
  ;;
alerts) echo full_ring ;;
reasons) reasons ;;
--help) usage ;;
*)
  namespace=${3:-}
  if [ -z "$namespace" ] || ! reasons | grep -x -- "${1:-}" >/dev/null; then
    wrong_usage
  fi
  need_count 5 "${2:-}"
  begin
  ip -n "$namespace" link set lo up
  lose "$1" "$2"
  ;;
esac
