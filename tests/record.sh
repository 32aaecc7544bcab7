#!/bin/bash
# SPDX-License-Identifier: MIT
# Records what the plugins read on this machine, as a tree for tests/fixtures:
#
#   tests/record.sh tests/fixtures/softnet/linux-6.18-x86_64
#
# Files that this kernel does not have are left out. No file in the list names the
# host, its addresses or its users: keep it so when you add to the list, and look
# through the result before you pass it on.
set -euo pipefail

# The files to copy, by plugin; glob patterns are allowed.
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
  # irq_balance; links and file modes, which show the owner of each interrupt,
  # are recorded by record_irqs.sh
  /proc/interrupts
  /proc/softirqs
  /sys/devices/system/cpu/possible
  # snmp_proto
  /proc/net/snmp
  /proc/net/netstat
  /proc/net/snmp6
  /proc/net/sctp/snmp
  /proc/net/xfrm_stat
  /proc/net/stat/nf_conntrack
  /proc/net/stat/arp_cache
  /proc/net/stat/ndisc_cache
  /proc/net/sockstat
  /proc/net/sockstat6
  /proc/sys/net/core/busy_poll
  /proc/sys/net/core/rmem_default
  /proc/sys/net/core/rmem_max
  /proc/sys/net/core/somaxconn
  /proc/sys/net/core/wmem_default
  /proc/sys/net/core/wmem_max
  /proc/sys/net/ipv4/conf/all/arp_filter
  /proc/sys/net/ipv4/conf/all/rp_filter
  /proc/sys/net/ipv4/icmp_msgs_per_sec
  /proc/sys/net/ipv4/icmp_ratelimit
  /proc/sys/net/ipv4/ip_forward
  /proc/sys/net/ipv4/ip_local_port_range
  /proc/sys/net/ipv4/ipfrag_high_thresh
  /proc/sys/net/ipv4/ipfrag_time
  /proc/sys/net/ipv4/neigh/default/gc_thresh3
  /proc/sys/net/ipv4/neigh/default/unres_qlen_bytes
  /proc/sys/net/ipv4/tcp_abort_on_overflow
  /proc/sys/net/ipv4/tcp_autocorking
  /proc/sys/net/ipv4/tcp_challenge_ack_limit
  /proc/sys/net/ipv4/tcp_fastopen
  /proc/sys/net/ipv4/tcp_fin_timeout
  /proc/sys/net/ipv4/tcp_invalid_ratelimit
  /proc/sys/net/ipv4/tcp_limit_output_bytes
  /proc/sys/net/ipv4/tcp_max_orphans
  /proc/sys/net/ipv4/tcp_max_syn_backlog
  /proc/sys/net/ipv4/tcp_max_tw_buckets
  /proc/sys/net/ipv4/tcp_mem
  /proc/sys/net/ipv4/tcp_migrate_req
  /proc/sys/net/ipv4/tcp_mtu_probing
  /proc/sys/net/ipv4/tcp_plb_enabled
  /proc/sys/net/ipv4/tcp_retries2
  /proc/sys/net/ipv4/tcp_rmem
  /proc/sys/net/ipv4/tcp_syncookies
  /proc/sys/net/ipv4/tcp_tw_recycle
  /proc/sys/net/ipv4/tcp_tw_reuse
  /proc/sys/net/ipv4/tcp_wmem
  /proc/sys/net/ipv4/udp_mem
  /proc/sys/net/ipv6/conf/all/disable_ipv6
  /proc/sys/net/ipv6/conf/all/forwarding
  /proc/sys/net/ipv6/icmp/ratelimit
  /proc/sys/net/ipv6/ip6frag_high_thresh
  /proc/sys/net/ipv6/ip6frag_time
  /proc/sys/net/ipv6/neigh/default/gc_thresh3
  /proc/sys/net/ipv6/neigh/default/unres_qlen_bytes
  /proc/sys/net/netfilter/nf_conntrack_buckets
  /proc/sys/net/netfilter/nf_conntrack_max
  /proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal
  /proc/sys/net/sctp/sctp_rmem
  /proc/sys/vm/min_free_kbytes
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
  # Not cp: the size of these files is 0.
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

# Prints the release without what a distribution or the machine's owner appended.
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
