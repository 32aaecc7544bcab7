#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each sample in conf.d/ is one that collectd accepts as it is.

setup() {
  . "$BATS_TEST_DIRNAME/sinks.sh"
  sinks_setup
}

teardown() {
  live_teardown
}

# collectd -T with a sample, but for the place of the passwords, which must be
# there.
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

# Where collectd's own plugins are.
stock_modules() {
  collectd -h | sed -n 's/^ *Plugin directory  *//p'
}

# A plugin of ours, rather than one that collectd brings along.
is_plugin() { # SAMPLE
  [ -e "$(module_directory)/$1.so" ]
}

@test "collectd -T accepts each sample, without a word against it" {
  local file name
  for file in "$sources"/conf.d/*.conf; do
    name=$(basename "$file" .conf)
    echo "--- $name"
    accepts "$name" >"$home/said" 2>&1 || {
      cat "$home/said"
      return 1
    }
    # Nobody listens at carbon's port here; what -T does not wait for is told; and
    # MHD is a library that says this of itself in Debian 12.
    grep -E '\[(error|warning)\]' "$home/said" |
      grep -vE 'Connecting to localhost:2003|left after shutting down|MHD_OPTION_EXTERNAL_LOGGER' \
        >"$home/faults" || continue
    cat "$home/faults"
    return 1
  done
}
