# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A collectd of its own for each test, with the built plugin: its configuration,
# its life, and what it wrote. To be sourced by the .bats files.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# Who the daemon says it is.
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

# The directory of the built modules.
module_directory() {
  local module
  module=$(find "$NETLOSS_BUILD" -path '*/.libs/softnet.so' -type f | head -n 1)
  [ -n "$module" ] || {
    echo "no softnet.so below $NETLOSS_BUILD: build it, or set NETLOSS_BUILD" >&2
    return 1
  }
  (cd "$(dirname "$module")" && pwd)
}

# Makes the daemon's configuration: csv and logfile as sinks, uptime as another
# plugin, and the rest from standard input, for modules of the build. The lines
# in STOCK, if any, stand where LoadPlugin finds the distribution's modules.
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

# Runs the daemon, by the command in daemon_wrapper if there is one, until
# stop_daemon.
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

# It says so, or has written a value.
daemon_is_up() {
  log_has "entering read-loop" || [ -e "$home/csv" ]
}

daemon_is_up_or_gone() {
  daemon_is_up || daemon_is_gone
}

# Ends it, and sets daemon_status to its exit code.
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

# All notifications: SEVERITY|PLUGIN|INSTANCE|METER|MESSAGE, a line each.
all_alerts() {
  sed -nE 's/.*Notification: severity = ([A-Z]+), host = live, plugin = ([a-z_]+),( plugin_instance = ([^,]*),)? type = [a-z_]+, type_instance = ([^,]*), message = (.*)/\1|\2|\4|\5|\6/p' \
    "$home/log"
}

# Those of one meter of softnet: SEVERITY|INSTANCE|MESSAGE.
alerts() { # METER
  all_alerts | sed -nE "s/^([A-Z]+)\|softnet\|([^|]*)\|$1\|/\1|\2|/p"
}

alerts_have() { # METER EXTENDED-REGEX
  alerts "$1" | grep -qE "$2"
}

# The rows of a series, as time,value: softnet/packets-dropped
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

# The newest value of a series.
value() { # SERIES
  rows "$1" | tail -n 1 | cut -d , -f 2
}

value_is() { # SERIES VALUE
  [ "$(value "$1")" = "$2" ]
}

# The value of a series in the read of a certain time.
value_at() { # SERIES TIME
  rows "$1" | sed -n "s/^$2,//p"
}

# The time of the first row of a series that was read after TIME, in
# microseconds; rows tell theirs to the millisecond.
row_time_after() { # SERIES TIME
  rows "$1" | awk -F , -v after="$2" \
    '$1 * 1e6 > after + 1000 { print $1; found = 1; exit } END { exit !found }'
}

# Foreign traffic moves the kernel's figures too. So this waits for a read of
# which it is sure what the kernel's figure was: it was the same before and
# after. Sets settled_time, the read's, and settled_kernel, the figure, which the
# command prints.
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
  echo "the kernel's $* never stood still for the time of a read" >&2
  return 1
}

# The same for a column of softnet_stat.
settle() { # SERIES COLUMN
  settle_figure "$1" softnet_column "$2"
}

# A tree of files in place of /proc and /sys, with two CPUs and no table yet.
make_tree() {
  tree=$home/tree
  core=$tree/proc/sys/net/core
  mkdir -p "$tree/proc/net" "$core" "$tree/sys/devices/system/cpu"
  echo 0-1 >"$tree/sys/devices/system/cpu/online"
  echo 1000 >"$core/netdev_max_backlog"
  echo 300 >"$core/netdev_budget"
}

# A row as Linux 6.4 and later print it.
row() { # CPU PROCESSED DROPPED
  printf '%08x %08x %08x 00000000 00000000 00000000 00000000 00000000 00000000 %08x %08x %08x %08x %08x %08x\n' \
    "$2" "$3" 7 11 0 5 "$1" 3 2
}

# Puts what is on standard input in the place of the table, at once.
table() {
  cat >"$tree/new"
  mv "$tree/new" "$tree/proc/net/softnet_stat"
}

two_rows() { # PROCESSED DROPPED PROCESSED DROPPED
  { row 0 "$1" "$2" && row 1 "$3" "$4"; } | table
}
