#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes sockets lose packets by overfilling them. The demo does so with sockets
# of its own on the host's loopback device, and changes no setting.
set -euo pipefail
# shellcheck source=tests/live/loss_script.sh
. "$(dirname "${BASH_SOURCE[0]}")/../loss_script.sh"

usage() {
  cat <<'USAGE'
usage: sock_backlog.sh demo [SECONDS]  overfill sockets again and again (3 s)
       sock_backlog.sh alerts          print the meters that the demo raises
USAGE
}

# Two ports that are rarely used.
tcp_port=7998
udp_port=7999

ask() { # WORD...
  local answer
  # shellcheck disable=SC2154 # set by coproc
  printf '%s\n' "$*" >&"${holder[1]}"
  read -r answer <&"${holder[0]}"
  [ "$answer" = ok ] || skip "$*: $answer"
}

demo() { # SECONDS
  local end rounds=0
  # shellcheck disable=SC2154 # set by need_netload
  coproc holder { exec "$netload" hold; }
  # shellcheck disable=SC2154 # set by coproc
  undo_later kill "$holder_PID"
  ask listen tcp 127.0.0.1 "$tcp_port" 4
  ask udp udp 127.0.0.1 "$udp_port" 0
  sleep 2 # a rate needs two reads
  end=$((SECONDS + $1))
  printf 'sock_backlog: for %d s a TCP listener and a UDP socket on 127.0.0.1 are overfilled\n' "$1"
  while [ "$SECONDS" -lt "$end" ]; do
    ask overflow tcp 10
    ask overflow udp 200
    rounds=$((rounds + 1))
    sleep 0.3
  done
  printf 'sock_backlog: the kernel dropped %d datagrams and %d connection attempts\n' \
    $((rounds * 200)) $((rounds * 10))
  ask drain tcp
  ask drain udp
  # Keep the sockets open until the alerts clear.
  sleep 8
}

case "${1:-}" in
demo)
  need_count 5 "${2:-3}"
  undo_at_exit
  need_netload
  demo "${2:-3}"
  ;;
alerts)
  printf '%s\n' "tcp-$tcp_port:accept_queue" "udp-$udp_port:dropped"
  ;;
--help) usage ;;
*) wrong_usage ;;
esac
