#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Ten hosts send signed values to an aggregator, which puts them into carbon.
# Each host is a namespace with a collectd of its own.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
  agents=() agent_homes=()
}

teardown() {
  sinks_teardown
}

# Makes a bridge in $inside, the aggregator's namespace, that joins the hosts.
lay_network() {
  ip -n "$inside" link add fleet type bridge
  ip -n "$inside" address add 10.99.0.1/24 dev fleet
  ip -n "$inside" link set fleet up
}

# Prints the namespace of a host.
host() { # NUMBER
  local name=host$1
  printf '%s\n' "${!name}"
}

add_host() { # NUMBER
  make_namespace "host$1"
  local namespace
  namespace=$(host "$1")
  ip -n "$namespace" link set lo up
  ip -n "$inside" link add "host$1" type veth peer name eth0 netns "$namespace"
  ip -n "$inside" link set "host$1" master fleet up
  ip -n "$namespace" address add "10.99.0.$((10 + $1))/24" dev eth0
  ip -n "$namespace" link set eth0 up
}

# Starts a host's collectd, with the sample and with CSV files to compare with.
start_agent() { # NUMBER
  local folder=$home/agent$1
  mkdir -p "$folder"
  cat >"$folder/collectd.conf" <<CONF
Hostname "host$1.example.com"
FQDNLookup false
BaseDir "$folder"
PIDFile "$folder/pid"
Interval 2
LoadPlugin logfile
<Plugin logfile>
  File "$folder/log"
  PrintSeverity true
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "$folder/csv"
  StoreRates false
</Plugin>
LoadPlugin uptime
$(sample fleet-agent | sed "s/aggregator\.example\.com/10.99.0.1/
  s/change-me/${agent_password:-change-me}/")
PluginDir "$(module_directory)"
LoadPlugin snmp_proto
LoadPlugin softnet
CONF
  ip netns exec "$(host "$1")" collectd -f -C "$folder/collectd.conf" \
    </dev/null >"$folder/output" 2>&1 3>&- 4>&- &
  agents+=("$!")
  agent_homes+=("$folder")
  undo_later kill "$!"
}

# Starts the aggregator with the samples, but sends counts to carbon instead of
# rates, so that values can be compared exactly.
start_aggregator() {
  echo "agent: change-me" >"$home/passwd"
  STOCK=$(
    sample fleet-aggregator | sed "s|/etc/collectd/passwd|$home/passwd|"
    sample sink-graphite | sed 's/StoreRates true/StoreRates false/'
  )
  configure_daemon 2 </dev/null
  start_daemon
}

agent_series() { # NUMBER SERIES
  cat "$home/agent$1/csv/host$1.example.com/$2"-[0-9][0-9][0-9][0-9]-* 2>/dev/null |
    grep -v epoch
}

agent_has_rows() { # NUMBER SERIES COUNT
  [ "$(agent_series "$1" "$2" | wc -l)" -ge "$3" ]
}

agent_has_counted() { # NUMBER COUNT
  [ "$(agent_series "$1" "$udp_loss" | tail -n 1 | cut -d , -f 2)" = "$2" ]
}

stored_hosts() {
  carbon_points | grep '^collectd\.host'
}

series_count() {
  cut -d ' ' -f 1 | sort -u | wc -l
}

@test "ten hosts: every value of every series is in carbon, and each host's loss under its name" {
  local number
  lay_network
  carbon_start "$home/store" 1s:10m 2003 2004 7002
  start_aggregator
  for number in {1..10}; do
    add_host "$number"
    start_agent "$number"
  done
  for number in {1..10}; do
    wait_until 60 test -e "$home/agent$number/csv"
    lose "$((100 + number))" "$(host "$number")"
  done
  for number in {1..10}; do
    wait_until 60 agent_has_counted "$number" "$((100 + number))"
  done
  for number in "${agents[@]}"; do
    kill "$number"
    wait "$number"
  done
  wait_until 60 has_all_points "${agent_homes[@]}" || lost_points "${agent_homes[@]}" | head -n 20
  has_all_points "${agent_homes[@]}"
  [ "$(expected_points "${agent_homes[@]}" | series_count)" -ge 150 ]
  [ "$(expected_points "${agent_homes[@]}" | series_count)" -eq "$(stored_hosts | series_count)" ]
  invented_points host "${agent_homes[@]}" >"$home/invented"
  head -n 20 "$home/invented"
  [ ! -s "$home/invented" ]
  for number in {1..10}; do
    stored_hosts | grep -q "^collectd\.host${number}_example_com\.snmp_proto-Udp\.protocol_counter-RcvbufErrors [0-9]* $((100 + number))\$"
  done
}

has_stored() { # HOST-NUMBER
  stored_hosts | grep -q "^collectd\.host$1_"
}

@test "nothing is stored of an agent with a wrong password" {
  lay_network
  carbon_start "$home/store" 1s:10m 2003 2004 7002
  start_aggregator
  add_host 1
  add_host 2
  agent_password=wrong start_agent 1
  start_agent 2
  wait_until 60 has_stored 2
  # The other agent has sent values by then too.
  wait_until 60 agent_has_rows 1 uptime/uptime 5
  ! has_stored 1 || return 1
  grep network "$home/log"
  log_has 'network plugin: .*[Vv]erif|HMAC|signature'
}
