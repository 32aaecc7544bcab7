#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A loss in Graphite: in the whisper files that carbon-cache writes.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
  carbon_start "$home/store" 1s:10m 2003 2004 7002
}

teardown() {
  sinks_teardown
}

# Prints the number of losses that a series of rates adds up to.
integral_of() { # SERIES
  carbon_points | sed -n "s/^$1 //p" | integral
}

integral_is() { # SERIES NUMBER
  [ "$(integral_of "$1")" = "$2" ]
}

@test "sink-graphite.conf: the rates add up to the kernel's number, under the documented name" {
  local name=collectd.web1_example_com.snmp_proto-Udp.protocol_counter-RcvbufErrors
  documented "$name"
  start_with_sinks 2 sink-graphite </dev/null
  lose_and_read 567
  wait_until 30 integral_is "$name" 567 || integral_of "$name"
  integral_is "$name" 567
  carbon_points | grep -qE '^collectd\.web1_example_com\.snmp_proto\.gauge-alert [0-9]+ 2$'
  stop_daemon
  [ -z "$(complaints)" ]
}

@test "counts with SeparateInstances: the kernel's number, under the documented name" {
  local name=collectd.web1_example_com.snmp_proto.Udp.protocol_counter.RcvbufErrors
  documented "$name"
  start_with_sinks 0.5 <<CONF
$(sample sink-graphite |
    sed 's/StoreRates true/StoreRates false/; s/#SeparateInstances false/SeparateInstances true/')
CONF
  lose_and_read 1234
  wait_until 30 carbon_newest_is "$name" 1234 || carbon_newest "$name"
  carbon_newest_is "$name" 1234
}
