#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A loss, as Prometheus scrapes it.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
}

teardown() {
  sinks_teardown
}

scrape() {
  ip netns exec "$inside" curl -sS http://127.0.0.1:9103/metrics
}

# Looks for a line with name and labels, value and time.
scraped_is() { # NAME VALUE
  scrape | grep -qF "$1 $2 "
}

@test "sink-prometheus.conf: the kernel's number, under the documented name" {
  local name='collectd_snmp_proto_protocol_counter_total{snmp_proto="Udp",type="RcvbufErrors",instance="web1.example.com"}'
  documented "$name"
  start_with_sinks 2 sink-prometheus </dev/null
  lose_and_read 1234
  wait_until 30 scraped_is "$name" 1234 || scrape
  scraped_is "$name" 1234
  scraped_is 'collectd_snmp_proto_gauge{snmp_proto="alert",instance="web1.example.com"}' 2
  stop_daemon
  # A warning that Debian 12's libmicrohttpd always logs.
  [ "$(complaints | grep -vc MHD_OPTION_EXTERNAL_LOGGER)" -eq 0 ]
}
