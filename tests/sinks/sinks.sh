# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of sinks share: a namespace of its own for each, in which
# collectd, the stores and the losses are, so that every port is free and every
# counter is the test's. To be sourced by the .bats files.

# shellcheck source=tests/live/daemon.sh
. "$(dirname "${BASH_SOURCE[0]}")/../live/daemon.sh"
# shellcheck source=tests/sinks/stores.sh
. "$(dirname "${BASH_SOURCE[0]}")/stores.sh"
sources=$stores_directory/../..

# The value that the tests look for, and where collectd has it.
udp_loss=snmp_proto-Udp/protocol_counter-RcvbufErrors

sinks_setup() {
  live_setup
  need_root
  # Servers that have to be unpacked are so once for all tests.
  mkdir -p "$home/store"
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  # Without such an address, name look-ups with AI_ADDRCONFIG find nothing.
  ip -n "$inside" address add 10.99.1.1/32 dev lo
  # shellcheck disable=SC2034 # for start_daemon and server_start
  daemon_wrapper=(ip netns exec "$inside") server_namespace=$inside
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

# Starts collectd with snmp_proto and sinks: samples, and more on standard input.
start_with_sinks() { # INTERVAL SAMPLE...
  local name
  STOCK=$(
    for name in "${@:2}"; do
      sample "$name"
    done
    cat
  )
  configure_daemon "$1" <<<"LoadPlugin snmp_proto"
  # Whatever they need is in the types.db that collectd brings along.
  if grep -iE '^ *TypesDB' "$home/collectd.conf"; then
    return 1
  fi
  start_daemon
  wait_until 30 has_rows uptime/uptime 2
}

# Has the kernel lose datagrams in full receive buffers, exactly so many.
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

# docs/sinks.md gives this name as an example.
documented() { # NAME
  grep -qF "\`$1" "$sources/docs/sinks.md" || {
    echo "docs/sinks.md does not give the name $1"
    return 1
  }
}

# What the loss comes to in rates: those on standard input, TIME RATE, a line for
# each read, with the time in seconds, rounded or not. When the reads were
# exactly is in collectd's CSV file, to the millisecond; with reads two seconds
# apart that is good for whole numbers up to 1000.
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

# Starts a mail server at the usual port, and sets mail_server to its process.
# Mails become files in $home/mail/new.
mail_server_start() {
  server_start mail_server "$home/store/mail.log" /usr/bin/python3 -m aiosmtpd \
    --nosetuid --listen 127.0.0.1:25 --class aiosmtpd.handlers.Mailbox \
    "$home/mail"
  # shellcheck disable=SC2154 # set by server_start
  server_wait "$mail_server" 25 "$home/store/mail.log"
}

# For programs that do not run as root.
let_others_in() {
  chmod a+x "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR" "$home"
}

# What carbon has, once it has written it: SERIES TIME VALUE, a line for each
# point.
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

# What the CSV files of some daemons have, by the names that carbon gets: SERIES
# TIME VALUE, a line for each row.
written() { # HOME...
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

# Those of them that carbon keeps. It has one point a second, to which
# write_graphite rounds: a later row may take the place of the one before.
sent() { # HOME...
  written "$@" | awk '
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

# The lines of the first list that are not in the second, which may have them
# EARLIEST to LATEST seconds later. CSV files have six digits behind the point.
without() { # FILE FILE EARLIEST LATEST
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

# What was sent, but is not stored, at the second before or after.
lacking() { # HOME...
  without <(sent "$@") <(carbon_points) 0 1
}

# What is stored of a host, but was not written there.
unwritten() { # HOST-PATTERN HOME...
  without <(carbon_points | grep "^collectd\.$1") <(written "${@:2}") -1 0
}

nothing_is_lacking() { # HOME...
  [ -z "$(lacking "$@")" ]
}

# What any sink or plugin had to say against a value.
complaints() {
  grep -E '\[(error|warning)\]|types\.db|Dataset' "$home/log" || true
}
