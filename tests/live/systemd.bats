#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# collectd in a real systemd, with every drop-in: with all that they forbid, each
# plugin still sees its losses, and nothing is logged as missing.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  . "$BATS_TEST_DIRNAME/systemd.sh"
  live_setup
  systemd_setup
  need_netload
  mkdir "$stage/build" "$stage/modules"
  cp "$(module_directory)"/*.so "$stage/modules"
  # shellcheck disable=SC2154 # set by need_netload
  cp "$netload" "$stage/build"
}

teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
    tail -n 30 "$stage"/*.log "$stage/output" || true
  fi
  live_teardown
}

plugins() {
  find "$stage/modules" -name '*.so' -printf '%f\n' | sed 's/\.so$//' | sort
}

# Configures all plugins; the daemon knows this directory by another path.
configure_all() {
  local plugin
  # shellcheck disable=SC2034 # for configure_daemon
  MODULES=/mnt/modules
  for plugin in $(plugins); do
    printf 'LoadPlugin %s\n<Plugin %s>\n' "$plugin" "$plugin"
    case $plugin in
    snmp_proto | sock_backlog)
      printf '%s\n' 'Namespace "/^netloss-.*-inside$/"' 'Containers true'
      ;;
    esac
    echo '</Plugin>'
    "$live_directory/loss/$plugin.sh" configuration 2>/dev/null || true
  done | configure_daemon 1
  sed "s|$home|/var/lib/collectd|g" "$home/collectd.conf" >"$stage/collectd.conf"
}

# Writes the script of losses: each plugin's own, and one in a namespace.
write_losses() {
  cat >"$stage/losses" <<'LOSSES'
export NETLOSS_BUILD=/mnt/build
cd /srv/tests/live
. ./lib.sh
undo_begin
make_namespace inside
ip -n "$inside" link set lo up
until [ -e /mnt/begin ]; do
  sleep 0.1
done
ip netns exec "$inside" "$NETLOSS_BUILD/netload" udp-overflow 127.0.0.1 500
for script in loss/*.sh; do
  name=$(basename "$script" .sh)
  "$script" demo && touch "/mnt/lost-$name"
done
touch /mnt/end
undo_all
LOSSES
}

all_have_read() {
  local plugin
  for plugin in $(plugins); do
    has_rows "$plugin/gauge-alert" 5 || return 1
  done
}

has_raised() { # PLUGIN METER|INSTANCE:METER
  local instance=
  [[ $2 != *:* ]] || instance=${2%:*}
  all_alerts | awk -F '|' -v plugin="$1" -v instance="$instance" -v meter="${2##*:}" '
    ($1 == "WARNING" || $1 == "FAILURE") && $2 == plugin && $4 == meter &&
      (instance == "" || $3 == instance) { found = 1 }
    END { exit !found }'
}

status_of_daemon() { # FIELD
  sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pgrep -n -f "^/usr/sbin/collectd -f -C /mnt/collectd.conf")/status"
}

@test "with every drop-in, each plugin sees its losses and lacks nothing" {
  local plugin meter
  write_losses
  configure_all
  write_units "$sources"/packaging/systemd/*.conf
  start_systemd
  wait_until 60 all_have_read || {
    cat "$stage/systemd.log" "$stage/output"
    return 1
  }
  # systemd has put them into force.
  [ "$(status_of_daemon Seccomp)" -eq 2 ]
  [ "$(status_of_daemon NoNewPrivs)" -eq 1 ]
  touch "$stage/begin"
  wait_until 180 test -e "$stage/end"
  cat "$stage/losses.log"
  all_alerts
  for plugin in $(plugins); do
    [ -e "$stage/lost-$plugin" ] || continue
    for meter in $("$live_directory/loss/$plugin.sh" alerts); do
      has_raised "$plugin" "$meter" || {
        echo "$plugin raised no $meter"
        return 1
      }
    done
  done
  [ -e "$stage/lost-sock_backlog" ]
  [ -e "$stage/lost-snmp_proto" ]
  # Processes can be named, and namespaces entered.
  all_alerts | grep -E '^[A-Z]+\|sock_backlog\|tcp-7998\|.*; netload\[[0-9]+\] at '
  [ "$(tail -qn 1 "$home/csv/$daemon_host"/snmp_proto-netloss-*-inside-Udp/protocol_counter-RcvbufErrors-* | cut -d , -f 2)" -eq 500 ]
  grep -E '\[(error|warning)\] [a-z_]+ plugin: ' "$home/log" && return 1
  [ "$(log_count 'CAP_|Operation not permitted')" -eq 0 ]
}

@test "a drop-in that goes too far is noticed" {
  : >"$stage/losses"
  configure_all
  printf '[Service]\nRestrictNamespaces=yes\n' >"$stage/50-too-far.conf"
  write_units "$sources"/packaging/systemd/*.conf "$stage/50-too-far.conf"
  start_systemd
  wait_until 60 all_have_read
  [ "$(log_count '(snmp_proto|sock_backlog) plugin: .* although collectd has CAP_SYS_ADMIN, as by RestrictNamespaces=')" -eq 2 ]
}
