# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Starts servers that store collectd's values, on the loopback device, each with
# its files below a folder of its own. For quickstart and the tests. To be
# sourced; undo_all or server_stop ends what it starts.

stores_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/lib.sh
. "$stores_directory/../live/lib.sh"
# shellcheck source=tests/packages.sh
. "$stores_directory/../packages.sh"

# Once installed, Debian's packages would start the servers for the whole host.
# They are unpacked instead, unless they are installed already.

# Sets server_program to a server's program: an installed one, or one unpacked
# into the folder in server_packages.
server_packages=
server_find() { # PACKAGE PROGRAM
  server_program=$(command -v "$2") || {
    server_program=$server_packages/usr/bin/$2
    [ -x "$server_program" ] || packages_unpack "$server_packages" "$1"
  }
}

# Starts a server, in the namespace in server_namespace if that is set. Its
# process ID goes into the variable NAME, its output to a file. Ctrl-C on the
# terminal does not reach it.
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

# Succeeds if a server listens on a port of 127.0.0.1.
port_is_open() { # PORT
  within "$server_namespace" bash -c ": <>/dev/tcp/127.0.0.1/$1" 2>/dev/null
}

server_answers_or_is_gone() { # PID PORT
  port_is_open "$2" || server_is_gone "$1"
}

# Waits until a server answers. If it does not, shows the end of its output and
# returns 1.
server_wait() { # PID PORT OUTPUT
  wait_until 60 server_answers_or_is_gone "$1" "$2" || true
  if server_is_gone "$1" || ! port_is_open "$2"; then
    tail -n 25 "$3" >&2
    return 1
  fi
}

# Prints the first unused port from PORT on.
free_port() { # PORT
  local port=$1
  while [ -n "$(ss -Htuln "sport = :$port")" ]; do
    port=$((port + 1))
  done
  printf '%s\n' "$port"
}

# --- Carbon and Graphite-web -------------------------------------------------

# Starts carbon-cache, and sets carbon to its process. Its files are below
# FOLDER, the values in FOLDER/whisper. RETENTIONS are those of
# storage-schemas.conf.
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

# Starts graphite-web for that carbon, and sets graphite_web to its process. It
# serves FOLDER/graphs.html at /netloss.
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

# Prints the page with the graphs of a host.
graphs_page() { # HOST
  awk -v prefix="collectd.${1//./_}" -f "$stores_directory/graphs.awk" \
    "$stores_directory/../../dashboards/graphite/graphs.tsv"
}

# --- InfluxDB ----------------------------------------------------------------

# Prints the block of influxdb.conf in a sample's comments.
influxdb_sample() { # SAMPLE INPUT
  sed -n "/^#   \[\[$2\]\]/,/^#\$/s/^#   //p" "$stores_directory/../../conf.d/$1"
}

# Starts influxd, and sets influxdb to its process. Standard input has the
# configuration of its inputs.
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
