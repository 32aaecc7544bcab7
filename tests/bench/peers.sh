#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures the CPU time of one interval in a real collectd that writes CSV
# files, as quickstart's does: the plugins of netloss and those that they
# replace, in turn, in one run. "read" is the thread that reads, until values
# are in the daemon's queue. "all" is the whole daemon; it depends mostly on the
# number of values, because storing one costs far more than reading it. Compare
# plugins of collectd by "all", and an exporter, which stores nothing, by
# "read". Adapters are read in a namespace full of interfaces, sockets in one
# full of sockets; both, and interrupts, are compared with node-exporter's
# collectors too.
set -euo pipefail

build=${1:?usage: peers.sh BUILD-DIRECTORY [PLUGIN...]}
shift
modules=$(cd "$build/.libs" && pwd)
PATH=$PATH:/usr/sbin
# shellcheck source=tests/live/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../live/lib.sh"
rounds=3
pairs=64
queues=16
scrapes=5

work=$(mktemp -d)
daemon=
within=() # prefix of commands that run in the namespace
holder=   # process that holds the sockets there
options=  # further options of the measured plugin
finish() {
  stop_daemon
  stop_holder
  rm -rf "$work"
  undo_all
}
undo_begin
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

stop_daemon() {
  [ -n "$daemon" ] || return 0
  kill "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
  daemon=
}

stop_holder() {
  [ -n "$holder" ] || return 0
  kill "$holder" 2>/dev/null || true
  wait "$holder" 2>/dev/null || true
  holder=
}

skip() { # WHAT WHY
  printf '%s: skipped: %s\n' "$@"
}

plugin_directory() {
  collectd -h | sed -n 's/^ *Plugin directory *//p'
}

# Prints the block that a plugin needs to watch the namespace.
write_block() { # PLUGIN
  local i
  case $1 in
  nic_ethtool)
    printf '<Plugin nic_ethtool>\n  Interface "/^veth/"\n</Plugin>\n'
    ;;
  ethstat)
    printf '<Plugin ethstat>\n'
    for ((i = 0; i < pairs; i++)); do
      printf '  Interface "veth%da"\n  Interface "veth%db"\n' "$i" "$i"
    done
    printf '</Plugin>\n'
    ;;
  sock_backlog)
    printf '<Plugin sock_backlog>\n%s\n</Plugin>\n' "$options"
    ;;
  tcpconns)
    # As many ports as sock_backlog sends.
    printf '<Plugin tcpconns>\n  AllPortsSummary true\n'
    for ((i = 0; i < 64; i++)); do
      printf '  LocalPort "%d"\n' $((1024 + i))
    done
    printf '</Plugin>\n'
    ;;
  esac
}

write_configuration() { # PLUGIN
  printf 'BaseDir "%s"\nHostname "bench"\nInterval %s\n' "$work" "$interval"
  printf 'LoadPlugin csv\n<Plugin csv>\n  DataDir "%s"\n</Plugin>\n' "$work/csv"
  [ -n "$1" ] || return 0
  [ ! -e "$modules/$1.so" ] || printf 'PluginDir "%s"\n' "$modules"
  printf 'LoadPlugin %s\n' "$1"
  write_block "$1"
}

# Prints the CPU time so far, in nanoseconds: of the daemon's reading threads,
# and of all threads.
cpu_time() {
  local task spent reading=0 all=0
  for task in /proc/"$daemon"/task/*; do
    read -r spent _ <"$task/schedstat"
    all=$((all + spent))
    if [[ $(<"$task/comm") == reader* ]]; then
      reading=$((reading + spent))
    fi
  done
  echo "$reading $all"
}

# Waits until the daemon has created all its files, which costs more than
# appending to them.
settle() {
  local before=-1 count=0
  while [ "$count" -ne "$before" ]; do
    before=$count
    sleep "$settle"
    count=$(find "$work/csv" -type f | wc -l)
  done
}

# Runs a daemon with the plugin. Sets reading and all to its CPU time, and
# series to their number.
measure() { # PLUGIN
  local reading_before all_before
  rm -rf "$work/csv"
  mkdir "$work/csv"
  write_configuration "$1" >"$work/conf"
  "${within[@]}" collectd -f -C "$work/conf" -P "$work/pid" >/dev/null 2>&1 &
  daemon=$!
  settle
  read -r reading_before all_before < <(cpu_time)
  sleep "$seconds"
  read -r reading all < <(cpu_time)
  stop_daemon
  reading=$((reading - reading_before))
  all=$((all - all_before))
  series=$(find "$work/csv" -type f | wc -l)
}

# Prints the microseconds of one read, less those of a daemon that reads next to
# nothing as often.
per_read() { # NANOSECONDS EMPTY-NANOSECONDS
  awk -v all="$1" -v empty="$2" -v reads="$(reads)" \
    'BEGIN {printf "%.1f\n", (all - empty) / reads / 1000}'
}

reads() {
  awk -v s="$seconds" -v i="$interval" 'BEGIN {print s / i}'
}

row() { # PLUGIN READ ALL SERIES
  printf '%-16s %9s %10s %7s\n' "$@"
}

ratio() { # OURS THEIRS
  awk -v ours="$1" -v theirs="$2" 'BEGIN {printf "%.1f", theirs / ours}'
}

# Prints how much more a peer takes.
row_times() { # READ ALL
  row 'times ours' "$(ratio "$ours_reading" "$1")" "$(ratio "$ours_all" "$2")" \
    ''
}

measure_ours() { # PLUGIN [LABEL]
  measure uptime
  empty_reading=$reading empty_all=$all
  measure "$1"
  ours_reading=$(per_read "$reading" "$empty_reading")
  ours_all=$(per_read "$all" "$empty_all")
  row "${2:-$1}" "$ours_reading" "$ours_all" "$series"
}

measure_peer() { # PLUGIN
  local theirs_reading theirs_all
  measure "$1"
  theirs_reading=$(per_read "$reading" "$empty_reading")
  theirs_all=$(per_read "$all" "$empty_all")
  row "$1" "$theirs_reading" "$theirs_all" "$series"
  row_times "$theirs_reading" "$theirs_all"
}

has_plugin() { # PLUGIN
  [ -e "$(plugin_directory)/$1.so" ] ||
    { skip "$1" "this collectd lacks it" && return 1; }
}

heading() { # WHERE
  printf '\nCPU time of one interval in collectd, in us (%s reads, %d rounds%s):\n\n' \
    "$(reads)" "$rounds" "$1"
  row plugin read all series
}

compare_protocols() {
  local round
  within=() interval=0.02 seconds=4 settle=1
  heading ''
  has_plugin protocols || return 0
  for ((round = 0; round < rounds; round++)); do
    measure_ours snmp_proto
    measure_peer protocols
  done
}

# --- Adapters ----------------------------------------------------------------

make_interfaces() {
  local i
  make_namespace namespace
  within=(ip netns exec "$namespace")
  ip -n "$namespace" link set lo up
  for ((i = 0; i < pairs; i++)); do
    printf 'link add veth%da numtxqueues %d numrxqueues %d ' "$i" "$queues" \
      "$queues"
    printf 'type veth peer name veth%db numtxqueues %d numrxqueues %d\n' "$i" \
      "$queues" "$queues"
    printf 'link set veth%da up\nlink set veth%db up\n' "$i" "$i"
  done | ip -n "$namespace" -batch -
}

# Sets exporter to the program, unpacking its package if it is not installed.
find_exporter() {
  exporter=$(command -v prometheus-node-exporter) && return
  (cd "$work" && apt-get download prometheus-node-exporter &&
    dpkg -x prometheus-node-exporter_*.deb exporter) >/dev/null 2>&1 || return
  exporter=$work/exporter/usr/bin/prometheus-node-exporter
}

scrape() {
  "${within[@]}" curl -sf -o "$work/metrics" \
    http://127.0.0.1:65000/metrics
}

# Prints the microseconds of one scrape, for the whole exporter, and the number
# of series whose names begin with COLLECTORS or PATTERN.
measure_exporter() { # COLLECTORS [PATTERN]
  local before i all collectors
  read -r -a collectors <<<"$1"
  "${within[@]}" "$exporter" --collector.disable-defaults \
    "${collectors[@]/#/--collector.}" --web.disable-exporter-metrics \
    --web.listen-address=127.0.0.1:65000 >/dev/null 2>&1 &
  daemon=$!
  wait_until 10 scrape
  read -r _ before < <(cpu_time)
  for ((i = 0; i < scrapes; i++)); do
    scrape
  done
  read -r _ all < <(cpu_time)
  stop_daemon
  all=$(awk -v all="$((all - before))" -v scrapes="$scrapes" \
    'BEGIN {printf "%.1f", all / scrapes / 1000}')
  row node-exporter - "$all" \
    "$(grep -cE "^node_(${2:-$1})" "$work/metrics")"
  row_times "$all" "$all"
}

need_exporter() {
  exporter=
  if ! command -v curl >/dev/null; then
    skip node-exporter 'curl is not installed'
  elif ! find_exporter; then
    skip node-exporter 'it is not installed, and cannot be downloaded'
  fi
}

compare_interrupts() {
  local round has_irq=''
  within=() interval=0.02 seconds=4 settle=1
  heading ''
  if has_plugin irq; then has_irq=yes; fi
  need_exporter
  for ((round = 0; round < rounds; round++)); do
    measure_ours irq_balance
    [ -z "$has_irq" ] || measure_peer irq
    [ -z "$exporter" ] || measure_exporter interrupts
  done
}

compare_adapters() {
  local round has_ethstat=''
  if [ "$EUID" -ne 0 ]; then
    skip nic_ethtool 'network namespaces need root'
    return
  fi
  # Long enough for ethstat's daemon to write what it has read.
  interval=2 seconds=8 settle=3
  make_interfaces
  heading ", $((2 * pairs)) interfaces"
  if has_plugin ethstat; then has_ethstat=yes; fi
  need_exporter
  for ((round = 0; round < rounds; round++)); do
    measure_ours nic_ethtool
    [ -z "$has_ethstat" ] || measure_peer ethstat
    [ -z "$exporter" ] || measure_exporter ethtool
  done
}

# --- Sockets -----------------------------------------------------------------

make_sockets() {
  local answer
  make_namespace sockets
  # shellcheck disable=SC2154 # set by make_namespace
  within=(ip netns exec "$sockets")
  coproc holding { exec "${within[@]}" "$build/tests/bench/hold_sockets"; }
  # shellcheck disable=SC2154 # set by coproc
  holder=$holding_PID
  read -r answer <&"${holding[0]}"
  [ "$answer" = ready ] || { skip sock_backlog "$answer" && return 1; }
}

# Prints the microseconds of one run of a command, and the number of its lines.
measure_command() { # COMMAND...
  local before i all
  before=$(children_time)
  for ((i = 0; i < scrapes; i++)); do
    "${within[@]}" "$@" >"$work/output"
  done
  all=$(children_time)
  all=$(awk -v all="$((all - before))" -v runs="$scrapes" \
    -v tick="$(getconf CLK_TCK)" 'BEGIN {printf "%.1f", all / runs / tick * 1e6}')
  row "$*" - "$all" "$(wc -l <"$work/output")"
  row_times "$all" "$all"
}

# Prints the CPU time of this script's children, in ticks.
children_time() {
  awk '{ sub(/.*\) /, ""); print $14 + $15 }' "/proc/$$/stat"
}

compare_sockets() {
  local round has_tcpconns=''
  if [ "$EUID" -ne 0 ]; then
    skip sock_backlog 'network namespaces need root'
    return
  fi
  interval=2 seconds=20 settle=5
  make_sockets || return 0
  heading ', 39000 listeners, 39000 UDP sockets, 97000 connections'
  if has_plugin tcpconns; then has_tcpconns=yes; fi
  need_exporter
  for ((round = 0; round < rounds; round++)); do
    options=''
    measure_ours sock_backlog
    measure_command ss -OHltnm
    measure_command ss -OHlunm
    options='  ReportConnections true'
    measure_ours sock_backlog 'with connections'
    [ -z "$has_tcpconns" ] || measure_peer tcpconns
    [ -z "$exporter" ] ||
      measure_exporter 'tcpstat udp_queues' 'tcp_connection_states|udp_queues'
  done
  stop_holder
}

# Succeeds if a plugin was built, and was named or none was.
is_requested() { # PLUGIN NAMED...
  [ -e "$modules/$1.so" ] && { [ $# -eq 1 ] || [[ " ${*:2} " == *" $1 "* ]]; }
}

if ! command -v collectd >/dev/null; then
  skip 'other plugins' 'collectd is not installed'
  exit 0
fi
if is_requested snmp_proto "$@"; then compare_protocols; fi
if is_requested irq_balance "$@"; then compare_interrupts; fi
if is_requested nic_ethtool "$@"; then compare_adapters; fi
if is_requested sock_backlog "$@"; then compare_sockets; fi
