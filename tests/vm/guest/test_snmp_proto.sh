# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# snmp_proto reads all tables of this kernel.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Sends datagrams to a closed port, then reads.
refuse_and_read() { # COUNT
  netload udp-send 127.0.0.1 9 "$1" >/dev/null
  layer_read
  cat "$scratch/read" >>"$scratch/all"
}

kernel_no_ports() {
  awk '$1 == "Udp:" && $3 ~ /^[0-9]/ { print $3 }' /proc/net/snmp
}

protocols_reported() {
  awk '$1 == "value" { print $2 }' "$scratch/read" | sort -u | xargs
}

reports_all() { # PROTOCOL...
  local protocol
  for protocol in "$@"; do
    [[ " $(protocols_reported) " == *" $protocol "* ]] || {
      echo "no $protocol: $(protocols_reported)"
      return 1
    }
  done
}

complaints() {
  grep '^log ' "$scratch/all"
}

modprobe -a sctp nf_conntrack
ok 'the kernel has the optional tables' \
  ls /proc/net/sctp/snmp /proc/net/stat/nf_conntrack /proc/net/xfrm_stat
layer_start --option Report=all snmp_proto
ok 'snmp_proto reads' refuse_and_read 50
before=$(layer_value Udp protocol_counter-NoPorts)
ok 'snmp_proto reads again' refuse_and_read 70
ok 'it reports each protocol' reports_all Ip Icmp Tcp Udp UdpLite TcpExt IpExt \
  Ip6 Icmp6 Udp6 Sctp xfrm conntrack arp_cache ndisc_cache
ok 'it reports hundreds of values' \
  holds "$(grep -c '^value ' "$scratch/read")" -ge 300
ok 'Udp NoPorts equals the kernel'\''s number' \
  holds "$(layer_value Udp protocol_counter-NoPorts)" -eq "$(kernel_no_ports)"
ok 'Udp NoPorts gained the number of datagrams' \
  holds "$(($(layer_value Udp protocol_counter-NoPorts) - before))" -eq 70
ok 'it logs nothing about any table' is_silent complaints
layer_stop
