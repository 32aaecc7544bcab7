# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Runs collectd with every plugin that was built, sends its values to each store
# that has a dashboard, and causes losses meanwhile: for the test of the
# dashboards, and for their pictures. To be sourced; undo_all ends what it
# starts.

# shellcheck source=tests/live/daemon.sh
. "$(dirname "${BASH_SOURCE[0]}")/../live/daemon.sh"
# shellcheck source=tests/live/watch.sh
. "$live_directory/watch.sh"
# shellcheck source=tests/sinks/stores.sh
. "$(dirname "${BASH_SOURCE[0]}")/stores.sh"

# Starts prometheus, and sets prometheus to its process. It scrapes collectd at
# COLLECTD-PORT.
prometheus_start() { # FOLDER PORT COLLECTD-PORT
  server_find prometheus prometheus || return 1
  mkdir -p "$1"
  cat >"$1/prometheus.yml" <<CONF
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: collectd
    honor_labels: true
    static_configs:
      - targets: ["127.0.0.1:$3"]
CONF
  # shellcheck disable=SC2154 # set by server_find
  server_start prometheus "$1/prometheus.log" "$server_program" \
    --config.file="$1/prometheus.yml" --storage.tsdb.path="$1/data" \
    --web.listen-address="127.0.0.1:$2"
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$prometheus" "$2" "$1/prometheus.log"
}

# Succeeds once Prometheus has scraped collectd, which takes some seconds.
prometheus_scrapes() {
  perl -MHTTP::Tiny -e 'print HTTP::Tiny->new->get($ARGV[0])->{content}' \
    "$prometheus_url/api/v1/query?query=up%3D%3D1" | grep -q '"value"'
}

# Starts the stores, with their files below $home. Sets graphite_url,
# influxdb_url and prometheus_url, and STOCK to collectd's configuration for
# them.
dashboards_stores() {
  # shellcheck disable=SC2034 # for server_find
  server_packages=$NETLOSS_BUILD/packages
  local carbon_port pickle_port query_port web_port
  local influxdb_port rpc_port input_port udp_port
  local prometheus_port scrape_port
  carbon_port=$(free_port 12003)
  pickle_port=$(free_port $((carbon_port + 1)))
  query_port=$(free_port $((pickle_port + 1)))
  web_port=$(free_port 18080)
  influxdb_port=$(free_port 18086)
  rpc_port=$(free_port $((influxdb_port + 1)))
  input_port=$(free_port 25926)
  udp_port=$(free_port 18089)
  prometheus_port=$(free_port 19090)
  scrape_port=$(free_port 19103)

  carbon_start "$home/graphite" 1s:30m "$carbon_port" "$pickle_port" "$query_port"
  graphite_web_start "$home/graphite" "$web_port" "$query_port"
  influxdb_start "$home/influxdb" "$influxdb_port" "$rpc_port" <<CONF
[[collectd]]
  enabled = true
  bind-address = "127.0.0.1:$input_port"
  database = "collectd"
  typesdb = "/usr/share/collectd/types.db"
  parse-multivalue-plugin = "split"
  batch-timeout = "1s"
[[udp]]
  enabled = true
  bind-address = "127.0.0.1:$udp_port"
  database = "collectd_udp"
  precision = "ms"
  batch-timeout = "1s"
CONF
  prometheus_start "$home/prometheus" "$prometheus_port" "$scrape_port"

  # shellcheck disable=SC2034 # for the sourcing script
  graphite_url=http://127.0.0.1:$web_port
  # shellcheck disable=SC2034 # for the sourcing script
  influxdb_url=http://127.0.0.1:$influxdb_port
  prometheus_url=http://127.0.0.1:$prometheus_port
  # shellcheck disable=SC2034 # for configure_daemon
  read -r -d '' STOCK <<CONF || true
LoadPlugin write_graphite
<Plugin write_graphite>
  <Node "graphite">
    Host "127.0.0.1"
    Port "$carbon_port"
    Prefix "collectd."
  </Node>
</Plugin>
LoadPlugin network
<Plugin network>
  Server "127.0.0.1" "$input_port"
  MaxPacketSize 1452
</Plugin>
LoadPlugin write_influxdb_udp
<Plugin write_influxdb_udp>
  Server "127.0.0.1" "$udp_port"
  StoreRates true
</Plugin>
LoadPlugin write_prometheus
<Plugin write_prometheus>
  Host "127.0.0.1"
  Port "$scrape_port"
</Plugin>
CONF
}

# Prints the plugins that were built, one per line.
built_layers() {
  find "$(module_directory)" -name '*.so' -printf '%f\n' | sed 's/\.so$//' | sort
}

# Starts collectd, with a read per second.
dashboards_collect() {
  local name
  for name in $(built_layers); do
    printf 'LoadPlugin %s\n' "$name"
    # Some of the losses are not watched by default.
    "$live_directory/loss/$name.sh" configuration 2>/dev/null || true
    case $name in
    softnet) printf '<Plugin softnet>\n  ReportByCpu true\n</Plugin>\n' ;;
    sock_backlog)
      printf '<Plugin sock_backlog>\n  ReportConnections true\n</Plugin>\n'
      ;;
    esac
  done | configure_daemon 1
  start_daemon
}

# Causes all losses of the demo.
dashboards_lose() {
  local -a names
  mapfile -t names < <(built_layers)
  run_demo "$home" "${names[@]}"
}
