#!/bin/sh
# SPDX-License-Identifier: MIT
# Sends the alerts of the netloss plugins to the system's log: an example of a
# program for collectd's exec plugin, which runs it for each notification.
# Standard input has headers, one per line, an empty line, and the message.
# Replace "logger" by whatever wakes up the right people.
set -eu

severity='' host='' plugin='' setting='' setting_value=''
while IFS= read -r line && [ -n "$line" ]; do
  value=${line#*: }
  case $line in
  "Severity: "*) severity=$value ;;
  "Host: "*) host=$value ;;
  "Plugin: "*) plugin=$value ;;
  "Setting: "*) setting=$value ;;
  "SettingValue: "*) setting_value=$value ;;
  esac
done
message=$(cat)

case $plugin in
drop_reason | irq_balance | loss_ledger | nic_ethtool | snmp_proto) ;;
sock_backlog | softnet) ;;
*) exit 0 ;;
esac
case $severity in
FAILURE) priority=daemon.err ;;
WARNING) priority=daemon.warning ;;
*) priority=daemon.notice ;;
esac
exec logger -t "netloss[$host]" -p "$priority" -- \
  "$severity: $message${setting:+ [$setting=$setting_value]}"
