# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Servers that keep collectd's values, each with all it writes below a folder of
# its own, on the loopback device: for quickstart and the tests. To be sourced;
# what it starts ends with undo_all, or with server_stop.

stores_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/lib.sh
. "$stores_directory/../live/lib.sh"
# shellcheck source=tests/packages.sh
. "$stores_directory/../packages.sh"

# Debian's packages of the servers would start them for the whole host. So those
# are not installed; if they are not there already, they are unpacked.

# Sets server_program to a server's program, which is there already or unpacked
# into the folder in server_packages.
server_packages=
server_find() { # PACKAGE PROGRAM
  server_program=$(command -v "$2") || {
    server_program=$server_packages/usr/bin/$2
    [ -x "$server_program" ] || packages_unpack "$server_packages" "$1"
  }
}

# Runs a server, in the namespace in server_namespace if there is one. Its
# process's number goes into the variable NAME, its output to a file. Ctrl-C on
# the terminal does not reach it.
server_namespace=
server_start() { # NAME OUTPUT COMMAND...
  local -a wrapper=(setsid)
  [ -z "$server_namespace" ] || wrapper+=(ip netns exec "$server_namespace")
  "${wrapper[@]}" "${@:3}" </dev/null >"$2" 2>&1 3>&- 4>&- &
  undo_later kill -CONT "$!"
  undo_later kill "$!"
  printf -v "$1" %s "$!"
}

# Ends a server and waits for it.
server_stop() { # PID
  kill "$1" 2>/dev/null || true
  wait_until 20 server_is_gone "$1" || kill -KILL "$1"
  wait "$1" 2>/dev/null || true
}

server_is_gone() { # PID
  ! kill -0 "$1" 2>/dev/null
}

# Whether somebody listens on 127.0.0.1, or has given up meanwhile.
port_is_open() { # PORT
  within "$server_namespace" bash -c ": <>/dev/tcp/127.0.0.1/$1" 2>/dev/null
}

server_answers_or_is_gone() { # PID PORT
  port_is_open "$2" || server_is_gone "$1"
}

# Waits until a server answers; 1, with the end of its output, if it does not.
server_wait() { # PID PORT OUTPUT
  wait_until 60 server_answers_or_is_gone "$1" "$2" || true
  if server_is_gone "$1" || ! port_is_open "$2"; then
    tail -n 25 "$3" >&2
    return 1
  fi
}

# The first port from PORT on, that nobody on this host uses.
free_port() { # PORT
  local port=$1
  while [ -n "$(ss -Htuln "sport = :$port")" ]; do
    port=$((port + 1))
  done
  printf '%s\n' "$port"
}

# --- Carbon and Graphite-web -------------------------------------------------

# Starts carbon-cache, and sets carbon to its process. All is kept below FOLDER,
# the values in FOLDER/whisper; a point of a series is as old as RETENTIONS say.
carbon_start() { # FOLDER RETENTIONS PORT PICKLE-PORT QUERY-PORT
  server_find graphite-carbon carbon-cache || return 1
  mkdir -p "$1"/{whisper,log,conf}
  rm -f "$1/carbon.pid"
  cat >"$1/conf/carbon.conf" <<CONF
[cache]
STORAGE_DIR = $1
LOCAL_DATA_DIR = $1/whisper
CONF_DIR = $1/conf
LOG_DIR = $1/log
PID_DIR = $1
ENABLE_LOGROTATION = False
MAX_CACHE_SIZE = inf
MAX_UPDATES_PER_SECOND = inf
MAX_CREATES_PER_MINUTE = inf
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = $3
ENABLE_UDP_LISTENER = False
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = $4
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = $5
CARBON_METRIC_INTERVAL = 0
ENABLE_TAGS = False
LOG_UPDATES = False
LOG_CREATES = False
CONF
  cat >"$1/conf/storage-schemas.conf" <<CONF
[collectd]
pattern = .*
retentions = $2
CONF
  server_start carbon "$1/carbon.log" env \
    PYTHONPATH="$server_packages/usr/lib/python3/dist-packages" GRAPHITE_ROOT="$1" \
    /usr/bin/python3 "$server_program" --nodaemon --config="$1/conf/carbon.conf" \
    --logdir="$1/log" --pidfile="$1/carbon.pid" start
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$carbon" "$3" "$1/carbon.log"
}

# Starts graphite-web for that carbon, and sets graphite_web to its process. A
# page of ours, FOLDER/graphs.html, is at /netloss.
graphite_web_start() { # FOLDER PORT QUERY-PORT
  local -a django=(env DJANGO_SETTINGS_MODULE=graphite.settings
    GRAPHITE_SETTINGS_MODULE=netloss_settings
    PYTHONPATH="$stores_directory/graphite_web" PYTHONDONTWRITEBYTECODE=1
    NETLOSS_GRAPHITE="$1" NETLOSS_QUERY_PORT="$3" /usr/bin/python3 -m django)
  mkdir -p "$1/log"
  within "$server_namespace" "${django[@]}" migrate --run-syncdb \
    </dev/null >"$1/graphite-web.log" 2>&1 || {
    tail -n 25 "$1/graphite-web.log" >&2
    return 1
  }
  server_start graphite_web "$1/graphite-web.log" \
    "${django[@]}" runserver --noreload "127.0.0.1:$2"
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$graphite_web" "$2" "$1/graphite-web.log"
}

# The page with the ready graphs, of the values of a host.
graphs_page() { # HOST
  awk -v prefix="collectd.${1//./_}" -f "$stores_directory/graphs.awk" \
    "$stores_directory/../../dashboards/graphite/graphs.tsv"
}

# --- InfluxDB ----------------------------------------------------------------

# The block of influxdb.conf that a sample shows, without its comment signs.
influxdb_sample() { # SAMPLE INPUT
  sed -n "/^#   \[\[$2\]\]/,/^#\$/s/^#   //p" "$stores_directory/../../conf.d/$1"
}

# Starts influxd, and sets influxdb to its process. Its inputs, as the samples
# show them, are on standard input.
influxdb_start() { # FOLDER PORT RPC-PORT
  server_find influxdb influxd || return 1
  mkdir -p "$1"
  cat >"$1/influxdb.conf" <<CONF
reporting-enabled = false
bind-address = "127.0.0.1:$3"
[meta]
  dir = "$1/meta"
[data]
  dir = "$1/data"
  wal-dir = "$1/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:$2"
  log-enabled = false
$(cat)
CONF
  server_start influxdb "$1/influxdb.log" env HOME="$1" \
    "$server_program" -config "$1/influxdb.conf"
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$influxdb" "$2" "$1/influxdb.log"
}
