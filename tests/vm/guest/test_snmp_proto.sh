# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# snmp_proto on this kernel's tables.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Traffic of which this kernel's own tables tell, while nothing else does.
no_port() {
  netload udp-send 127.0.0.1 9 50 || true
}

kernel_no_ports() {
  awk '$1 == "Udp:" && $3 ~ /^[0-9]/ { print $3 }' /proc/net/snmp
}

layer_start snmp_proto
no_port
ok 'snmp_proto reads' layer_read
cp "$scratch/read" "$scratch/first"
ok 'there are values of many protocols' \
  holds "$(cut -d ' ' -f 2 "$scratch/first" | sort -u | wc -l)" -ge 6
no_port
ok 'snmp_proto reads again' layer_read
ok 'Udp has the kernel'\''s figure' \
  holds "$(layer_value Udp "$(awk '$3 ~ /-NoPorts$/ && $2 == "Udp" {
    print $3
  }' "$scratch/read")")" -eq "$(kernel_no_ports)"
grep '^log ' "$scratch/first" "$scratch/read" >"$scratch/log" || true
ok 'no table puzzles it' is_empty "$scratch/log"
layer_stop
