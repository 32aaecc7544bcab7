#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The dashboards are up to date with panels.tsv and the meters, valid for
# Grafana, and query only what a plugin sends.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

meters=$scratch/meters.tsv
"$NETLOSS_BUILD/list_meters" >"$meters"
missing=$(comm -23 \
  <(grep -v '^#' dashboards/panels.tsv | cut -f 3 | sort -u) \
  <(cut -f 1 "$meters" | sort -u) | paste -sd ' ')
[ -z "$missing" ] || {
  echo "1..0 # SKIP not built: $missing"
  exit 0
}
graphs=dashboards/graphite/graphs.tsv
boards=(dashboards/grafana/*.json)

check() { # ARGUMENT...
  perl tests/dashboards/check.pl "$@"
}

generate() { # PANELS DIRECTORY
  perl dashboards/generate.pl "$meters" "$1" "$2"
}

is_up_to_date() { # FILE
  diff -u "$1" "$scratch/made/${1#dashboards/}"
}

# The generated files are those in the repository.
makes_all() {
  diff <(cd "$scratch/made" && find . -type f | sort) \
    <(cd dashboards && find ./grafana ./graphite -name '*.json' -o \
      -name '*.tsv' | sort)
}

shows_the_same() { # FILE
  diff <(check titles "$graphs") <(check titles "$1")
}

rows_follow_the_packet() {
  diff - <(check titles "$graphs" | cut -f 1 | uniq) <<'ROWS'
Where packets are lost
State
Wire and ring
Interrupts
Softnet
Protocols
Sockets
Qdisc and TX ring
Drop reasons
ROWS
}

# Each line has a row, a title and targets, none empty; $HOST is the only
# variable.
is_well_formed() {
  awk -F '\t' '
    NF < 3 || /\t\t/ || /\t$/ { print FNR ": a column is missing"; bad = 1 }
    { for (i = 3; i <= NF; i++) {
        target = $i
        found = gsub(/\$HOST\./, "", target)
        if ((found != 1 && target !~ /^threshold\(/) || target ~ /\$/) {
          print FNR ": " $i
          bad = 1
        }
      } }
    END { exit bad }' "$graphs"
}

# A new layer needs only lines in panels.tsv.
takes_another_layer() {
  {
    cat "$meters"
    printf 'bridge_port\talert\talert\tgauge\tgauge\tinformation\t\t\t\t\t\t\t\tState\n'
    printf 'bridge_port\t%s\t%s\tpackets\tcounter\tloss\tpackets\t1\t100\t\t\t\t\tWhy\n' \
      fdb_full fdb_full nomem nomem
  } >"$scratch/more-meters"
  {
    awk '{ print } /^State/ && !done++ {
      print "State\tState of each layer\tbridge_port\t-\talert"
    }' dashboards/panels.tsv
    printf 'Bridge\tNo room\tbridge_port\t-\t*\n'
  } >"$scratch/more-panels"
  perl dashboards/generate.pl "$scratch/more-meters" "$scratch/more-panels" \
    "$scratch/more" || return 1
  local file
  for file in "$scratch"/more/*/*; do
    check series "$scratch/more-meters" "$file" || return 1
    check covers "$scratch/more-meters" "$file" || return 1
  done
  grep -q '/^(bridge_port|drop_reason|irq_balance|' \
    "$scratch/more/grafana/netloss-influxdb.json" &&
    grep -q '^Bridge	.*packets-{fdb_full,nomem}' \
      "$scratch/more/graphite/graphs.tsv"
}

# Makes a faulty copy of a file, and expects check.pl to refuse it in these
# words.
refuses() { # WORDS SED-SCRIPT FILE CHECK [METERS]
  local copy=$scratch/${3##*/}
  sed -E "$2" "$3" >"$copy"
  ! cmp -s "$3" "$copy" || {
    echo "nothing was replaced in $3"
    return 1
  }
  if check "${@:4}" "$copy" >"$scratch/why" 2>&1; then
    echo 'It was accepted.'
    return 1
  fi
  cat "$scratch/why"
  grep -qF -- "$1" "$scratch/why"
}

# Expects generate.pl to refuse the last line of a panels.tsv, naming its
# number. Blanks stand for tabs, and "~" for blanks.
refuses_line() { # WORDS LINE...
  printf '%s\n' "${@:2}" | tr ' ~' '\t ' >"$scratch/panels.tsv"
  if generate "$scratch/panels.tsv" "$scratch/refused" 2>"$scratch/why"; then
    echo 'It was accepted.'
    return 1
  fi
  cat "$scratch/why"
  grep -qF -- "$scratch/panels.tsv:$(($# - 1)): $1" "$scratch/why"
}

# Checks what Grafana's documentation requires, with perl's own YAML parser.
is_provisioning() { # FILE
  perl -MCPAN::Meta::YAML -e '
    my $all = CPAN::Meta::YAML->read( $ARGV[0] )->[0];
    $all->{apiVersion} eq 1 or die "apiVersion is not 1\n";
    for my $provider ( @{ $all->{providers} // [] } ) {
      $provider->{type} eq "file" && $provider->{options}{path} =~ m{^/}
        or die "a provider needs type file and a path\n";
    }
    for my $source ( @{ $all->{datasources} // [] } ) {
      -e "dashboards/grafana/netloss-$source->{type}.json"
        or die "no dashboard for $source->{type}\n";
      $source->{url} =~ m{^http://localhost:\d+$} or die "url\n";
      $source->{access} eq "proxy" or die "access\n";
    }
    @{ $all->{providers} // $all->{datasources} } == 1 or die "none\n"' "$1"
}

ok 'the dashboards can be generated' generate dashboards/panels.tsv "$scratch/made"
ok 'the repository has these files and no others' makes_all
for file in "${boards[@]}" "$graphs"; do
  ok "$file is up to date (make update-dashboards)" is_up_to_date "$file"
  ok "$file queries only series that are sent" check series "$meters" "$file"
  ok "$file shows every meter with limits" check covers "$meters" "$file"
done
for file in "${boards[@]}"; do
  ok "$file fits Grafana's schema" check schema "$file"
  ok "$file has the limits and the advice of the meters" \
    check panels "$meters" "$file"
  ok "$file shows the same panels as $graphs" shows_the_same "$file"
done
ok 'rows follow the way of a packet' rows_follow_the_packet
ok "$graphs is well-formed" is_well_formed
ok 'a new layer needs only lines' takes_another_layer
for file in dashboards/provisioning/*/*.yaml; do
  ok "$file provisions Grafana" is_provisioning "$file"
done

grafana=dashboards/grafana/netloss
ok 'an unknown name in Graphite'\''s dashboard is found' \
  refuses 'softnet - packets droped: no plugin sends it' \
  's/\{dropped,flow_limited\}/{droped,flow_limited}/' "$grafana-graphite.json" \
  series "$meters"
ok 'an unknown name in InfluxDB'\''s dashboard is found' \
  refuses 'softnet - packets droped: no plugin sends it' \
  's/\(dropped\|flow_limited\)/(droped|flow_limited)/' \
  "$grafana-influxdb.json" series "$meters"
ok 'an unknown name in Prometheus'\'' dashboard is found' \
  refuses 'softnet - packets droped: no plugin sends it' \
  's/dropped\|flow_limited/droped|flow_limited/' \
  "$grafana-prometheus.json" series "$meters"
ok 'a wrong type is found' refuses 'no plugin sends it' \
  's/softnet\.packets-processed/softnet.count-processed/' "$graphs" series "$meters"
ok 'another protocol'\''s counter is found' refuses 'no plugin sends it' \
  's/snmp_proto-Udp\.protocol_counter-SndbufErrors/snmp_proto-Tcp.protocol_counter-SndbufErrors/' \
  "$graphs" series "$meters"
# shellcheck disable=SC2016 # Grafana's variables
ok 'a rate of a gauge is found' refuses 'is a gauge, but queried as a counter' \
  's/max\(\\"value\\"\)/${counters:raw}/' \
  "$grafana-influxdb.json" series "$meters"
ok 'a query of unknown form is found' refuses 'has no known form' \
  's/fill\(none\)/fill(0)/' "$grafana-influxdb.json" series "$meters"
ok 'a wrong limit is found' refuses 'thresholds are' \
  's/"value": 100$/"value": 101/' "$grafana-graphite.json" panels "$meters"
# shellcheck disable=SC2016 # Grafana's variables
ok 'a legend without the object is found' refuses 'the legend is' \
  's/"\$tag_instance /"/' "$grafana-influxdb.json" panels "$meters"
ok 'a missing setting is found' \
  refuses 'the setting of dropped is missing' \
  's/net\.core\.netdev_max_backlog/net.core.x/g' "$grafana-graphite.json" \
  panels "$meters"
ok 'a meter without a panel is found' refuses 'softnet dropped is not shown' \
  '/softnet(-\*)?\.packets-\{dropped/d' "$graphs" covers "$meters"
ok 'a duplicate id is found' refuses 'duplicate id 7' \
  's/"id": 8,/"id": 7,/' "$grafana-graphite.json" schema
ok 'overlapping panels are found' refuses 'overlaps' \
  's/"x": 8,/"x": 0,/' "$grafana-graphite.json" schema
# shellcheck disable=SC2016 # Grafana's variables
ok 'an undeclared variable is found' refuses '$hosts is not declared' \
  's/\$\{host\}/${hosts}/' "$grafana-prometheus.json" schema
ok 'a word unknown to Grafana is found' refuses 'expected one of' \
  's/"dashed"/"dotted"/' "$grafana-graphite.json" schema
ok 'text instead of a number is found' refuses 'expected count' \
  's/"h": 8/"h": "8"/' "$grafana-graphite.json" schema
ok 'malformed JSON is found' refuses 'malformed' \
  's/^ "panels": \[/ "panels": [,/' "$grafana-graphite.json" schema

ok 'a missing column is refused' refuses_line 'expected 5 columns' 'R P softnet -'
ok 'an unknown layer is refused' refuses_line 'expected a layer that was built' \
  'R P softnets - dropped'
ok 'an unknown meter is refused' \
  refuses_line 'expected keys of meters of softnet, found drops' \
  'R P softnet - drops'
ok 'different limits in one panel are refused' \
  refuses_line 'rx_length has the limits 10|1000||' \
  'R P nic_ethtool interface rx_crc' 'R P nic_ethtool interface rx_length'
ok 'a gauge beside a rate is refused' refuses_line 'backlog is a level' \
  'R P softnet - dropped~backlog'
ok 'a row in two places is refused' refuses_line 'the row R is in two' \
  'R P softnet - dropped' 'S Q softnet - backlog' 'R O softnet - processed'
ok 'a panel in two places is refused' refuses_line 'the panel P is in two' \
  'R P softnet - dropped' 'R Q softnet - backlog' 'R P softnet - processed'
ok 'two series that look alike are refused' \
  refuses_line 'two series would have the legend unclassified' \
  'R P nic_ethtool interface rx_unclassified~tx_unclassified'
done_testing
