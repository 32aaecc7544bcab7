#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Runs quickstart in a copy of the sources whose path contains a blank.

setup_file() {
  export COPY="$BATS_FILE_TMPDIR/a clone"
  mkdir "$COPY"
  tar -c -C "$BATS_TEST_DIRNAME/../.." --exclude ./.git --exclude ./build \
    --exclude ./build-check --exclude ./run . | tar -x -C "$COPY"
}

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
}

teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
    tail -n 40 "$COPY"/run/*.log || true
  fi
  live_teardown
}

quickstart() {
  run env -C "$COPY" timeout --foreground 600 ./quickstart "$@" </dev/null
  echo "$output"
}

# Fails if a process still has its working directory in the copy.
nothing_is_left() {
  local process
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd" || true) in
    "$COPY"*)
      tr '\0' ' ' <"$process/cmdline"
      return 1
      ;;
    esac
  done
}

@test "wrong options are refused with the usage" {
  quickstart --colour
  [ "$status" -eq 2 ]
  [[ $output == *"--colour: no such option"*"usage: ./quickstart"* ]]
  quickstart --seconds soon
  [ "$status" -eq 2 ]
  quickstart --seconds
  [ "$status" -eq 2 ]
  quickstart --with rrd
  [ "$status" -eq 2 ]
  [[ $output == *"--with: expected graphite or influxdb, found \"rrd\""* ]]
  quickstart --seconds=soon
  [ "$status" -eq 2 ]
  quickstart -h
  [ "$status" -eq 0 ]
  quickstart --help
  [ "$status" -eq 0 ]
  [[ $output == "usage: ./quickstart"* ]]
  [ ! -e "$COPY/run" ]
}

@test "--seconds=5: it builds, collects, shows the ladder and leaves no process" {
  quickstart --seconds=5
  [ "$status" -eq 0 ]
  # At the beginning, and as its last table.
  [ "$(grep -cE '^netloss  .* Linux [0-9.]+  1\.[0-9] s ' <<<"$output")" -eq 2 ]
  [ "$(grep -cE '^[ !~] (ring|backlog) ' <<<"$output")" -ge 2 ]
  nothing_is_left
  [ "$(find "$COPY/run/csv" -name 'packets-dropped-*' | wc -l)" -ge 1 ]
}

@test "a second start in the same clone names the first" {
  local first
  (cd "$COPY" && exec ./quickstart --seconds 20 </dev/null >"$home/first" 2>&1 3>&-) &
  first=$!
  wait_until 60 grep -q 'Alerts appear' "$home/first"
  quickstart --seconds 1
  [ "$status" -eq 1 ]
  [[ $output == *"quickstart: another quickstart runs in this clone: process "* ]]
  kill -INT "$(<"$COPY/build/quickstart.pid")"
  wait "$first"
  nothing_is_left
}

@test "a demo that is ended early says what it left out, and succeeds" {
  need_root
  quickstart --demo --seconds 4
  [ "$status" -eq 0 ]
  grep -qE "^Demo: ended before softnet's turn$" <<<"$output"
  nothing_is_left
}

@test "run/ is private, and no link in its place or in it is written through" {
  mkdir "$home/other"
  echo precious >"$home/other/collectd.conf"
  rm -rf "$COPY/run"
  ln -s "$home/other" "$COPY/run"
  quickstart --seconds 3
  [ "$status" -eq 0 ]
  [ ! -L "$COPY/run" ]
  [ "$(stat -c %a "$COPY/run")" = 700 ]
  [ "$(ls "$home/other")" = collectd.conf ]
  ln -sf "$home/other/collectd.conf" "$COPY/run/collectd.conf"
  ln -sf "$home/other/collectd.conf" "$COPY/run/collectd.log"
  quickstart --seconds 3
  [ "$status" -eq 0 ]
  [ "$(<"$home/other/collectd.conf")" = precious ]
}

# Prints the series of the last run, as PLUGIN-INSTANCE/TYPE-METER.
series() {
  find "$COPY"/run/csv/* -type f -printf '%P\n' |
    sed -E 's/-[0-9]{4}-[0-9]{2}-[0-9]{2}$//' | sort -u
}

# Prints the series that release 0.1 sent for the demo's own objects, limited to the
# plugins that ran.
expected_series() {
  local plugins
  plugins=$(series | sed 's/[-/].*//' | sort -u | paste -sd '|')
  grep -E "^($plugins)[-/]" "$BATS_TEST_DIRNAME/../fixtures/series/demo.txt" |
    LC_ALL=C sort
}

no_series_is_missing() {
  local missing
  missing=$(LC_ALL=C comm -13 <(series | LC_ALL=C sort) <(expected_series))
  echo "$missing"
  [ -z "$missing" ]
}

@test "--demo: the alerts name object, rate and limit, and clear" {
  need_root
  local limit
  limit=$(<"$(sysctl_file net.core.netdev_max_backlog)")
  [ "$limit" -le 10000 ] || skip "net.core.netdev_max_backlog is $limit"
  quickstart --demo --seconds 75
  [ "$status" -eq 0 ]
  if [ -e /dev/net/tun ] && grep -qs '^drop_reason|' "$COPY/run/expected"; then
    grep -qE '^[0-9:]+  (FAILURE|WARNING) +this host dropped [0-9.]+/s as FULL_RING .*; mostly IPv4 at tun_net_xmit$' <<<"$output"
    grep -qE '^Demo: the alert for drop_reason: full_ring was raised and cleared$' <<<"$output"
  fi
  grep -qE "^[0-9:]+  (FAILURE|WARNING) +cpu [0-9]+ dropped [0-9.]+/s from its backlog .*net\.core\.netdev_max_backlog is $limit: " <<<"$output"
  grep -qE '^[0-9:]+  OKAY +cpu [0-9]+ dropped nothing .* [0-9]+ packets lost in ' <<<"$output"
  grep -qE "^[0-9:]+  (FAILURE|WARNING) +netloss0 lost [0-9.]+/s in its qdisc .*; qdisc is tbf, limit 400 bytes: " <<<"$output"
  grep -qE '^Demo: the alert for nic_ethtool: netloss0:qdisc was raised and cleared$' <<<"$output"
  grep -qE '^Demo: the alert for softnet: dropped was raised and cleared$' <<<"$output"
  grep -qE "^[0-9:]+  (FAILURE|WARNING) +Udp lost [0-9.]+/s in full receive buffers .*net\.core\.rmem_max is $(<"$(sysctl_file net.core.rmem_max)"): " <<<"$output"
  grep -qE "^[0-9:]+  (FAILURE|WARNING) +TcpExt dropped [0-9.]+/s at full accept queues .*net\.core\.somaxconn is $(<"$(sysctl_file net.core.somaxconn)"): " <<<"$output"
  grep -qE '^Demo: the alert for snmp_proto: Udp:RcvbufErrors was raised and cleared$' <<<"$output"
  grep -qE '^Demo: the alert for snmp_proto: TcpExt:ListenOverflows was raised and cleared$' <<<"$output"
  grep -qE '^[0-9:]+  FAILURE +tcp-7998 uses 100 % of its accept queue .*; listen\(\) backlog is 4: .*; netload\[[0-9]+\] at 127\.0\.0\.1: 5 of 4 waiting' <<<"$output"
  grep -qE '^Demo: the alert for sock_backlog: tcp-7998:accept_queue was raised and cleared$' <<<"$output"
  grep -qE '^Demo: the alert for sock_backlog: udp-7999:dropped was raised and cleared$' <<<"$output"
  no_series_is_missing
  nothing_is_left
}

# Sets COPY to another copy, configured and built in place. Its path has no blank,
# which configure would refuse.
configure_in_place() {
  local clone=$COPY
  COPY=$BATS_TEST_TMPDIR/configured
  mkdir "$COPY"
  tar -c -C "$clone" --exclude ./build --exclude ./run . | tar -x -C "$COPY"
  (cd "$COPY" && ./configure && make -s softnet.la) >"$home/in-place" 2>&1 ||
    cat "$home/in-place"
  [ -e "$COPY/.libs/softnet.so" ]
}

@test "it builds from a clean copy of a tree that was configured and built in place" {
  export CFLAGS=-O0
  configure_in_place
  quickstart --seconds 3
  [ "$status" -eq 0 ]
  grep -qE '^  collectd   .*\<loss_ledger\>.*\<softnet;' <<<"$output"
  grep -qE '^  backlog +ok ' <<<"$output"
  [ -e "$COPY/build/.libs/softnet.so" ]
  nothing_is_left
}

our_namespaces() {
  ip netns list | sed -n '/^netloss-/s/ .*//p' | sort
}

@test "a demo that is cut short names what is missing, and leaves nothing behind" {
  need_root
  local before
  before=$(our_namespaces)
  quickstart --demo --seconds 9 # in the middle of the last loss
  [ "$status" -eq 0 ]
  grep -qE '^Demo: .*ended before' <<<"$output"
  nothing_is_left
  [ "$(our_namespaces)" = "$before" ]
}

@test "Ctrl-C ends it cleanly, and it prints its table" {
  run env -C "$COPY" timeout --preserve-status --signal INT 5 ./quickstart </dev/null
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -cE '^  backlog +ok ' <<<"$output")" -eq 2 ]
  grep -q 'Exiting normally' "$COPY/run/collectd.log"
  nothing_is_left
}

# Starts it with its output in $home/quickstart-output, and waits until it collects.
begin_quickstart() { # OPTION...
  env -C "$COPY" timeout --foreground 600 ./quickstart "$@" \
    </dev/null >"$home/quickstart-output" 2>&1 3>&- 4>&- &
  quickstart=$!
  undo_later kill "$quickstart"
  wait_until 240 collects_or_is_gone
  grep -q '^Alerts appear here' "$home/quickstart-output"
}

collects_or_is_gone() {
  grep -q '^Alerts appear here' "$home/quickstart-output" ||
    ! kill -0 "$quickstart" 2>/dev/null
}

# Waits until it and all that it started have ended.
end_quickstart() {
  wait "$quickstart"
  wait_until 60 nothing_is_left
}

# Loses datagrams on the host's loopback device, as the demo does.
lose_datagrams() {
  "$live_directory/loss/snmp_proto.sh" demo 2
}

rendered() { # OPTION
  curl -gsS "${address%/netloss}/render?from=-5min&target=collectd.*.snmp_proto-Udp.protocol_counter-RcvbufErrors&format=$1"
}

graphite_has_the_loss() {
  rendered raw | tr '|,' '\n' | grep -qE '^[1-9][0-9]*\.[0-9]+$'
}

is_png() {
  [ "$(head -c 4 | tail -c 3)" = PNG ]
}

@test "--with graphite: the address that it prints shows a loss in its graphs" {
  need_root
  local graph
  begin_quickstart --with graphite --seconds 30
  cat "$home/quickstart-output"
  address=$(sed -n 's/^Graphs: //p' "$home/quickstart-output")
  lose_datagrams
  wait_until 60 graphite_has_the_loss || rendered raw
  graphite_has_the_loss
  rendered png | is_png
  # The graphs on the page itself are drawn too.
  graph=$(curl -sS "$address" |
    sed -n '/RcvbufErrors/{s/.* src="\([^"]*\)".*/\1/p;q}' | sed 's/&amp;/\&/g')
  curl -gsS "${address%/netloss}$graph" | is_png
  curl -sSf "${address%/netloss}/static/js/composer.js" >/dev/null
  end_quickstart
}

influxdb_has_the_loss() {
  eval "$(sed -n 's/^Values: //p' "$home/quickstart-output")" -format csv -execute \
    "\"SELECT max(value) FROM snmp_proto_value WHERE type_instance = 'RcvbufErrors' AND time > now() - 5m\"" |
    grep -qE ',[1-9][0-9]*$'
}

@test "--with influxdb: the command that it prints finds a loss" {
  need_root
  begin_quickstart --with influxdb --seconds 30
  cat "$home/quickstart-output"
  lose_datagrams
  wait_until 60 influxdb_has_the_loss
  end_quickstart
}

@test "a failed build ends it, and its error is shown" {
  local source=$COPY/common/layer/runner.c
  mv "$source" "$source.away"
  undo_later mv "$source.away" "$source"
  echo '#error "on purpose"' >"$source"
  quickstart --seconds 5
  [ "$status" -eq 1 ]
  [[ $output == *"on purpose"* ]]
  [ ! -e "$COPY/run/csv" ]
}
