#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A loss in InfluxDB 1.6, by collectd's own protocol and by the line protocol.
# The inputs are configured as the samples advise.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
}

teardown() {
  sinks_teardown
}

influx() { # QUERY
  ip netns exec "$inside" influx -database collectd -format csv \
    -execute "$(tr '\n' ' ' <<<"$1")"
}

tags=host=web1.example.com,instance=Udp,type=protocol_counter,type_instance=RcvbufErrors

# Prints all values of the loss, as TIME VALUE.
influxdb_points() { # MEASUREMENT
  influx "SELECT \"value\" FROM \"$1\" WHERE \"host\" = 'web1.example.com'
    AND \"instance\" = 'Udp' AND \"type\" = 'protocol_counter'
    AND \"type_instance\" = 'RcvbufErrors'" |
    sed -nE "s/^$1,([0-9]+)([0-9]{3})[0-9]{6},/\1.\2 /p"
}

influxdb_newest_is() { # MEASUREMENT VALUE
  [[ $(influxdb_points "$1" | tail -n 1) == *" $2" ]]
}

integral_is() { # MEASUREMENT NUMBER
  [ "$(influxdb_points "$1" | integral)" = "$2" ]
}

# Checks that the series has the documented tags and no others.
is_as_documented() { # MEASUREMENT
  documented "$1,$tags value="
  influx 'SHOW SERIES' | tr -d '"' | grep -xF "$1,$tags"
}

# The state of alerts is sent as a value.
alert_was_raised() { # MEASUREMENT
  influx "SELECT max(\"value\") FROM \"$1\" WHERE \"type\" = 'gauge'
    AND \"type_instance\" = 'alert'" | grep -q ',2$'
}

start() { # SAMPLE INPUT
  influxdb_start "$home/store" 8086 8088 <<CONF
$(influxdb_sample "$1.conf" "$2")
  batch-timeout = "1s"
CONF
}

# Runs the query in a sample's comments and prints its greatest value.
sample_query_max() { # SAMPLE
  influx "$(sample "$1" | sed -n '/^#   SELECT/,/^#$/s/^#//p' |
    sed "s/softnet/snmp_proto/; s/dropped/RcvbufErrors/; s/(10s)/(1s)/")" |
    awk -F , '$NF + 0 > max { max = $NF } END { print int(max) }'
}

@test "sink-influxdb.conf: the kernel's number, under the documented name and by the sample's query" {
  start sink-influxdb collectd
  start_with_sinks 0.5 sink-influxdb </dev/null
  lose_and_read 1234
  wait_until 30 influxdb_newest_is snmp_proto_value 1234 || influxdb_points snmp_proto_value
  influxdb_newest_is snmp_proto_value 1234
  is_as_documented snmp_proto_value
  wait_until 30 alert_was_raised snmp_proto_value
  [ "$(sample_query_max sink-influxdb)" -eq 1234 ]
  stop_daemon
  [ -z "$(complaints)" ]
}

@test "sink-influxdb-udp.conf: the rates add up to the kernel's number, under the documented name" {
  start sink-influxdb-udp udp
  start_with_sinks 2 sink-influxdb-udp </dev/null
  lose_and_read 567
  wait_until 30 integral_is snmp_proto 567 || influxdb_points snmp_proto
  integral_is snmp_proto 567
  is_as_documented snmp_proto
  wait_until 30 alert_was_raised snmp_proto
  stop_daemon
  [ -z "$(complaints)" ]
  [ "$(grep -c 'Failed to write' "$home/store/influxdb.log")" -eq 0 ]
}
