#!/usr/bin/bash
# SPDX-License-Identifier: MIT
# The guest's init: brings its adapters up, runs the scripts of the topics that
# the kernel's command line names, and turns the machine off.

export PATH=/usr/bin:/usr/sbin:/bin:/busybox
/bin/busybox --install -s /busybox
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /tmp

# The serial line to boot.sh, for all scripts; raw, so that the terminal changes
# nothing.
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1

# shellcheck source=tests/vm/guest/lib.sh
. /guest/lib.sh

for module in virtio_pci $adapters; do
  modprobe "$module"
done
ip link set lo up
for driver in $adapters; do
  nic_up "$driver"
done

for topic in /guest/${TOPICS:-test_*}.sh; do
  say "# ${topic##*/}, $(cut -d . -f 1 /proc/uptime) s from the start"
  bash "$topic" 2>/tmp/errors ||
    not_ok "${topic##*/} reached its end" "status $?: $(tail -n 1 /tmp/errors)"
done
say end
poweroff -f
