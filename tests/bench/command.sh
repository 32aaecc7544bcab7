#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The cost of the command netloss beside the programs that it replaces, in a
# network namespace with 10 interfaces and 100 sockets: CPU time from start to
# exit, and of netloss live per second. Needs root and python3; exits 77 without.
set -euo pipefail

directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NETLOSS_BUILD=$(realpath "${NETLOSS_BUILD:-$directory/../../build}")
PATH=$PATH:/usr/sbin:/sbin
program=$NETLOSS_BUILD/netloss
runs=9
seconds=20

for name in unshare ss nstat ethtool tc ip python3; do
  command -v "$name" >/dev/null || {
    echo "$name is not installed"
    exit 77
  }
done
if [ ! -x "$program" ] || [ "$(id -u)" -ne 0 ]; then
  echo "needs root, and the command netloss"
  exit 77
fi
[ "${1:-}" = inside ] || exec unshare --net "${BASH_SOURCE[0]}" inside

ip link set lo up
for i in 1 2 3 4 5; do
  ip link add "near$i" type veth peer name "far$i" || exit 77
  ip link set "near$i" up
  ip link set "far$i" up
done
coproc sockets {
  exec python3 -c '
import socket
kept = []
for port in range(20000, 20060):
    kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    kept[-1].bind(("127.0.0.1", port))
for port in range(20100, 20140):
    kept.append(socket.socket())
    kept[-1].bind(("127.0.0.1", port))
    kept[-1].listen(16)
print("ready", flush=True)
input()'
}
# shellcheck disable=SC2154 # set by coproc
trap 'kill "$sockets_PID" 2>/dev/null' EXIT
read -r <&"${sockets[0]}"

# Prints the median CPU time of a command, in milliseconds.
cpu_time() { # COMMAND...
  local i
  for ((i = 0; i < runs; i++)); do
    perl -e '
      my @before = times;
      open(STDOUT, ">/dev/null"); open(STDERR, ">&", STDOUT);
      open(my $own, ">&=", 3);
      system(@ARGV);
      my @after = times;
      printf $own "%.0f\n", 1000 * ($after[2] + $after[3] - $before[2] - $before[3])' \
      "$@" 3>&1 >/dev/null
  done | sort -n | sed -n "$((runs / 2 + 1))p"
}

peers() {
  local i
  ss -s
  nstat
  for i in 1 2 3 4 5; do
    ethtool -S "near$i"
    ethtool -S "far$i"
  done
  tc -s qdisc
}
export -f peers

ticks() { # PROCESS
  local -a fields
  read -r -a fields <"/proc/$1/stat"
  echo $((fields[13] + fields[14]))
}

printf 'netloss --interval 0.2: %d ms\n' \
  "$(cpu_time "$program" --interval 0.2)"
printf 'ss -s, nstat, ethtool -S, tc -s qdisc: %d ms\n' \
  "$(cpu_time bash -c peers)"
"$program" live --interval 1 >/dev/null </dev/null &
live=$!
sleep 3
before=$(ticks "$live")
sleep "$seconds"
after=$(ticks "$live")
kill "$live"
awk -v ticks="$((after - before))" -v hertz="$(getconf CLK_TCK)" \
  -v seconds="$seconds" 'BEGIN {
    printf "netloss live: %.2f percent of a CPU\n", 100 * ticks / hertz / seconds
  }'
