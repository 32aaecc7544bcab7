#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Makes IP, TCP and UDP lose packets and checks what collectd writes about it. The
# kernel counts per network namespace: each test has one of its own, in which
# collectd runs and only the test makes traffic.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_netload
  make_namespace inside
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$inside" link set lo up
  daemon_wrapper=(ip netns exec "$inside")
}

teardown() {
  live_teardown
}

# Starts a daemon whose <Plugin snmp_proto> has the lines on standard input.
start_snmp_proto() {
  configure_daemon 0.2 <<CONF
LoadPlugin snmp_proto
<Plugin snmp_proto>
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows snmp_proto/gauge-alert 2
}

lose() { # LOSS COUNT
  "$live_directory/loss/snmp_proto.sh" "$1" "$2" "$inside"
}

# Prints the counter of a loss: TcpExt:ListenOverflows
counter_of() { # LOSS
  "$live_directory/loss/snmp_proto.sh" losses |
    awk -v loss="$1" '$1 == loss { print $2 }'
}

kernel_counts() { # OBJECT:COUNTER
  protocol_counter "$inside" "${1%:*}" "${1#*:}"
}

series_of() { # OBJECT:COUNTER
  echo "snmp_proto-${1%:*}/protocol_counter-${1#*:}"
}

kernel_setting() { # NAME
  ip netns exec "$inside" cat "$(sysctl_file "$1")"
}

# Settings of the whole host, such as tcp_mem, exist in its namespace only.
has_setting() { # NAME
  ip netns exec "$inside" test -e "$(sysctl_file "$1")"
}

has_cleared() { # OBJECT:COUNTER
  all_alerts | grep -q "^OKAY|snmp_proto|${1%:*}|${1#*:}|"
}

# Compares the written values with the kernel's.
check_values() { # OBJECT:COUNTER COUNT
  local series first last
  series=$(series_of "$1")
  wait_until 60 value_is "$series" "$(kernel_counts "$1")"
  first=$(rows "$series" | head -n 1 | cut -d , -f 2)
  last=$(value "$series")
  echo "the kernel counted $kernel_before, then $(kernel_counts "$1");" \
    "collectd wrote $first, then $last"
  [ "$first" -eq "$kernel_before" ]
  [ $((last - first)) -eq $(($(kernel_counts "$1") - kernel_before)) ]
  [ $((last - first)) -eq "$2" ]
}

# Checks that exactly one meter was raised, perhaps as a warning first, and
# cleared, with the expected words and its setting, if it has one.
check_alerts() { # OBJECT:COUNTER COUNT WORDS [SETTING]
  local chain raised cleared setting meter="${1%:*}|${1#*:}"
  all_alerts
  chain=$(all_alerts | cut -d '|' -f 1-4 | sed 's/|snmp_proto|/:/' | tr '\n' ' ')
  [[ $chain =~ ^("WARNING:$meter ")?("FAILURE:$meter ")?("WARNING:$meter ")?"OKAY:$meter "$ ]]
  [[ $chain != OKAY* ]]

  raised=$(all_alerts | head -n 1)
  [[ $raised =~ \|"${1%:*} "[a-z\ ]+" "[0-9]+\.[0-9]/s" $3 (limit "[0-9.]+"/s)" ]]
  [[ $raised == *"(${1#*:})"* ]]
  if [ $# -gt 3 ] && has_setting "$4"; then
    # The test may have changed it since the read before.
    setting=$(kernel_setting "$4" | tr '\t' ' ')
    [[ $raised =~ "; $4 is $setting"( \([0-9\ ]+ before\))?": " ]]
  else
    [[ $raised != *" is "* ]]
  fi

  # The last ones may have been too few to exceed the limit.
  cleared=$(all_alerts | tail -n 1)
  [[ $cleared =~ " "(nothing|only ([0-9]+) [a-zA-Z]+)" $3 for "[^\;]*"; "([0-9]+)" " ]]
  [ $((${BASH_REMATCH[2]:-0} + BASH_REMATCH[3])) -eq "$2" ]
}

# Makes COUNT losses. OPTIONS are lines of <Plugin snmp_proto>.
check_loss() { # LOSS COUNT WORDS SETTING OPTIONS
  local counter
  counter=$(counter_of "$1")
  kernel_before=$(kernel_counts "$counter")
  start_snmp_proto <<<"${5:-}"
  lose "$1" "$2"
  wait_until 60 has_cleared "$counter" || {
    all_alerts
    false
  }
  check_values "$counter" "$2"
  check_alerts "$counter" "$2" "$3" ${4:+"$4"}
  [ "$(log_count '\[(error|warning)\] snmp_proto plugin: ')" -eq 0 ]
}

@test "a full accept queue: collectd has the kernel's count; one alert names counter, rate and setting, and clears" {
  check_loss listen-overflow 40 \
    "at full accept queues (ListenOverflows)" net.core.somaxconn
}

@test "a full SYN queue without SYN cookies: count and alert" {
  check_loss syn-queue-drop 40 \
    "at full SYN queues (TCPReqQFullDrop)" net.ipv4.tcp_syncookies
  [ "$(kernel_setting net.ipv4.tcp_syncookies)" -eq 0 ]
}

@test "a full SYN queue with SYN cookies: count and alert" {
  check_loss syn-cookies 300 \
    "with SYN cookies because a SYN queue was full (TCPReqQFullDoCookies)"
}

@test "a full receive buffer of UDP: count and alert" {
  check_loss udp-overflow 40 \
    "in full receive buffers (RcvbufErrors)" net.core.rmem_max
}

@test "a full receive buffer of UDP over IPv6: count and alert" {
  check_loss udp6-overflow 40 \
    "in full receive buffers (RcvbufErrors)" net.core.rmem_max
}

@test "wrong checksums of UDP: count and alert" {
  check_loss udp-checksum 40 "for bad checksums (InCsumErrors)"
}

@test "wrong checksums of UDP over IPv6: count and alert" {
  check_loss udp6-checksum 40 "for bad checksums (InCsumErrors)"
}

@test "a full receive queue of TCP: count and alert" {
  check_loss receive-drop 20 \
    "at full receive queues (TCPRcvQDrop)" net.ipv4.tcp_rmem
}

@test "datagrams with missing fragments: count and alert" {
  check_loss reassembly 40 \
    "of its datagrams (ReasmFails)"
}

@test "no route: count and alert" {
  check_loss no-route 60 "for lack of a route (OutNoRoutes)"
  all_alerts | grep 'ip route get DESTINATION'
}

@test "packets refused by rp_filter: count and alert" {
  check_loss rp-filter 60 \
    "by rp_filter (IPReversePathFilter)" net.ipv4.conf.all.rp_filter
  [ "$(kernel_setting net.ipv4.conf.all.rp_filter)" -eq 1 ]
}

# Prints the series of a plugin, one per line: OBJECT/TYPE-NAME
all_series() { # PLUGIN
  (cd "$home/csv/live" && printf '%s\n' "$1"*/*) |
    sed -E "s/^$1-?//; s/-[0-9]{4}-[0-9]{2}-[0-9]{2}$//" | sort
}

have_settled() { # OBJECT:COUNTER
  value_is "$(series_of "$1")" "$(kernel_counts "$1")"
}

# Each series of collectd's protocols has the same value in snmp_proto. Sets
# compared and moved to how many there are, and how many are not 0.
protocols_agree() {
  local series
  compared=0 moved=0
  for series in $(all_series protocols); do
    if [ "$(row_count "snmp_proto-$series")" -eq 0 ]; then
      # snmp_proto sends levels as gauges.
      [ "$(row_count "snmp_proto-${series/protocol_counter-/gauge-}")" -gt 0 ] || {
        echo "snmp_proto has no $series"
        return 1
      }
      continue
    fi
    compared=$((compared + 1))
    [ "$(value "snmp_proto-$series")" = 0 ] || moved=$((moved + 1))
    [ "$(value "snmp_proto-$series")" = "$(value "protocols-$series")" ] || {
      echo "$series: $(value "protocols-$series") in protocols," \
        "$(value "snmp_proto-$series") in snmp_proto"
      return 1
    }
  done
}

@test "identity and values are those of collectd's own protocols" {
  [ -e /usr/lib/collectd/protocols.so ] || skip "protocols is not installed"
  STOCK="LoadPlugin protocols" start_snmp_proto <<<'Report "all"'
  lose listen-overflow 7
  lose udp-overflow 8
  lose udp-checksum 9
  lose no-route 10
  # Both plugins read the same values once nothing happens any more.
  wait_until 60 have_settled Ip:OutNoRoutes
  wait_until 60 protocols_agree >/dev/null || protocols_agree
  echo "compared $compared series, of which $moved are not 0"
  [ "$compared" -ge 100 ]
  [ "$moved" -ge 10 ]
}

setting_is_sent() { # METER NAME [FIELD]
  local expected
  if ! has_setting "$2"; then
    [ "$(row_count "snmp_proto/gauge-$1")" -eq 0 ]
    return
  fi
  expected=$(kernel_setting "$2" | awk -v field="${3:-1}" '{ print $field }')
  echo "$1: the kernel says $expected, collectd $(value "snmp_proto/gauge-$1")"
  [ "$(value "snmp_proto/gauge-$1")" = "$expected.000000" ]
}

@test "ReportSettings sends the settings of this namespace" {
  ip netns exec "$inside" bash -c '
    echo 777 >/proc/sys/net/core/somaxconn
    echo 0 >/proc/sys/net/ipv4/tcp_syncookies
    echo 4096 99999 888888 >/proc/sys/net/ipv4/tcp_rmem'
  start_snmp_proto <<<'ReportSettings true'
  setting_is_sent somaxconn net.core.somaxconn
  [ "$(value snmp_proto/gauge-somaxconn)" = 777.000000 ]
  setting_is_sent tcp_syncookies net.ipv4.tcp_syncookies
  setting_is_sent tcp_max_syn_backlog net.ipv4.tcp_max_syn_backlog
  setting_is_sent tcp_rmem_min net.ipv4.tcp_rmem 1
  setting_is_sent tcp_rmem_default net.ipv4.tcp_rmem 2
  setting_is_sent tcp_rmem_max net.ipv4.tcp_rmem 3
  setting_is_sent tcp_wmem_max net.ipv4.tcp_wmem 3
  setting_is_sent tcp_mem_high net.ipv4.tcp_mem 3
  setting_is_sent udp_mem_high net.ipv4.udp_mem 3
  setting_is_sent tcp_max_orphans net.ipv4.tcp_max_orphans
  setting_is_sent tcp_max_tw_buckets net.ipv4.tcp_max_tw_buckets
  setting_is_sent tcp_fin_timeout net.ipv4.tcp_fin_timeout
  setting_is_sent ip_local_port_range_min net.ipv4.ip_local_port_range 1
  setting_is_sent ip_local_port_range_max net.ipv4.ip_local_port_range 2
}

@test "settings are not sent by default" {
  start_snmp_proto </dev/null
  [ "$(all_series snmp_proto | grep '^/')" = /gauge-alert ]
}

# Prints the counters of an object whose names match, as series.
kernel_series() { # OBJECT REGEX
  ip netns exec "$inside" cat /proc/net/snmp /proc/net/netstat |
    awk -v object="$1" -v regex="$2" '
      $1 == object ":" && $2 !~ /^-?[0-9]/ {
        for (i = 2; i <= NF; i++)
          if ($i ~ regex)
            print object "/protocol_counter-" $i
      }'
}

@test "Counter selects what is sent; limits apply to the rest as well" {
  start_snmp_proto <<'CONF'
  Counter "Tcp:RetransSegs"
  Counter "/^TcpExt:TCP.*Drop$/"
CONF
  diff <(all_series snmp_proto) <({
    echo /gauge-alert
    kernel_series Tcp '^RetransSegs$'
    kernel_series TcpExt '^TCP.*Drop$'
  } | sort)
  [ "$(kernel_series TcpExt '^TCP.*Drop$' | wc -l)" -gt 2 ]
  lose udp-overflow 40
  wait_until 60 has_cleared Udp:RcvbufErrors
  [ ! -e "$home/csv/live/snmp_proto-Udp" ]
}

@test "Counter with IgnoreSelected omits what it selects" {
  local all left
  start_snmp_proto <<<'  Report "all"'
  all=$(all_series snmp_proto)
  stop_daemon
  rm -rf "$home"/{csv,log}
  start_snmp_proto <<'CONF'
  Counter "Tcp:RetransSegs"
  Counter "/^TcpExt:TCP.*Drop$/"
  IgnoreSelected true
  Report "all"
CONF
  left=$(grep -vE '^(Tcp/protocol_counter-RetransSegs|TcpExt/protocol_counter-TCP.*Drop)$' <<<"$all")
  [ "$left" != "$all" ]
  diff <(all_series snmp_proto) <(echo "$left")
}
