#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sinks that are down, slow or full: the plugins keep reading and judging, and
# no value that a sink can accept later is lost.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
  let_others_in
}

teardown() {
  sinks_teardown
}

loss_in_carbon=collectd.web1_example_com.snmp_proto-Udp.protocol_counter-RcvbufErrors

counts() {
  sample sink-graphite | sed 's/StoreRates true/StoreRates false/'
}

# Succeeds if the loss was raised and cleared at least so often.
alerts_are() { # RAISED CLEARED
  [ "$(log_count 'severity = (FAILURE|WARNING), .*RcvbufErrors')" -ge "$1" ] &&
    [ "$(log_count 'severity = OKAY, .*RcvbufErrors')" -ge "$2" ]
}

# Causes two losses and waits until each was raised and cleared, a dozen reads
# later.
plugins_go_on() {
  local raised
  raised=$(log_count 'severity = OKAY, .*RcvbufErrors')
  for _ in 1 2; do
    raised=$((raised + 1))
    lose 100
    wait_until 60 alerts_are "$raised" "$raised"
  done
}

# Prints how many bytes wait in the send queues to carbon.
stuck_bytes() {
  ip netns exec "$inside" ss -Htn state established 'dport = :2003' |
    awk '{ sum += $2 } END { print sum + 0 }'
}

carbon_is_clogged() {
  [ "$(stuck_bytes)" -ge 2000 ]
}

@test "carbon stops reading: the plugins go on, and every value arrives once it reads again" {
  local setting
  for setting in tcp_rmem tcp_wmem; do
    ip netns exec "$inside" bash -c \
      "echo 4096 4096 4096 >/proc/sys/net/ipv4/$setting"
  done
  carbon_start "$home/store" 1s:10m 2003 2004 7002
  start_with_sinks 1 <<<"$(counts)"
  kill -STOP "$carbon"
  wait_until 60 carbon_is_clogged || stuck_bytes
  carbon_is_clogged
  plugins_go_on
  carbon_is_clogged
  kill -CONT "$carbon"
  wait_until 60 carbon_newest_is "$loss_in_carbon" 200 || carbon_newest "$loss_in_carbon"
  stop_daemon
  wait_until 60 has_all_points "$home" || lost_points "$home" | head -n 20
  has_all_points "$home"
}

@test "carbon is down: the plugins go on, other sinks have every value, and carbon has the sum once it is up" {
  start_with_sinks 0.5 <<<"$(counts)"
  plugins_go_on
  wait_until 30 value_is "$udp_loss" 200
  log_has 'write_graphite plugin: Connecting to localhost:2003 via tcp failed'
  carbon_start "$home/store" 1s:10m 2003 2004 7002
  wait_until 60 carbon_newest_is "$loss_in_carbon" 200 || carbon_newest "$loss_in_carbon"
  carbon_newest_is "$loss_in_carbon" 200
}

# Succeeds if Prometheus would scrape this value of the loss.
scraped_is() { # VALUE
  ip netns exec "$inside" curl -sS http://127.0.0.1:9103/metrics |
    grep -q "^collectd_snmp_proto_protocol_counter_total{snmp_proto=\"Udp\",type=\"RcvbufErrors\",.*} $1 "
}

@test "the disk of the CSV files is full: the plugins and other sinks go on" {
  mkdir "$home/csv"
  undo_later umount --lazy "$home/csv"
  mount -t tmpfs -o size=256k tmpfs "$home/csv"
  start_with_sinks 0.5 sink-prometheus </dev/null
  dd if=/dev/zero of="$home/csv/filler" bs=4k status=none || true
  [ "$(stat -f -c %a "$home/csv")" -eq 0 ]
  plugins_go_on
  wait_until 30 scraped_is 200
  [ "$(row_count "$udp_loss")" -eq 0 ] # no room for a new file
  rm "$home/csv/filler"
  wait_until 30 value_is "$udp_loss" 200
}

@test "a program never ends: the plugins go on, and each alert starts it again" {
  local program=$home/program
  cat >"$program" <<'PROGRAM'
#!/bin/sh
echo began >>"${0%/*}/shared/began"
until [ -e "${0%/*}/end" ]; do
  sleep 0.2
done
PROGRAM
  mkdir "$home/shared"
  chmod 777 "$home/shared"
  chmod +x "$program"
  undo_later touch "$home/end"
  start_with_sinks 0.5 <<<"$(sample alerts-exec |
    sed "s|\"/etc/collectd/alerts-exec.sh\"|\"$program\"|")"
  plugins_go_on
  wait_until 30 has_lines "$home/shared/began" 4
}

has_lines() { # FILE COUNT
  [ "$(wc -l <"$1")" -ge "$2" ]
}

@test "a mail server does not answer: the plugins go on, and the mails arrive once it does" {
  mail_server_start
  kill -STOP "$mail_server"
  start_with_sinks 0.5 alerts-email </dev/null
  for _ in 1 2; do # notifications in the log wait for the mail; values do not
    lose 100
    wait_until 60 value_is snmp_proto/gauge-alert 2.000000
    wait_until 60 value_is snmp_proto/gauge-alert 0.000000
  done
  value_is "$udp_loss" 200
  [ -z "$(find "$home/mail" -type f)" ]
  kill -CONT "$mail_server"
  wait_until 60 mails_are 4
  grep -h '^Subject' "$home"/mail/new/* | sort | uniq -c
}

mails_are() { # COUNT
  [ "$(grep -l '^Subject: ' "$home"/mail/new/* 2>/dev/null | wc -l)" -ge "$1" ]
}
