#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The notification of a loss, as a program, a mail server and the system's log
# receive it.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
  let_others_in
}

teardown() {
  sinks_teardown
}

# Prints the sample with another program.
sample_with_program() { # PROGRAM
  sample alerts-exec | sed "s|\"/etc/collectd/alerts-exec.sh\"|\"$1\"|"
}

# Makes a program that stores each notification in a file of its own.
make_program() {
  mkdir "$home/received"
  chmod 777 "$home/received"
  cat >"$home/program" <<'PROGRAM'
#!/bin/sh
cat >"${0%/*}/received/$$.new" && mv "${0%/*}/received/$$.new" "${0%/*}/received/$$"
PROGRAM
  chmod +x "$home/program"
}

received() { # SEVERITY
  grep -lx "Severity: $1" "$home"/received/*[0-9] 2>/dev/null
}

header() { # FILE NAME
  sed -n "/^\$/q; s/^$2: //p" "$1"
}

# Prints the example in docs/alerts.md that begins with a line.
example() { # LINE
  awk -v first="$1" '
    index($0, first) == 1 { found = 1 }
    found && /^```$/ { exit }
    found' "$sources/docs/alerts.md"
}

# Removes what differs between runs and hosts.
shape() {
  sed -E 's/[0-9]+/N/g; s/^(SettingValue|Advice): .*/\1:/; s/;.*//'
}

@test "alerts-exec.conf: a program receives headers, the setting and its value, and the message" {
  local file
  make_program
  start_with_sinks 0.5 <<<"$(sample_with_program "$home/program")"
  lose_and_read 1234
  wait_until 30 received FAILURE
  file=$(received FAILURE)
  cat "$file"
  [ "$(header "$file" Host)" = web1.example.com ]
  [ "$(header "$file" Plugin)" = snmp_proto ]
  [ "$(header "$file" PluginInstance)" = Udp ]
  [ "$(header "$file" Type)" = protocol_counter ]
  [ "$(header "$file" TypeInstance)" = RcvbufErrors ]
  [ "$(header "$file" FailureMax)" = 1.000000e+01 ]
  [ "$(header "$file" Setting)" = net.core.rmem_max ]
  [ "$(header "$file" SettingValue)" = "$(<"$(sysctl_file net.core.rmem_max)")" ]
  [[ $(header "$file" CurrentValue) =~ ^[0-9.]+e\+03$ ]]
  [[ $(tail -n 1 "$file") == "Udp lost "*"/s in full receive buffers "* ]]
  [ "$(shape <"$file")" = "$(example 'Severity: FAILURE' | shape)" ]
  wait_until 60 received OKAY
  grep -q '1234 datagrams lost in ' "$(received OKAY)"
}

# Runs alerts-exec.sh with a notification of a plugin, and a logger that records
# its arguments.
pass_on() { # PLUGIN
  mkdir -p "$home/bin"
  # shellcheck disable=SC2016 # its own parameters
  printf '#!/bin/sh\necho "$@" >>"%s"\n' "$home/logged" >"$home/bin/logger"
  chmod +x "$home/bin/logger"
  PATH=$home/bin:$PATH "$sources/conf.d/alerts-exec.sh" <<NOTIFICATION
Severity: FAILURE
Time: 1769846400.123
Host: web1.example.com
Plugin: $1
PluginInstance: 3
Type: packets
TypeInstance: dropped
CurrentValue: 4.120000e+02
Setting: net.core.netdev_max_backlog
SettingValue: 1000

cpu 3 dropped 412.0/s from its backlog
NOTIFICATION
}

@test "alerts-exec.sh: it passes the alerts of every plugin of netloss to the system's log, and no others" {
  local module count=0
  for module in "$(module_directory)"/*.so; do
    pass_on "$(basename "$module" .so)"
    count=$((count + 1))
  done
  pass_on df
  cat "$home/logged"
  [ "$(sort -u "$home/logged")" = "-t netloss[web1.example.com] -p daemon.err -- FAILURE: cpu 3 dropped 412.0/s from its backlog [net.core.netdev_max_backlog=1000]" ]
  [ "$(wc -l <"$home/logged")" -eq "$count" ]
}

@test "alerts-email.conf: a mail server receives severity, host and message" {
  local mail
  mail_server_start
  start_with_sinks 0.5 alerts-email </dev/null
  lose_and_read 1234
  wait_until 60 grep -rqs '^Subject: OKAY: packet loss on web1.example.com' "$home/mail/new"
  mail=$(grep -l '^Subject: FAILURE: packet loss on web1.example.com' "$home"/mail/new/*)
  cat "$mail"
  grep -x 'To: .*root@localhost.*' "$mail"
  [ "$(grep -vE '^(MIME|Content|Date|From|Message-Id|To|X)-?.*: ' "$mail" | shape)" = \
    "$(example 'Subject: FAILURE: packet loss on web1.example.com' | shape)" ]
}

# Makes the daemon see a /dev/log of the test's own; a reader writes each
# message that arrives there as a line of a file.
make_system_log() {
  mkdir "$home/dev"
  : >"$home/system-log"
  /usr/bin/python3 - "$home/dev/log" "$home/system-log" 3>&- 4>&- <<'READER' &
import socket, sys
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind(sys.argv[1])
with open(sys.argv[2], "a", buffering=1) as file:
    while True:
        file.write(log.recv(65536).decode().rstrip("\0\n") + "\n")
READER
  undo_later kill "$!"
  wait_until 10 test -S "$home/dev/log"
  # Give the daemon alone another /dev.
  # shellcheck disable=SC2016 # the inner shell's
  daemon_wrapper+=(unshare --mount --propagation private bash -c '
    mount -t tmpfs netloss-test "$1/mount" && cp -a /dev/null /dev/zero \
      /dev/random /dev/urandom "$1/mount" && ln -s "$1/dev/log" "$1/mount/log" &&
      mount --move "$1/mount" /dev && shift && exec "$@"' - "$home")
  mkdir "$home/mount"
}

# Prints the notifications of a priority: facility daemon (3) times 8, plus err
# (3), warning (4) or notice (5).
logged() { # err|warning|notice
  local priority
  case $1 in
  err) priority=27 ;;
  warning) priority=28 ;;
  notice) priority=29 ;;
  esac
  sed -nE "s/^<$priority>.* collectd\[[0-9]+\]: (Notification: .*)/\1/p" \
    "$home/system-log"
}

has_logged() { # err|warning|notice
  logged "$1" | grep -q .
}

@test "alerts-syslog.conf: added to Debian's configuration, an alert and its end reach the system's log" {
  make_system_log
  # As Debian's collectd.conf has it, before the sample.
  start_with_sinks 0.5 <<<"$(printf '%s\n' 'LoadPlugin syslog' \
    '<Plugin syslog>' 'LogLevel info' '</Plugin>' && sample alerts-syslog)"
  lose_and_read 1234
  wait_until 60 has_logged notice
  cat "$home/system-log"
  [ "$(logged err | wc -l)" -eq 1 ]
  [ "$(logged err | shape)" = "$(example 'Notification: severity = FAILURE' | shape)" ]
  [[ $(logged notice) == "Notification: severity = OKAY, host = web1.example.com, plugin = snmp_proto, plugin_instance = Udp, "*" 1234 datagrams lost in "* ]]
}

@test "with Debian's own configuration, no alert reaches the system's log" {
  make_system_log
  start_with_sinks 0.5 <<<"$(printf '%s\n' 'LoadPlugin syslog' \
    '<Plugin syslog>' 'LogLevel info' '</Plugin>')"
  lose_and_read 1234
  wait_until 60 value_is snmp_proto/gauge-alert 0.000000
  wait_until 30 log_has 'Notification: severity = OKAY'
  grep 'plugin_load: plugin "snmp_proto"' "$home/system-log"
  [ "$(grep -c Notification "$home/system-log")" -eq 0 ]
}
