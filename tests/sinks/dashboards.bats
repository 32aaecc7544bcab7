#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sends every query of the dashboards to the real stores, filled by a real
# collectd while the kernel lost packets.

setup_file() {
  . "$BATS_TEST_DIRNAME/dashboards.sh"
  [ "$(id -u)" -eq 0 ] || return 0
  undo_begin
  export undo_list home=$BATS_FILE_TMPDIR/home
  mkdir -p "$home"
  need_netload
  dashboards_stores
  export graphite_url influxdb_url prometheus_url
  dashboards_collect
  # shellcheck disable=SC2154 # set by dashboards_stores and dashboards_collect
  export processes="$carbon $graphite_web $influxdb $prometheus $daemon"
  wait_until 60 prometheus_scrapes
  dashboards_lose >"$home/demo"
}

teardown_file() {
  . "$BATS_TEST_DIRNAME/dashboards.sh"
  undo_all
  for process in ${processes:-}; do
    wait_until 60 server_is_gone "$process"
  done
}

setup() {
  . "$BATS_TEST_DIRNAME/dashboards.sh"
  need_root
  sources=$live_directory/../..
}

teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ] && [ -e "$home/demo" ]; then
    cat "$home/demo"
    grep -v 'Notification:' "$home/log" | tail -n 10
  fi
}

# The series that the scripts in tests/live/loss move.
losses=(
  'nic_ethtool netloss0 if_tx_dropped qdisc'
  'softnet - packets dropped'
  'snmp_proto Udp protocol_counter RcvbufErrors'
  'snmp_proto TcpExt protocol_counter ListenOverflows'
  'sock_backlog tcp-7998 percent accept_queue'
  'sock_backlog udp-7999 packets dropped'
)

ask() { # STORE URL FILE
  perl "$sources/tests/dashboards/ask.pl" "$1" "$2" "$sources/dashboards/$3" \
    /usr/share/collectd/types.db "$home/csv/live" "${losses[@]}" \
    >"$BATS_TEST_TMPDIR/output"
}

# Waits for the last values to arrive in the store.
answers() { # STORE URL FILE
  wait_until 60 ask "$@" || {
    cat "$BATS_TEST_TMPDIR/output"
    return 1
  }
  cat "$BATS_TEST_TMPDIR/output"
}

@test "Graphite answers every query of its dashboard with all series that collectd wrote" {
  answers graphite "$graphite_url" grafana/netloss-graphite.json
}

@test "InfluxDB answers every query of its dashboard with all series that collectd wrote" {
  answers influxdb/collectd/counts "$influxdb_url" grafana/netloss-influxdb.json
}

@test "InfluxDB answers every query of its dashboard with the rates of write_influxdb_udp" {
  answers influxdb/collectd_udp/rates "$influxdb_url" grafana/netloss-influxdb.json
}

@test "Prometheus answers every query of its dashboard with all series that collectd wrote" {
  answers prometheus "$prometheus_url" grafana/netloss-prometheus.json
}

@test "graphite-web answers every target of graphs.tsv with all series that collectd wrote" {
  answers graphite "$graphite_url" graphite/graphs.tsv
}

@test "graphite-web renders every graph of graphs.tsv" {
  mkdir "$BATS_TEST_TMPDIR/pictures"
  "$sources/dashboards/graphite/render.pl" "$graphite_url" collectd.live 60 \
    "$BATS_TEST_TMPDIR/pictures"
  [ "$(find "$BATS_TEST_TMPDIR/pictures" -name '*.png' -size +1k | wc -l)" -eq \
    "$(wc -l <"$sources/dashboards/graphite/graphs.tsv")" ]
}

@test "ask.pl reports a query for a series that is never sent" {
  local copy=$BATS_TEST_TMPDIR/graphs.tsv
  sed 's/snmp_proto-Udp\./snmp_proto-Udq./' \
    "$sources/dashboards/graphite/graphs.tsv" >"$copy"
  run perl "$sources/tests/dashboards/ask.pl" graphite "$graphite_url" "$copy" \
    /usr/share/collectd/types.db "$home/csv/live" "${losses[@]}"
  [ "$status" -eq 1 ]
  [[ $output == *"snmp_proto Udp protocol_counter RcvbufErrors did not move"* ]]
}
