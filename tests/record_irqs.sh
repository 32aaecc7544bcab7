#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records the files and links that show which device each interrupt belongs to
# and which CPUs it goes to, for a file below tests/fixtures/irq_balance:
#
#   tests/record_irqs.sh [DESCRIPTION] >linux-6.18-virtio.txt
#
# tests/irq_tree.h makes a tree of the lines it prints:
#
#   link PATH TARGET
#   file PATH MODE
#   |a line of the file
#
# It records no host name and no address; look through the result before you
# pass it on.
set -euo pipefail

# Prints the upstream release. Debian puts it into "uname -v", and a number of
# its own into "uname -r".
kernel_version() {
  local version
  version=$(uname -v | sed -nE 's/.* Debian ([0-9.]+)-.*/\1/p')
  [[ -n $version ]] ||
    version=$(uname -r | sed -E 's/^([0-9]+(\.[0-9]+)*).*/\1/')
  printf '%s\n' "$version"
}

record_file() { # FILE
  [[ -f $1 && -r $1 ]] || return 0
  local content
  # Some readable files cannot be read, such as xps_cpus of a single queue.
  content=$(cat "$1" 2>/dev/null && echo .) || return 0
  printf 'file %s %s\n' "${1#/}" "$(stat -c %a "$1")"
  printf '%s' "${content%.}" | sed 's/^/|/'
}

record_link() { # LINK
  [[ -L $1 ]] || return 0
  printf 'link %s %s\n' "${1#/}" "$(readlink "$1")"
}

# Records a device and its parents, up to the one that has the interrupts.
record_device() { # DIRECTORY
  local directory=$1 file
  while [[ $directory == /sys/devices/* ]]; do
    for file in irq numa_node local_cpulist; do
      record_file "$directory/$file"
    done
    for file in "$directory"/msi_irqs/*; do
      record_file "$file"
    done
    [[ ! -e $directory/irq ]] || return 0
    directory=${directory%/*}
  done
}

record_interface() { # NAME
  local real file
  real=$(readlink -f "/sys/class/net/$1")
  record_link "/sys/class/net/$1"
  record_link "$real/device"
  record_file "$real/ifindex"
  for file in "$real"/queues/*/{rps_cpus,rps_flow_cnt,xps_cpus}; do
    record_file "$file"
  done
  record_device "$(readlink -f "$real/device")"
}

main() {
  local file
  printf '# recorded from Linux %s on %s%s\n' "$(kernel_version)" \
    "$(uname -m)" "${1:+, $1}"
  record_file /proc/interrupts
  record_file /proc/softirqs
  record_file /sys/devices/system/cpu/online
  record_file /sys/devices/system/cpu/possible
  for file in /sys/kernel/irq/*/{actions,per_cpu_count} \
    /proc/irq/*/{smp_affinity_list,effective_affinity_list,node}; do
    record_file "$file"
  done
  for file in /sys/class/net/*/device; do
    [[ ! -e $file ]] || record_interface "$(basename "${file%/device}")"
  done
}

main "$@"
