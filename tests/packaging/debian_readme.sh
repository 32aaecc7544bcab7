#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: debian_readme.sh DIRECTORY CONFIGURATION
#
# Runs README's lines for Debian unchanged, in DIRECTORY, where the package was
# built, with CONFIGURATION as collectd.conf. Then loses datagrams with the
# command in the README, and expects the alert and its end in the output of the
# last line. Needs root, and a root directory, a mount and a network namespace
# of its own (scratch_root.sh, unshare). Small programs stand in for systemctl
# and journalctl, which need systemd.
set -euo pipefail

sources=$PWD
place=$(mktemp -d)
bin=$place/bin
log=$place/log
directory=$1
stock=$2

finish() {
  local pid
  for pid in "$place"/*.pid; do
    [ ! -e "$pid" ] || kill "$(<"$pid")" 2>/dev/null || true
  done
  wait
  rm -rf "$place"
}
trap finish EXIT

# Prints the block of code behind a mark.
block() { # MARK
  awk -v mark="<!-- $1 -->" '
    $0 == mark { found = 1; next }
    found && /^```$/ { exit }
    found && !/^```/' "$sources/README.md"
}

# Writes a program that the lines call; its text comes from standard input.
program() { # NAME
  { printf '#!/bin/bash\nset -eu\nplace=%q\n' "$place" && cat; } >"$bin/$1"
  chmod +x "$bin/$1"
}

make_programs() {
  mkdir "$bin"
  program sudo <<<'exec "$@"'
  # Without a network: installs packages from files, and checks that others
  # exist.
  program apt-get <<'PROGRAM'
[ "$1" = install ]
for package in "${@:2}"; do
  case $package in
  *.deb) dpkg -i "$package" ;;
  collectd) command -v collectd ;;
  *) exit 1 ;;
  esac
done
PROGRAM
  program systemctl <<'PROGRAM'
[ "$*" = 'restart collectd' ]
collectd -f </dev/null >"$place/output" 2>&1 &
echo "$!" >"$place/daemon.pid"
PROGRAM
  # Only collectd writes to this log.
  program journalctl <<'PROGRAM'
[ "$*" = '-f -t collectd' ]
exec tail -n +1 -f "$place/log"
PROGRAM
}

# Writes messages of syslog(3) to a file, one per line.
listen_at_dev_log() {
  local node
  python3 - "$place/socket" "$log" <<'READER' &
import socket, sys
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind(sys.argv[1])
with open(sys.argv[2], "a", buffering=1) as file:
    while True:
        file.write(log.recv(65536).decode().rstrip("\0\n") + "\n")
READER
  echo "$!" >"$place/reader.pid"
  : >"$log"
  mkdir "$place/dev"
  mount -t tmpfs netloss-test "$place/dev"
  for node in null zero full random urandom; do
    cp -a "/dev/$node" "$place/dev"
  done
  ln -s /proc/self/fd "$place/dev/fd"
  ln -s "$place/socket" "$place/dev/log"
  mount --move "$place/dev" /dev
}

# Configures collectd as its package does. rrdtool is replaced by csv if its
# library, a dependency of the package collectd only, is missing.
configure() {
  mkdir -p /etc/collectd/collectd.conf.d
  rm -f /etc/collectd/collectd.conf.d/*
  cp "$stock" /etc/collectd/collectd.conf
  # grep -q would end before ldd does, and fail the pipeline.
  if [[ $(ldd /usr/lib/collectd/rrdtool.so) == *'not found'* ]]; then
    sed -i -e 's/^LoadPlugin rrdtool/LoadPlugin csv/' \
      -e '/^<Plugin rrdtool>/,/^<\/Plugin>/d' /etc/collectd/collectd.conf
  fi
}

shows() { # EXTENDED-REGEX
  grep -qE "$1" "$place/shown"
}

wait_until() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

udp_alert() { # SEVERITY
  echo "severity = $1, .*plugin = snmp_proto, plugin_instance = Udp, .*message = Udp lost "
}

make_programs
listen_at_dev_log
configure
ip link set lo up

block debian >"$place/lines"
[ "$(wc -l <"$place/lines")" -eq 5 ]
cat "$place/lines"
# The last line runs until it is killed.
(cd "$directory" && PATH=$bin:$PATH exec bash -e "$place/lines") >"$place/shown" 2>&1 &
wait_until 60 shows 'snmp_proto.*successfully loaded' || {
  cat "$place/shown"
  exit 1
}
pgrep -x tail -P "$!" >"$place/tail.pid" || echo "$!" >"$place/tail.pid"

# Wait for the first read: losses are counted from there.
sleep 11
block lose >"$place/loss"
bash -e "$place/loss"
status=0
{ wait_until 30 shows "$(udp_alert FAILURE)" &&
  wait_until 100 shows "$(udp_alert OKAY)"; } || status=1
cat "$place/shown"
[ "$status" -eq 0 ]
