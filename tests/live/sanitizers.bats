#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# All plugins inside the distribution's collectd, under valgrind and under the
# thread sanitizer: they read in parallel, and share a ledger. Only findings with
# one of our modules in their stack count: the daemon has some of its own.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  make_tree
}

teardown() {
  live_teardown
}

# Prints the names of the modules that were built, one per line.
module_names() {
  find "$(module_directory)" -name '*.so' -printf '%f\n' | sed 's/\.so$//' | sort
}

# Loads, warns of an option, raises and clears an alert, loses and finds its
# source, and stops.
live_through_everything() {
  configure_daemon 0.2 <<CONF
$(module_names | sed 's/^/LoadPlugin /')
<Plugin softnet>
  ProcRoot "$tree/proc"
  SysRoot "$tree/sys"
  ReportByCpu true
  Cpu "0-3"
  Colour "blue"
  <Threshold "dropped">
    Instance "/^[0-9]+$/"
    ClearHits 2
  </Threshold>
</Plugin>
CONF
  two_rows 0 0 0 0
  start_daemon
  wait_until 30 has_rows softnet/gauge-alert 2
  wait_until 60 has_rows loss_ledger/packets-backlog 2
  wait_until 60 has_rows snmp_proto/gauge-alert 2
  wait_until 60 has_rows sock_backlog/gauge-alert 2
  two_rows 100 50 100 5000
  wait_until 30 alerts_have dropped '^OKAY\|1'
  rm "$tree/proc/net/softnet_stat"
  wait_until 30 log_has 'softnet_stat cannot be read'
  row 0 200 50 | table
  wait_until 30 log_has 'can be read again'
  stop_daemon
  [ "$daemon_status" -eq 0 ]
}

# Prints the paragraphs of a file that name one of the modules.
about_module() { # FILE
  sed -E 's/^==[0-9]+== ?//' "$1" |
    awk -v RS= -v ORS='\n\n' -v names="($(module_names | paste -sd '|'))[.]so" \
      '$0 ~ names'
}

# valgrind does not know that these ioctls write what they return: ethtool's, and
# those for the owner of a namespace.
known_ioctls() {
  local kind function
  for kind in Cond Value8; do
    for function in nic_tally_take netns_owner_is_root; do
      printf '{\n  %s-%s\n  Memcheck:%s\n  fun:%s\n}\n' \
        "$function" "$kind" "$kind" "$function"
    done
  done
}

@test "valgrind: no error and no definite leak in our modules" {
  command -v valgrind >/dev/null || skip "valgrind is not installed"
  # Without line numbers each frame names its module.
  mkdir "$home/modules"
  local name
  for name in $(module_names); do
    objcopy --strip-debug "$(module_directory)/$name.so" "$home/modules/$name.so"
  done
  known_ioctls >"$home/known"
  # shellcheck disable=SC2054 # the comma is valgrind's
  daemon_wrapper=(valgrind --log-file="$home/valgrind" --num-callers=40
    --suppressions="$home/known"
    --leak-check=full --show-leak-kinds=definite,indirect)
  MODULES=$home/modules live_through_everything
  grep -q 'ERROR SUMMARY' "$home/valgrind"
  about_module "$home/valgrind"
  [ -z "$(about_module "$home/valgrind")" ]
}

# NETLOSS_TSAN_BUILD: a build with --enable-sanitizers=thread.
@test "thread sanitizer: no data race in our modules" {
  [ -n "${NETLOSS_TSAN_BUILD:-}" ] ||
    skip "NETLOSS_TSAN_BUILD does not name a build with --enable-sanitizers=thread"
  local runtime
  NETLOSS_BUILD=$NETLOSS_TSAN_BUILD
  runtime=$(ldd "$(module_directory)/softnet.so" |
    sed -nE 's/.*(libtsan[^ ]*) => ([^ ]+).*/\2/p')
  [ -n "$runtime" ]
  # setarch: the sanitizer does not support full address randomization.
  daemon_wrapper=(setarch -R env LD_PRELOAD="$runtime"
    TSAN_OPTIONS="log_path=$home/tsan exitcode=0")
  live_through_everything
  touch "$home/tsan.0"
  cat "$home"/tsan.* >"$home/findings"
  about_module "$home/findings"
  [ -z "$(about_module "$home/findings")" ]
}
