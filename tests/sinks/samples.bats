#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# collectd accepts each sample in conf.d/ unchanged.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
}

teardown() {
  live_teardown
}

# Runs collectd -T with a sample. Only the path of the password file is changed,
# because that file must exist.
accepts() { # SAMPLE
  echo "agent: change-me" >"$home/passwd"
  cat >"$home/collectd.conf" <<CONF
FQDNLookup false
BaseDir "$home"
PIDFile "$home/pid"
LoadPlugin logfile
<Plugin logfile>
  File stdout
  PrintSeverity true
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "$home/csv"
</Plugin>
PluginDir "$(module_directory)"
$(! is_plugin "$1" || sample "$1")
PluginDir "$(stock_modules)"
$(is_plugin "$1" ||
    sample "$1" | sed "s|\"/etc/collectd/passwd\"|\"$home/passwd\"|")
CONF
  "${daemon_wrapper[@]}" collectd -T -C "$home/collectd.conf"
}

# Prints the directory of collectd's own plugins.
stock_modules() {
  collectd -h | sed -n 's/^ *Plugin directory  *//p'
}

# Succeeds for the sample of a plugin of netloss, rather than of collectd.
is_plugin() { # SAMPLE
  [ -e "$(module_directory)/$1.so" ]
}

@test "collectd -T accepts each sample without a warning" {
  local file name
  for file in "$sources"/conf.d/*.conf; do
    name=$(basename "$file" .conf)
    echo "--- $name"
    accepts "$name" >"$home/output" 2>&1 || {
      cat "$home/output"
      return 1
    }
    # Expected: nobody listens at carbon's port; -T does not wait for write
    # threads; and Debian 12's libmicrohttpd always logs a warning.
    grep -E '\[(error|warning)\]' "$home/output" |
      grep -vE 'Connecting to localhost:2003|left after shutting down|MHD_OPTION_EXTERNAL_LOGGER' \
        >"$home/faults" || continue
    cat "$home/faults"
    return 1
  done
}
