#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command netloss, alone, names each of the demo's losses: place, object, rate
# and setting in its first three lines.

. "$BATS_TEST_DIRNAME/lib.sh"

setup() {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  netloss=$NETLOSS_BUILD/netloss
  [ -x "$netloss" ] || skip "the command was not built"
  cd "$BATS_TEST_TMPDIR" || return 1
  demo=
}

teardown() {
  [ -z "$demo" ] || end_demo
}

# Starts the demo of a layer.
begin_demo() { # LAYER
  env NETLOSS_BUILD="$NETLOSS_BUILD" "$live_directory/loss/$1.sh" demo 20 \
    >demo.log 2>&1 3>&- &
  demo=$!
}

end_demo() {
  kill "$demo" 2>/dev/null || true
  wait "$demo" || true
  demo=
}

is_over() {
  ! kill -0 "$demo" 2>/dev/null
}

# Repeats netloss until its first three lines match, while the demo runs; skips
# if the loss cannot be caused here.
names_in_its_first_lines() { # REGEX...
  local regex status end=$((SECONDS + 25))
  while [ "$SECONDS" -lt "$end" ] && ! is_over; do
    status=0
    "$netloss" >screen 2>errors || status=$?
    head -n 3 screen | tr -s ' \n' ' ' >first
    for regex in "$@"; do
      grep -qE -e "$regex" first || continue 2
    done
    [ "$status" -eq 1 ] || return 1
    return 0
  done
  cat screen errors demo.log
  status=0
  ! is_over || wait "$demo" || status=$?
  [ "$status" -ne 77 ] || skip "$(tail -n 1 demo.log)"
  return 1
}

@test "a full receive buffer and a full accept queue" {
  begin_demo sock_backlog
  names_in_its_first_lines 'LOSING: [0-9]+ places?' \
    '! listen tcp-7998 [0-9]+/s refused at its accept queue' \
    'listen\(\) backlog is 4: '
  grep -E '^! socket  udp-7999 +[0-9]+/s  lost at its receive buffer' screen
  grep -F 'SO_RCVBUF is' screen
  # The protocols' counters and the kernel's reasons show the same packets.
  ! grep -E 'RcvbufErrors|ListenOverflows' screen || return 1
}

@test "sockets that are gone before anybody sees them" {
  begin_demo snmp_proto
  names_in_its_first_lines '! listen ListenOverflows [0-9]+/s dropped' \
    'net.core.somaxconn is [0-9]+'
  grep -E '^! socket  Udp RcvbufErrors +[0-9]+/s' screen
}

@test "a qdisc that is full" {
  begin_demo nic_ethtool
  names_in_its_first_lines '! qdisc netloss0 [0-9]+/s lost in its qdisc' \
    'qdisc is tbf, limit [0-9]+ bytes'
}

@test "the backlog of a CPU" {
  begin_demo softnet
  names_in_its_first_lines '! backlog cpu [0-9]+ [0-9]+k?/s dropped' \
    'net.core.netdev_max_backlog is [0-9]+'
}

@test "what only the kernel's reasons show" {
  begin_demo drop_reason
  names_in_its_first_lines '! send full_ring [0-9.]+k?/s dropped as FULL_RING' \
    'txqueuelen'
}

@test "the rate is the kernel's" {
  local before after shown
  begin_demo sock_backlog
  wait_until 10 grep -q overfilled demo.log
  before=$(protocol_counter "" Udp RcvbufErrors)
  "$netloss" --json --interval 4 >json || [ $? -eq 1 ]
  after=$(protocol_counter "" Udp RcvbufErrors)
  shown=$(perl -MJSON::PP -e 'local $/; my $host = decode_json(<STDIN>);
    for my $place (@{$host->{places}}) {
      for my $loss (@{$place->{losses}}) {
        print $loss->{lost} if $loss->{object} eq "udp-7999";
      }
    }' <json)
  # The counter is read just before and just after.
  [ "$shown" -gt 0 ]
  [ "$shown" -le $((after - before)) ]
  [ "$shown" -ge $(((after - before) * 6 / 10)) ]
}

@test "the command says what an ordinary user cannot see" {
  id nobody >/dev/null || skip "there is no user nobody"
  cp "$netloss" "$BATS_TEST_TMPDIR/netloss"
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/netloss"
  setpriv --reuid nobody --clear-groups true 2>/dev/null ||
    skip "setpriv cannot change the user"
  setpriv --reuid nobody --clear-groups "$BATS_TEST_TMPDIR/netloss" \
    --interval 0.2 >screen || [ $? -eq 1 ]
  grep -E '^[ !~] backlog ' screen
  grep -E '^\? kernel +unknown' screen
  grep -F 'CAP_BPF' screen
}
