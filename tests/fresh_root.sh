#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: fresh_root.sh ROOT COMMAND [ARGUMENT...]
#
# Runs a command with ROOT as its root directory and the usual file systems
# mounted. fresh.sh starts it as the first process of new namespaces. ROOT becomes
# a mount point, because "ip netns" fails in a plain chroot. On SIGTERM it ends
# all other processes, after they have put the kernel's settings back. Exits with
# the command's status.
set -euo pipefail

root=$1
shift

mount_devices() {
  local node
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  mkdir -p "$root"/dev/{net,pts,shm}
  for node in null zero full random urandom tty net/tun; do
    [ ! -e "/dev/$node" ] || cp -a "/dev/$node" "$root/dev/$node"
  done
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
  ln -s pts/ptmx "$root/dev/ptmx"
  mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
}

# Mounts /proc, /sys, and those file systems below /sys that this kernel has.
mount_kernel_files() {
  local type place
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  while read -r type place; do
    if [ -d "$root/sys/$place" ]; then
      mount -t "$type" "$type" "$root/sys/$place"
    fi
  done <<'PLACES'
cgroup2 fs/cgroup
bpf fs/bpf
debugfs kernel/debug
tracefs kernel/tracing
PLACES
}

enter_root() {
  cd "$root"
  pivot_root . .
  umount -l .
  cd /
  echo fresh >/proc/sys/kernel/hostname
}

# Ends all processes except the keepers of tests/live/lib.sh: each has a session
# of its own, and undoes a test's changes when that test is gone.
end_processes() {
  local process
  local -a stat
  for process in /proc/[0-9]*; do
    read -r -a stat 2>/dev/null <"$process/stat" || continue
    # A name with blanks shifts the fields; a keeper's has none.
    if [ "${stat[0]}" -ne 1 ] &&
      ! grep -qas netloss-keeper "/proc/${stat[5]}/cmdline"; then
      kill -TERM "${stat[0]}" 2>/dev/null || true
    fi
  done
}

is_alone() {
  local -a processes=(/proc/[0-9]*)
  [ "${#processes[@]}" -eq 1 ]
}

wait_until_alone() { # SECONDS
  local end=$((SECONDS + $1))
  until is_alone || [ "$SECONDS" -ge "$end" ]; do
    sleep 0.1
  done
}

mount --bind "$root" "$root"
mount -o remount,bind,dev,exec,suid "$root"
mount_kernel_files
mount_devices
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -m 1777 "$root/run/lock"
enter_root

terminated=
trap 'terminated=yes' TERM
status=0
# Enable job control: without it, background jobs ignore SIGINT.
set -m
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" &
wait "$!" || status=$?
trap '' TERM
if [ -n "$terminated" ]; then
  end_processes
fi
wait_until_alone 30
exit "$status"
