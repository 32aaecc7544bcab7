# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Configures, starts and stops a collectd for each test, with the built plugins,
# and reads what it wrote. To be sourced by the .bats files.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# The daemon's Hostname.
daemon_host=live

live_setup() {
  undo_begin
  home=$BATS_TEST_TMPDIR/home
  mkdir -p "$home"
}

live_teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ] && [ -e "$home/log" ]; then
    echo "--- the daemon's log:"
    tail -n 40 "$home/log"
  fi
  undo_all
}

need_root() {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
}

need_second_cpu() {
  [ "$(usable_cpus | wc -l)" -gt 1 ] || skip "RPS needs a second CPU"
}

# Prints the directory of the built modules.
module_directory() {
  local module
  module=$(find "$NETLOSS_BUILD" -path '*/.libs/softnet.so' -type f | head -n 1)
  [ -n "$module" ] || {
    echo "no softnet.so below $NETLOSS_BUILD: build it, or set NETLOSS_BUILD" >&2
    return 1
  }
  (cd "$(dirname "$module")" && pwd)
}

# Writes the daemon's configuration: csv and logfile as sinks, uptime as another
# plugin, then standard input, whose LoadPlugin lines find the built modules. Lines
# in STOCK, if set, come before that, where LoadPlugin finds collectd's own modules.
configure_daemon() { # INTERVAL
  local modules
  modules=${MODULES:-$(module_directory)}
  cat >"$home/collectd.conf" <<CONF
Hostname "$daemon_host"
FQDNLookup false
BaseDir "$home"
PIDFile "$home/pid"
Interval $1
LoadPlugin logfile
<Plugin logfile>
  LogLevel ${LOG_LEVEL:-info}
  File "$home/log"
  Timestamp true
  PrintSeverity true
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "$home/csv"
  StoreRates false
</Plugin>
LoadPlugin uptime
${STOCK:-}
PluginDir "$modules"
$(cat)
CONF
}

# Starts the daemon, with the command in daemon_wrapper, if any, in front.
daemon_wrapper=()
start_daemon() {
  "${daemon_wrapper[@]}" collectd -f -C "$home/collectd.conf" \
    </dev/null >"$home/output" 2>&1 3>&- 4>&- &
  daemon=$!
  undo_later kill "$daemon"
  wait_until 30 daemon_is_up_or_gone
  daemon_is_up || {
    echo "the daemon did not start:"
    cat "$home/output"
    return 1
  }
}

# The log may go elsewhere; a value proves it too.
daemon_is_up() {
  log_has "entering read-loop" || [ -e "$home/csv" ]
}

daemon_is_up_or_gone() {
  daemon_is_up || daemon_is_gone
}

# Ends the daemon and sets daemon_status to its exit status.
stop_daemon() {
  kill -TERM "$daemon"
  wait_until 60 daemon_is_gone || kill -KILL "$daemon"
  daemon_status=0
  # shellcheck disable=SC2034 # for the tests
  wait "$daemon" || daemon_status=$?
}

daemon_is_gone() {
  ! kill -0 "$daemon" 2>/dev/null
}

log_has() { # EXTENDED-REGEX
  grep -qE "$1" "$home/log" 2>/dev/null
}

log_count() { # EXTENDED-REGEX
  grep -cE "$1" "$home/log" || true
}

# Prints all notifications, one per line:
# SEVERITY|PLUGIN|INSTANCE|METER|MESSAGE
all_alerts() {
  sed -nE 's/.*Notification: severity = ([A-Z]+), host = live, plugin = ([a-z_]+),( plugin_instance = ([^,]*),)? type = [a-z_]+, type_instance = ([^,]*), message = (.*)/\1|\2|\4|\5|\6/p' \
    "$home/log"
}

# Prints those of one meter of softnet: SEVERITY|INSTANCE|MESSAGE
alerts() { # METER
  all_alerts | sed -nE "s/^([A-Z]+)\|softnet\|([^|]*)\|$1\|/\1|\2|/p"
}

alerts_have() { # METER EXTENDED-REGEX
  alerts "$1" | grep -qE "$2"
}

# Prints the rows of a series such as softnet/packets-dropped, as TIME,VALUE
rows() { # SERIES
  cat "$home/csv/$daemon_host/$1"-[0-9][0-9][0-9][0-9]-* 2>/dev/null |
    grep -v epoch
}

row_count() { # SERIES
  rows "$1" | wc -l
}

has_rows() { # SERIES COUNT
  [ "$(row_count "$1")" -ge "$2" ]
}

# Prints the newest value of a series.
value() { # SERIES
  rows "$1" | tail -n 1 | cut -d , -f 2
}

value_is() { # SERIES VALUE
  [ "$(value "$1")" = "$2" ]
}

# Prints the value of a series at a time.
value_at() { # SERIES TIME
  rows "$1" | sed -n "s/^$2,//p"
}

# Prints the time of a series' first row that was read after TIME, which is in
# microseconds; rows have milliseconds.
row_time_after() { # SERIES TIME
  rows "$1" | awk -F , -v after="$2" \
    '$1 * 1e6 > after + 1000 { print $1; found = 1; exit } END { exit !found }'
}

# Waits for a read during which the kernel's counter stood still, because other
# traffic moves it too. The command prints the counter. Sets settled_time, the time
# of the read, and settled_kernel, the counter.
settle_figure() { # SERIES COMMAND...
  local series=$1 attempt before
  shift
  for ((attempt = 0; attempt < 40; attempt++)); do
    before=$("$@")
    now=${EPOCHREALTIME/[.,]/}
    wait_until 60 row_time_after "$series" "$now" >/dev/null || return 1
    # shellcheck disable=SC2034 # for the tests
    settled_time=$(row_time_after "$series" "$now")
    settled_kernel=$("$@")
    [ "$before" -ne "$settled_kernel" ] || return 0
  done
  echo "the kernel's $* changed during every read" >&2
  return 1
}

# The same for a column of softnet_stat.
settle() { # SERIES COLUMN
  settle_figure "$1" softnet_column "$2"
}

# Makes a tree in place of /proc and /sys, with two CPUs and no table yet.
make_tree() {
  tree=$home/tree
  core=$tree/proc/sys/net/core
  mkdir -p "$tree/proc/net" "$core" "$tree/sys/devices/system/cpu"
  echo 0-1 >"$tree/sys/devices/system/cpu/online"
  echo 1000 >"$core/netdev_max_backlog"
  echo 300 >"$core/netdev_budget"
}

# Prints a row in the format of Linux 6.4 and later.
row() { # CPU PROCESSED DROPPED
  printf '%08x %08x %08x 00000000 00000000 00000000 00000000 00000000 00000000 %08x %08x %08x %08x %08x %08x\n' \
    "$2" "$3" 7 11 0 5 "$1" 3 2
}

# Replaces the table by standard input, atomically.
table() {
  cat >"$tree/new"
  mv "$tree/new" "$tree/proc/net/softnet_stat"
}

two_rows() { # PROCESSED DROPPED PROCESSED DROPPED
  { row 0 "$1" "$2" && row 1 "$3" "$4"; } | table
}
