# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the tests of sinks. Each test has a namespace of its own for
# collectd, the stores and the losses, so that every port is free and no other
# traffic moves the counters. To be sourced by the .bats files.

# shellcheck source=tests/live/daemon.sh
. "$(dirname "${BASH_SOURCE[0]}")/../live/daemon.sh"
# shellcheck source=tests/sinks/stores.sh
. "$(dirname "${BASH_SOURCE[0]}")/stores.sh"
sources=$stores_directory/../..

# The series of the loss that the tests look for, as collectd's csv plugin names
# it.
udp_loss=snmp_proto-Udp/protocol_counter-RcvbufErrors

sinks_setup() {
  live_setup
  need_root
  mkdir -p "$home/store"
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  # Name look-ups with AI_ADDRCONFIG need an address other than 127.0.0.1.
  ip -n "$inside" address add 10.99.1.1/32 dev lo
  # shellcheck disable=SC2034 # for start_daemon and server_start
  daemon_wrapper=(ip netns exec "$inside") server_namespace=$inside
  # Servers are unpacked once for all tests.
  # shellcheck disable=SC2034 # for server_find
  server_packages=$NETLOSS_BUILD/packages
  # shellcheck disable=SC2034 # for configure_daemon
  daemon_host=web1.example.com
}

sinks_teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
    tail -n 20 "$home"/store/*.log || true
  fi
  live_teardown
}

sample() { # NAME
  cat "$sources/conf.d/$1.conf"
}

# Starts collectd with snmp_proto and with sinks: the samples named, and more
# configuration on standard input.
start_with_sinks() { # INTERVAL SAMPLE...
  local name
  STOCK=$(
    for name in "${@:2}"; do
      sample "$name"
    done
    cat
  )
  configure_daemon "$1" <<<"LoadPlugin snmp_proto"
  # collectd's own types.db must suffice.
  if grep -iE '^ *TypesDB' "$home/collectd.conf"; then
    return 1
  fi
  start_daemon
  wait_until 30 has_rows uptime/uptime 2
}

# Makes the kernel lose exactly COUNT datagrams in a full receive buffer.
lose() { # COUNT [NAMESPACE]
  "$live_directory/loss/snmp_proto.sh" udp-overflow "$1" "${2:-$inside}"
}

kernel_lost() {
  protocol_counter "$inside" Udp RcvbufErrors
}

# Loses datagrams, and waits until collectd has written that to its CSV file.
lose_and_read() { # COUNT
  lose "$1"
  [ "$(kernel_lost)" -eq "$1" ]
  wait_until 60 value_is "$udp_loss" "$1"
}

# Checks that docs/sinks.md gives this name as an example.
documented() { # NAME
  grep -qF "\`$1" "$sources/docs/sinks.md" || {
    echo "docs/sinks.md does not give the name $1"
    return 1
  }
}

# Prints the number of losses that rates add up to. Standard input has the
# rates, TIME RATE, a line for each read, with times in seconds, rounded or not.
# The exact times come from collectd's CSV file, to the millisecond; with reads
# two seconds apart this suffices for numbers up to 1000.
integral() {
  awk '
    FILENAME == ARGV[1] {
      time[++count] = $1
      next
    }
    {
      nearest = 2
      for (i = 2; i <= count; i++)
        if (distance(time[i], $1) < distance(time[nearest], $1))
          nearest = i
      sum += $2 * (time[nearest] - time[nearest - 1])
    }
    function distance(a, b) {
      return a < b ? b - a : a - b
    }
    END { printf "%.0f\n", sum }' <(rows "$udp_loss" | cut -d , -f 1) -
}

# Starts a mail server at port 25, and sets mail_server to its process. Mails
# become files in $home/mail/new.
mail_server_start() {
  server_start mail_server "$home/store/mail.log" /usr/bin/python3 -m aiosmtpd \
    --nosetuid --listen 127.0.0.1:25 --class aiosmtpd.handlers.Mailbox \
    "$home/mail"
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$mail_server" 25 "$home/store/mail.log"
}

# Lets other users enter the test's directories: collectd's exec plugin runs
# programs as an ordinary user.
let_others_in() {
  chmod a+x "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR" "$home"
}

# Prints the points that carbon has written to its files: SERIES TIME VALUE
carbon_points() {
  /usr/bin/python3 "$stores_directory/whisper_points.py" "$home/store/whisper" |
    awk '{ printf "%s %d %.10g\n", $1, $2, $3 }'
}

carbon_newest() { # SERIES
  carbon_points | awk -v series="$1" '$1 == series { value = $3 } END { print value }'
}

carbon_newest_is() { # SERIES VALUE
  [ "$(carbon_newest "$1")" = "$2" ]
}

# Prints the rows of daemons' CSV files, under the names that carbon gets:
# SERIES TIME VALUE
csv_points() { # HOME...
  local folder file series
  for folder in "$@"; do
    for file in "$folder"/csv/*/*/*; do
      series=${file#"$folder"/csv/}
      series=${series%-[0-9][0-9][0-9][0-9]-*}
      series=${series//./_}
      awk -F , -v name="collectd.${series//\//.}" \
        'NR > 1 { printf "%s %.3f %.10g\n", name, $1, $2 }' "$file"
    done
  done
}

# Prints those of them that carbon keeps: write_graphite rounds times to the
# second, and carbon keeps the last point of each second.
expected_points() { # HOME...
  csv_points "$@" | awk '
    $1 != series || int($2 + 0.499) > int(time + 0.501) { show() }
    {
      series = $1
      time = $2
      value = $3
    }
    function show() {
      if (series != "")
        print series, time, value
    }
    END { show() }'
}

# Prints the points of the first file that the second lacks. There, times may be
# EARLIEST to LATEST seconds later. Values are compared to six decimals, as in
# CSV files.
missing_points() { # FILE FILE EARLIEST LATEST
  awk -v earliest="$3" -v latest="$4" '
    {
      time = int($2)
      value = sprintf("%.6f", $3)
    }
    FILENAME == ARGV[1] {
      known[$1, time, value]
      next
    }
    {
      for (i = earliest; i <= latest; i++)
        if (($1, time + i, value) in known)
          next
      print
    }' "$2" "$1"
}

# Prints the points that daemons sent and carbon lacks.
lost_points() { # HOME...
  missing_points <(expected_points "$@") <(carbon_points) 0 1
}

# Prints the points of a host in carbon that no daemon wrote.
invented_points() { # HOST-PATTERN HOME...
  missing_points <(carbon_points | grep "^collectd\.$1") \
    <(csv_points "${@:2}") -1 0
}

has_all_points() { # HOME...
  [ -z "$(lost_points "$@")" ]
}

# Prints warnings and errors of collectd's log.
complaints() {
  grep -E '\[(error|warning)\]|types\.db|Dataset' "$home/log" || true
}
