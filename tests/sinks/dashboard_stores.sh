# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Stores for what the dashboards ask, from Debian's packages, each with all it
# writes below a folder of its own, on the loopback device. To be sourced after
# lib.sh; what it starts ends with undo_all.

# Sets server_program to a server's program.
server_find() { # PACKAGE PROGRAM
  server_program=$(command -v "$2") || {
    echo "there is no $2: install $1" >&2
    return 1
  }
}

# Runs a server. Its process's number goes into the variable NAME, its output to
# a file.
server_start() { # NAME OUTPUT COMMAND...
  "${@:3}" </dev/null >"$2" 2>&1 3>&- 4>&- &
  undo_later kill "$!"
  printf -v "$1" %s "$!"
}

server_is_gone() { # PID
  ! kill -0 "$1" 2>/dev/null
}

port_is_open() { # PORT
  : 2>/dev/null <>"/dev/tcp/127.0.0.1/$1"
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

# Starts carbon-cache, and sets carbon to its process. All is kept below FOLDER,
# the values in FOLDER/whisper; a point of a series is as old as RETENTIONS say.
carbon_start() { # FOLDER RETENTIONS PORT PICKLE-PORT QUERY-PORT
  server_find graphite-carbon carbon-cache || return 1
  mkdir -p "$1"/{whisper,log,conf}
  cat >"$1/conf/carbon.conf" <<CONF
[cache]
STORAGE_DIR = $1
LOCAL_DATA_DIR = $1/whisper
CONF_DIR = $1/conf
LOG_DIR = $1/log
PID_DIR = $1
ENABLE_LOGROTATION = False
MAX_UPDATES_PER_SECOND = inf
MAX_CREATES_PER_MINUTE = inf
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = $3
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = $4
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = $5
CARBON_METRIC_INTERVAL = 0
ENABLE_TAGS = False
CONF
  cat >"$1/conf/storage-schemas.conf" <<CONF
[all]
pattern = .*
retentions = $2
CONF
  server_start carbon "$1/carbon.log" env GRAPHITE_ROOT="$1" \
    "$server_program" --nodaemon --config="$1/conf/carbon.conf" \
    --logdir="$1/log" --pidfile="$1/carbon.pid" start
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$carbon" "$3" "$1/carbon.log"
}

# Starts graphite-web for that carbon, and sets graphite_web to its process.
graphite_web_start() { # FOLDER PORT QUERY-PORT
  local -a django=(env PYTHONPATH="$1" PYTHONDONTWRITEBYTECODE=1
    DJANGO_SETTINGS_MODULE=graphite.settings
    GRAPHITE_SETTINGS_MODULE=dashboard_settings /usr/bin/python3 -m django)
  cat >"$1/dashboard_settings.py" <<SETTINGS
import secrets
from graphite.app_settings import *
GRAPHITE_ROOT = "/usr/share/graphite-web"
STATIC_ROOT = "/usr/share/graphite-web/static"
CONF_DIR = "$1/conf"
STORAGE_DIR = "$1"
WHISPER_DIR = "$1/whisper"
LOG_DIR = "$1/log"
LOG_ROTATION = False
SECRET_KEY = secrets.token_hex()
CARBONLINK_HOSTS = ["127.0.0.1:$3"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3",
                         "NAME": "$1/graphite.db"}}
FIND_CACHE_DURATION = 0
DEFAULT_CACHE_DURATION = 0
SETTINGS
  "${django[@]}" migrate --run-syncdb </dev/null >"$1/graphite-web.log" 2>&1 || {
    tail -n 25 "$1/graphite-web.log" >&2
    return 1
  }
  server_start graphite_web "$1/graphite-web.log" \
    "${django[@]}" runserver --noreload "127.0.0.1:$2"
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$graphite_web" "$2" "$1/graphite-web.log"
}

# Starts influxd, and sets influxdb to its process. Its inputs are on standard
# input.
influxdb_start() { # FOLDER PORT RPC-PORT
  server_find influxdb influxd || return 1
  mkdir -p "$1"
  cat >"$1/influxdb.conf" <<CONF
reporting-disabled = true
bind-address = "127.0.0.1:$3"
[meta]
  dir = "$1/meta"
[data]
  dir = "$1/data"
  wal-dir = "$1/wal"
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
