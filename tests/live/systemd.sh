# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # variables of daemon.sh
# Runs a systemd of the test's own, with collectd's unit and the drop-ins. It is
# the first process of new PID, mount and cgroup namespaces, knows no unit but the
# test's, and shares the network with the host. To be sourced after daemon.sh.

systemd_program=/lib/systemd/systemd

# Makes the directories, and a cgroup until undo_all. Skips the test where no systemd
# can be run. What collectd writes is in $home.
systemd_setup() {
  local mount
  sources=$(cd "$live_directory/../.." && pwd)
  stage=$BATS_TEST_TMPDIR/stage
  home=$stage/varlib/private/collectd
  mkdir -p "$home" "$stage/empty"
  chmod 700 "$stage/varlib/private"
  need_root
  [ -x "$systemd_program" ] || skip "there is no $systemd_program"
  [ -e /lib/systemd/system/collectd.service ] || skip "collectd has no unit"
  mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
  cgroup=$mount/netloss-$$
  { [ -n "$mount" ] && mkdir "$cgroup"; } 2>/dev/null ||
    skip "no cgroup can be made"
  # shellcheck disable=SC2016
  undo_later bash -c 'for i in {1..50}; do
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null; [ -e "$1" ] || exit
    sleep 0.1
  done' - "$cgroup"
}

# Writes the units: collectd's own, which waits for nothing of the host, with the
# drop-ins, and one that runs $stage/losses.
write_units() { # DROP-IN...
  local units=$stage/units
  mkdir -p "$units/collectd.service.d"
  cp /lib/systemd/system/collectd.service "$units"
  cp "$@" "$units/collectd.service.d"
  cat >"$units/collectd.service.d/99-test.conf" <<'UNIT'
[Unit]
DefaultDependencies=no
ConditionPathExists=
[Service]
Restart=no
ExecStartPre=
ExecStart=
ExecStart=/usr/sbin/collectd -f -C /mnt/collectd.conf
StandardOutput=file:/mnt/output
StandardError=file:/mnt/output
UNIT
  cat >"$units/losses.service" <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/bin/bash /mnt/losses
StandardOutput=file:/mnt/losses.log
StandardError=file:/mnt/losses.log
UNIT
  printf '[Unit]\nDefaultDependencies=no\nWants=collectd.service losses.service\n' \
    >"$units/test.target"
  printf '[Unit]\n' | tee "$units/local-fs.target" >"$units/network.target"
}

# Starts systemd. $stage is at /mnt there, and $sources at /srv.
start_systemd() {
  # shellcheck disable=SC2016 # the shell's own
  bash -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' - "$cgroup" \
    unshare --fork --kill-child --pid --mount --cgroup --ipc --uts \
    bash -c 'set -e
      mount --make-rprivate /
      mount --bind "$1" /mnt
      mount --bind "$1/varlib" /var/lib
      mount --bind "$2" /srv
      mount -t proc proc /proc
      mount -t tmpfs tmpfs /run
      mount -t tmpfs -o mode=1777 tmpfs /tmp
      mount -t tmpfs -o mode=1777 tmpfs /var/tmp
      mount -t cgroup2 cgroup2 /sys/fs/cgroup
      mount --make-rshared /
      export container=test SYSTEMD_UNIT_PATH=/mnt/units \
        SYSTEMD_GENERATOR_PATH=/mnt/empty \
        SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/mnt/empty
      exec "$3" --system --unit=test.target --log-target=null --show-status=no' \
    - "$stage" "$sources" "$systemd_program" \
    </dev/null >"$stage/systemd.log" 2>&1 3>&- 4>&- &
  systemd=$!
  undo_later kill -KILL "$systemd"
}
