#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The screen of netloss live, in a terminal of tmux: rows, keys, sizes, signals,
# and what the terminal is like afterwards.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

program=$NETLOSS_BUILD/netloss
skip_all() {
  echo "1..0 # SKIP $1"
  exit 0
}
[ -x "$program" ] || skip_all 'the command was not built'
layers | grep -qx softnet || skip_all 'the layer softnet was not built'
command -v tmux >/dev/null || skip_all 'tmux is not installed'

# Each terminal has a server of its own: one that was told to end may still run.
terminals=0
server() {
  env -u TMUX tmux -S "$scratch/tmux.$terminals" -f /dev/null "$@"
}

stop_server() {
  server kill-server 2>/dev/null || true
}
trap 'stop_server; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

cpu_dropped() { # COUNT
  mkdir -p "$scratch/proc/net"
  printf '%08x %08x 0 0 0 0 0 0 0 0 0 0 0\n' 1000 "$1" >"$scratch/stat"
  mv "$scratch/stat" "$scratch/proc/net/softnet_stat"
}

wait_until() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  until "${@:2}" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

screen() {
  server capture-pane -p -t live
}

shows() { # REGEX
  screen | grep -E -e "$1"
}

# Waits for a screen that matches, and prints the last one if it does not come.
sees() { # REGEX
  wait_until 10 shows "$1" || {
    screen
    return 1
  }
}

press() { # KEY...
  server send-keys -t live "$@"
}

# Starts a shell in a terminal of its own, and in it a command.
open_terminal() { # WIDTH HEIGHT COMMAND
  stop_server
  terminals=$((terminals + 1))
  server new-session -d -s live -x "$1" -y "$2" 'PS1="ready> " bash --norc' ||
    return 1
  sees '^ready>' && press "$3" Enter
}

run="$program live --interval 0.3 --config $scratch/conf"

opens() {
  open_terminal 80 24 "$run" && sees '^netloss .* Linux ' && sees 'q quit'
}

# Drops packets until the screen shows it.
shows_a_loss() {
  local i
  for i in $(seq 1 60); do
    cpu_dropped $((i * 1000))
    ! shows '^! backlog cpu 0 +[0-9]+k?/s' >/dev/null || return 0
    sleep 0.1
  done
  screen
  return 1
}

# Keeps losing in the background while a command runs.
while_losing() { # COMMAND...
  local status=0 loser
  (
    count=100000
    while true; do
      cpu_dropped $((count += 100))
      sleep 0.1
    done
  ) &
  loser=$!
  "$@" || status=$?
  kill "$loser"
  wait "$loser" || true
  return "$status"
}

has_rate_peak_and_total() {
  sees '^! backlog cpu 0 +[0-9.]+/s +[0-9.]+k?/s +[0-9]+ +[0-9]+ s +[.:=+*# -]+' &&
    sees 'net.core.netdev_max_backlog'
}

lists_the_alert() {
  sees '^[0-9:]{8} failure \(still on\) cpu 0 dropped'
}

shows_details() {
  press Down Enter
  sees '^What it means' && sees 'The counter behind it' &&
    sees 'dropped of softnet: softnet_stat, column 2' && press Escape &&
    sees 'place +object'
}

shows_all_values() {
  press a
  sees '^softnet +.*processed' || {
    press Down
    sees '^softnet +.*processed'
  }
  press a
  sees 'place +object'
}

pauses() {
  press p
  sees '^PAUSED' && screen >"$scratch/before" && sleep 1 &&
    screen | diff "$scratch/before" - && press p && wait_until 5 is_not_paused
}

is_not_paused() {
  ! shows '^PAUSED'
}

resets_totals() {
  press r
  sees '^! backlog cpu 0 .* [0-9]{1,3} +[0-9] s|nothing was lost so far'
}

resizes() {
  server resize-window -t live -x 132 -y 50 || return 1
  sees '^netloss .{100,} ' && [ "$(screen | wc -l)" -eq 50 ] &&
    server resize-window -t live -x 80 -y 24
}

stops_and_goes_on() {
  press C-z
  sees 'Stopped' && sees '^ready>' && press fg Enter &&
    sees 'place +object' && sees 'q quit'
}

# The shell echoes what is typed, on a line of its own.
is_usable() {
  press "echo is-\$((40 + 2)) && stty -a | grep -c -- ' echo ' " Enter
  sees '^is-42$' && sees '^1$'
}

quits() {
  press q
  sees '^ready> *$' && is_usable
}

is_running() {
  pgrep -f "$run" >"$scratch/pid"
}

ends_by_signal() { # SIGNAL
  open_terminal 80 24 "$run" && sees 'q quit' && is_running || return 1
  kill "-$1" "$(head -n 1 "$scratch/pid")"
  sees '^ready> *$' && is_usable
}

fits_a_tiny_terminal() {
  open_terminal 20 5 "$run" && sees '^netloss' && sees '^q quit' && press q &&
    sees '^ready>'
}

# Without a cursor that can be placed, one screen follows the other.
works_on() { # TERM
  open_terminal 80 24 "TERM=$1 $run --reads 3" &&
    sees 'wire +ok|^[!?~] wire' && sees '^ready> *$' && is_usable
}

works_without_colour() {
  open_terminal 80 24 "NO_COLOR=1 $run" && sees 'q quit' &&
    ! server capture-pane -e -p -t live | grep -P '\x1b\[[0-9;]*3[1-7]m'
  press q
}

works_in_the_c_locale() {
  open_terminal 80 24 "LC_ALL=C $run" && sees 'q quit' &&
    ! screen | LC_ALL=C grep -P '[^\x20-\x7e\n]'
  press q
}

# Without a terminal.
prints_screens() {
  "$program" live --reads 3 --interval 0.1 --config "$scratch/conf" \
    >"$scratch/out" </dev/null || return 1
  [ "$(grep -c '^netloss ' "$scratch/out")" -eq 2 ]
}

cpu_dropped 0
printf '%s\n' '[softnet]' "ProcRoot = $scratch/proc" "SysRoot = $scratch/proc" \
  >"$scratch/conf"
ok 'it fills the screen' opens
ok 'it shows a loss' shows_a_loss
ok 'with rate, peak, total, sparkline and setting' \
  while_losing has_rate_peak_and_total
ok 'it lists the alert, which is still on' lists_the_alert
ok 'Enter shows the details of a row' while_losing shows_details
ok 'a shows all values' shows_all_values
ok 'p pauses' while_losing pauses
ok 'r resets the totals' resets_totals
ok 'it follows the size of the terminal' resizes
ok 'it can be stopped and goes on' stops_and_goes_on
ok 'q leaves the terminal as it was' quits
for signal in TERM INT HUP; do
  ok "and so does SIG$signal" ends_by_signal "$signal"
done
ok 'it works in 20 x 5' fits_a_tiny_terminal
ok 'it works on a dumb terminal' works_on dumb
ok 'and on an unknown one' works_on nonesuch
ok 'it works without colour' works_without_colour
ok 'and in the C locale' works_in_the_c_locale
ok 'without a terminal it prints screens' prints_screens
done_testing
