# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by live tests and loss scripts: undoing changes, namespaces, settings,
# waiting, and the kernel's own counters. To be sourced; sourcing it changes
# nothing.

live_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NETLOSS_BUILD=${NETLOSS_BUILD:-$live_directory/../../build}

# --- Undoing -----------------------------------------------------------------

# A script records a command that undoes each change it makes to the system.
# undo_all runs them, the last one first. If the script ends without it, even by
# SIGKILL, a keeper process runs them.
undo_begin() {
  undo_list=$(mktemp "${TMPDIR:-/tmp}/netloss-undo.XXXXXX")
  # shellcheck disable=SC2016 # the keeper's own parameters
  setsid bash -c '
    tail --pid="$1" -s 0.1 -f /dev/null
    [ -e "$2" ] || exit 0
    tac "$2" | bash
    rm -f "$2"' netloss-keeper "$$" "$undo_list" \
    </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- &
}

# Records a command for undo_all: a program, not a function of the script.
undo_later() { # COMMAND [ARGUMENT...]
  printf '%s\n' "$(printf '%q ' "$@")" >>"$undo_list"
}

undo_all() {
  if [ -n "${undo_list:-}" ] && [ -e "$undo_list" ]; then
    tac "$undo_list" | bash >/dev/null 2>&1 3>&- || true
    rm -f "$undo_list"
  fi
}

# Undoes everything when the script exits, also by Ctrl-C or SIGTERM. (Bats tests
# have teardown for that.)
undo_at_exit() {
  undo_begin
  trap undo_all EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# --- Settings ----------------------------------------------------------------

# Prints a sysctl's file: net.core.netdev_budget ->
# /proc/sys/net/core/netdev_budget
sysctl_file() {
  printf '/proc/sys/%s\n' "${1//.//}"
}

# Sets a host-wide sysctl until undo_all.
change_sysctl() { # NAME VALUE
  local file before
  file=$(sysctl_file "$1")
  before=$(<"$file")
  # shellcheck disable=SC2016
  undo_later bash -c 'printf "%s\n" "$1" >"$2"' - "$before" "$file"
  printf '%s\n' "$2" >"$file"
}

# --- CPUs --------------------------------------------------------------------

# Prints the CPUs that this script may run on, one per line.
usable_cpus() {
  local list part
  list=$(taskset -cp "$$")
  for part in $(tr ',' ' ' <<<"${list##*:}"); do
    seq "${part%-*}" "${part#*-}"
  done
}

# Prints sysfs' mask of one CPU: 33 -> 2,00000000
cpu_mask() {
  local group
  printf '%x' $((1 << ($1 % 32)))
  for ((group = 0; group < $1 / 32; group++)); do
    printf ',00000000'
  done
  printf '\n'
}

all_cpus_mask() {
  local cpu mask=0
  for cpu in $(usable_cpus); do
    [ "$cpu" -ge 32 ] || mask=$((mask | 1 << cpu))
  done
  printf '%x\n' "$mask"
}

# Prints a column of /proc/net/softnet_stat (0 processed, 1 dropped,
# 2 time_squeeze, 9 received_rps) of one CPU, or its sum over all.
softnet_column() { # COLUMN [CPU]
  local sum=0 row=0 cpu
  local -a fields
  while read -r -a fields; do
    cpu=$row
    [ "${#fields[@]}" -lt 13 ] || cpu=$((16#${fields[12]}))
    if [ $# -lt 2 ] || [ "$cpu" -eq "$2" ]; then
      sum=$((sum + 16#${fields[$1]}))
    fi
    row=$((row + 1))
  done </proc/net/softnet_stat
  printf '%s\n' "$sum"
}

# Runs a command in a network namespace: a name, "@PID" for that of a process, or
# "" for the script's own.
within() { # NAMESPACE COMMAND...
  case "$1" in
  '') "${@:2}" ;;
  @*) nsenter --net --target "${1#@}" "${@:2}" ;;
  *) ip netns exec "$@" ;;
  esac
}

# Prints a protocol's counter: TcpExt ListenDrops, Udp6 InErrors
protocol_counter() { # NAMESPACE PROTOCOL COUNTER
  # shellcheck disable=SC2016 # awk's
  within "$1" awk -v protocol="$2" -v counter="$3" '
    $1 == protocol ":" && $1 != before {
      before = $1
      for (i = 2; i <= NF; i++)
        name[i] = $i
      next
    }
    $1 == before {
      for (i = 2; i <= NF; i++)
        if (name[i] == counter)
          print $i
    }
    { before = "" }
    $1 == protocol counter { print $2 }' \
    /proc/net/snmp /proc/net/netstat /proc/net/snmp6
}

# --- Waiting -----------------------------------------------------------------

# Repeats a command until it succeeds; returns 1 after so many seconds.
wait_until() { # SECONDS COMMAND...
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
  shift
  until "$@"; do
    [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# --- Namespaces --------------------------------------------------------------

# Makes a network namespace, until undo_all. It has no IPv6, so that it sends
# nothing by itself. Its full name goes into the variable NAME.
make_namespace() { # NAME
  local name="netloss-$$-$1" file
  undo_later ip netns del "$name"
  ip netns add "$name"
  for file in /proc/sys/net/ipv6/conf/{all,default}/disable_ipv6; do
    # shellcheck disable=SC2016
    ip netns exec "$name" bash -c '[ ! -e "$1" ] || echo 1 >"$1"' - "$file"
  done
  printf -v "$1" '%s' "$name"
}

# Joins two namespaces by a veth pair, "near" in the first and "far" in the
# second. Datagrams from the first to 10.99.0.2 reach the second, which drops them
# silently, because it does not have that address.
join_namespaces() { # FROM TO
  local mac
  ip -n "$1" link add near type veth peer name far netns "$2"
  ip -n "$1" address add 10.99.0.1/24 dev near
  ip -n "$2" link set far up
  ip -n "$1" link set near up
  mac=$(ip netns exec "$2" cat /sys/class/net/far/address)
  ip -n "$1" neighbour add 10.99.0.2 lladdr "$mac" nud permanent dev near
}

# --- netload -----------------------------------------------------------------

# Sets netload to the program, compiling it if the build has not.
need_netload() {
  netload=$NETLOSS_BUILD/netload
  if [ ! -x "$netload" ] || [ -n "$(find "$live_directory" -maxdepth 1 \
    -name 'netload*.[ch]' -newer "$netload")" ]; then
    mkdir -p "$NETLOSS_BUILD"
    "${CC:-cc}" -std=gnu11 -D_GNU_SOURCE= -O2 -o "$netload.$$" \
      "$live_directory"/netload*.c
    mv "$netload.$$" "$netload"
  fi
}

# Has a "netload hold", whose output and input these are, do something to a
# socket: see netload --help.
ask_holder() { # OUTPUT-FD INPUT-FD COMMAND...
  local answer
  printf '%s\n' "${*:3}" >&"$2"
  read -r answer <&"$1"
  [ "$answer" = ok ] || {
    echo "${*:3}: $answer"
    return 1
  }
}
