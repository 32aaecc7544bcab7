#!/bin/bash
# SPDX-License-Identifier: MIT
# Records what the plugins read on this machine, as a tree for tests/fixtures:
#
#   tests/record.sh tests/fixtures/softnet/linux-6.18-x86_64
#
# A file of the list that this kernel does not have is left out, as it is there.
# Nothing that is copied names the host, its addresses or its users: keep it so
# when you add to the list, and look through the result before you pass it on.
set -euo pipefail

# By plugin. Patterns are allowed.
readonly recorded=(
  # softnet
  /proc/net/softnet_stat
  /sys/devices/system/cpu/online
  /proc/sys/net/core/netdev_max_backlog
  /proc/sys/net/core/netdev_budget
  /proc/sys/net/core/netdev_budget_usecs
  /proc/sys/net/core/dev_weight
  /proc/sys/net/core/flow_limit_cpu_bitmap
  /proc/sys/net/core/flow_limit_table_len
)

usage() {
  echo "usage: $0 DIRECTORY" >&2
  echo "DIRECTORY must not exist, or be empty." >&2
  exit 2
}

record_file() {
  local file=$1 target=$2
  if [[ ! -r $file ]]; then
    echo "left out, because it cannot be read: $file" >&2
    return
  fi
  mkdir -p "$target${file%/*}"
  # The files have no length, and some have no content either: cat does not mind.
  cat "$file" >"$target$file"
}

record_all() {
  local target=$1 pattern file
  for pattern in "${recorded[@]}"; do
    while read -r file; do
      record_file "$file" "$target"
    done < <(compgen -G "$pattern")
  done
}

# The release up to the first word that a distribution or an owner added.
kernel_version() {
  uname -r | sed -E 's/^([0-9]+(\.[0-9]+)*).*/\1/'
}

cpus_online() {
  cat /sys/devices/system/cpu/online 2>/dev/null || echo unknown
}

write_origin() {
  local target=$1
  printf 'recorded from Linux %s on %s, CPUs online: %s\n' \
    "$(kernel_version)" "$(uname -m)" "$(cpus_online)" >"$target/ORIGIN"
}

main() {
  [[ $# -eq 1 && $1 != -* ]] || usage
  local target=$1
  if [[ -e $target ]] && { [[ ! -d $target ]] ||
    [[ -n $(ls -A -- "$target") ]]; }; then
    usage
  fi
  mkdir -p -- "$target"
  record_all "$target"
  write_origin "$target"
  find "$target" -type f | sort
}

main "$@"
