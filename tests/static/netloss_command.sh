#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command netloss: its subcommands, options, configuration, output and exit
# status, over a recorded tree.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

program=$NETLOSS_BUILD/netloss
[ -x "$program" ] || {
  echo '1..0 # SKIP the command was not built'
  exit 0
}
layers | grep -qx softnet || {
  echo '1..0 # SKIP the layer softnet was not built'
  exit 0
}

# Makes a tree whose CPU 0 has dropped so many packets, and a configuration that
# reads it.
cpu_dropped() { # COUNT
  mkdir -p "$scratch/proc/net"
  printf '%08x %08x 0 0 0 0 0 0 0 0 0 0 0\n' 1000 "$1" >"$scratch/stat"
  mv "$scratch/stat" "$scratch/proc/net/softnet_stat"
}

configure() { # LINE...
  printf '%s\n' '[softnet]' "ProcRoot = $scratch/proc" "SysRoot = $scratch/proc" \
    "$@" >"$scratch/conf"
}

netloss() { # COMMAND...
  "$program" "$@"
}

exits() { # STATUS COMMAND...
  local status=0
  "${@:2}" >"$scratch/out" 2>"$scratch/err" || status=$?
  cat "$scratch/out" "$scratch/err"
  [ "$status" -eq "$1" ]
}

# Fails with a message on standard error that matches.
refuses() { # REGEX COMMAND...
  exits 2 "${@:2}" && grep -E -e "$1" "$scratch/err"
}

prints() { # REGEX COMMAND...
  "${@:2}" >"$scratch/out" || true
  cat "$scratch/out"
  grep -E "$1" "$scratch/out"
}

# Drops packets while a command reads.
while_dropping() { # COUNT COMMAND...
  local status=0
  cpu_dropped 5
  "${@:2}" >"$scratch/out" 2>"$scratch/err" &
  sleep 0.5
  cpu_dropped $((5 + $1))
  wait $! || status=$?
  cat "$scratch/out" "$scratch/err"
  echo "$status" >"$scratch/status"
}

shows_the_loss() {
  while_dropping 900 netloss --config "$scratch/conf" --interval 1 || return 1
  [ "$(<"$scratch/status")" -eq 1 ] &&
    sed -n 1p "$scratch/out" | grep -E 'LOSING: [0-9]+ place' &&
    grep -E '^! backlog cpu 0 +[89][0-9][0-9]/s  dropped from its backlog$' \
      "$scratch/out" &&
    grep -F 'net.core.netdev_max_backlog' "$scratch/out"
}

fits_a_terminal() {
  [ "$(wc -l <"$scratch/out")" -le 24 ] && ! grep -E '.{81}' "$scratch/out"
}

is_plain_ascii() {
  ! LC_ALL=C grep -P '[^\x20-\x7e]' "$scratch/out"
}

# Both reads of a tree that nothing changes.
shows_health() {
  cpu_dropped 5
  netloss --config "$scratch/conf" --interval 0.1 >"$scratch/out" || true
  cat "$scratch/out"
  grep -E '^  backlog +ok' "$scratch/out"
}

shows_history() {
  cpu_dropped 77
  exits 0 netloss --since-boot --config "$scratch/conf" &&
    grep -E 'history since boot' "$scratch/out" &&
    grep -E '^! backlog cpu 0 +77  ' "$scratch/out"
}

logs_the_alert() {
  while_dropping 900 netloss log --reads 2 --interval 1 \
    --config "$scratch/conf" &&
    [ "$(<"$scratch/status")" -eq 0 ] &&
    grep -E '^20[0-9-]+T[0-9:]+Z failure softnet +cpu 0 dropped ' "$scratch/out"
}

logs_json() {
  while_dropping 900 netloss log --json --reads 2 --interval 1 \
    --config "$scratch/conf" &&
    grep '"layer":"softnet"' "$scratch/out" >"$scratch/line" &&
    perl -MJSON::PP -ne '
      my $alert = decode_json($_);
      $alert->{state} eq "failure" && $alert->{state_before} eq "okay" &&
        $alert->{meter} eq "dropped" && $alert->{object} eq "0" &&
        $alert->{value} > 500 && $alert->{limit} == 100 or die' "$scratch/line"
}

ends_when_told() {
  local status=0
  "$program" log --interval 60 --config "$scratch/conf" &
  sleep 0.5
  kill "$!" && wait "$!" || status=$?
  [ "$status" -eq 0 ]
}

# A process in another network namespace, which needs root.
names_what_is_not_watched() {
  local other
  unshare --net sleep 30 &
  other=$!
  sleep 0.3
  netloss --interval 0.1 >"$scratch/out" || true
  netloss --interval 0.1 --containers >"$scratch/with" || true
  kill "$other"
  cat "$scratch/out"
  grep -E '^\? not watched: [0-9]+ network namespaces? \(--containers\)$' \
    "$scratch/out" && ! grep 'not watched' "$scratch/with"
}

# Every meter of every layer can be explained.
explains_all() {
  local layer name
  for layer in $(layers); do
    "$NETLOSS_BUILD/meter_table" --plain "$layer" metrics
  done | cut -f 2 | sort -u >"$scratch/names"
  [ -s "$scratch/names" ] || return 1
  while IFS= read -r name; do
    if ! netloss explain "$name" >"$scratch/out" </dev/null; then
      echo "$name is not explained"
      return 1
    fi
  done <"$scratch/names"
}

completes() { # EXPECTED WORD...
  (
    # shellcheck source=frontends/terminal/completion/netloss
    . frontends/terminal/completion/netloss
    PATH=$NETLOSS_BUILD:$PATH
    COMP_WORDS=("${@:2}")
    COMP_CWORD=$(($# - 2))
    _netloss
    printf '%s\n' "${COMPREPLY[@]}"
  ) | grep -x -e "$1"
}

configure
ok '--help succeeds' prints '^  show ' netloss --help
ok '--version prints the version' prints '^netloss [0-9.]+$' netloss --version
for command in show log explain read; do
  ok "$command --help succeeds" prints "^usage: netloss $command" \
    netloss "$command" --help
done
ok 'an unknown command is refused' refuses 'no command "nocommand"' \
  netloss nocommand
ok 'an unknown option is refused' refuses 'Try: netloss show --help' \
  netloss --nothing
ok 'an operand is refused' refuses 'expected no operand, found x' netloss show x
ok 'a faulty interval is refused' \
  refuses '--interval: expected 0.001 to 86400, found 0' netloss --interval 0

ok 'show names a loss, its rate and its setting, and exits 1' shows_the_loss
ok 'in at most 24 lines of 80 columns' fits_a_terminal
ok 'and in ASCII' is_plain_ascii
ok 'it shows a place where all is well' shows_health
ok 'it shows every value with --all' \
  prints '^softnet +- +packets +dropped ' netloss --all --interval 0.1
ok 'it shows history' shows_history

if unshare --net true 2>/dev/null; then
  ok 'it counts the namespaces that are not watched' names_what_is_not_watched
else
  skip 'it counts the namespaces that are not watched' 'needs root'
fi

configure 'ReportByCpu = maybe'
ok 'a faulty option is named with its file and line' \
  refuses "softnet: $scratch/conf:4: option \"ReportByCpu\" expects true or false, found \"maybe\"" \
  netloss --config "$scratch/conf"
configure '[softnet threshold dropt]' 'WarningMax = 1'
ok 'and so is an unknown meter' \
  refuses "softnet: $scratch/conf:4: <Threshold \"dropt\">: there is no such meter" \
  netloss --config "$scratch/conf"
ok 'a missing file is named' refuses '/nonexistent cannot be read' \
  netloss --config /nonexistent
configure '[softnet threshold dropped]' 'WarningMax = 5000' 'FailureMax = none'
ok 'thresholds of the file take effect' \
  bash -c "! '$program' log --reads 2 --interval 0.1 --config '$scratch/conf' | grep softnet"

configure
ok 'log prints an alert' logs_the_alert
ok 'as JSON' logs_json
ok 'it ends when it is told to' ends_when_told

ok 'explain explains every meter' explains_all
ok 'and the kernel'\''s spelling of a reason' \
  prints '^socket_rcvbuff \(drop_reason\)' netloss explain SOCKET_RCVBUFF
ok 'and a setting by its file' prints ' dropped \(softnet\)' \
  netloss explain /proc/sys/net/core/netdev_max_backlog
ok 'and a driver'\''s counter' prints 'rx_ring_full, lost in the RX ring' \
  netloss explain rx_missed_errors
ok 'and a place' prints 'sock_backlog watches it' netloss explain socket
ok 'and a bucket' \
  prints '^ +Udp:RcvbufErrors \(snmp_proto\)' \
  netloss explain udp_receive
ok 'it suggests near misses' \
  refuses '^Perhaps you mean: .*Udp:RcvbufErrors' netloss explain RcvbuffErrors

ok 'completion knows the commands' completes explain netloss ex
ok 'and their options' completes --since-boot netloss show --s
ok 'and those of the default' completes --json netloss --j
done_testing
