# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# drop_reason on a kernel that numbers the reasons differently: each loss has
# the right reason and the kernel's own number, and the places match dropwatch.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

kernel_counts() { # PROTOCOL COUNTER
  awk -v protocol="$1:" -v counter="$2" '
    $1 == protocol && $1 != before {
      before = $1
      for (i = 2; i <= NF; i++)
        name[i] = $i
      next
    }
    $1 == before {
      for (i = 2; i <= NF; i++)
        if (name[i] == counter)
          print $i
    }
    { before = "" }' /proc/net/snmp /proc/net/netstat
}

count_of() { # REASON
  layer_value - "packets-$1" || echo 0
}

# Packets from another namespace can arrive after their sender has ended.
has_counted() { # PROTOCOL COUNTER VALUE
  [ "$(kernel_counts "$1" "$2")" -ge "$3" ]
}

# Tests that the reason and the kernel's counter both gain COUNT while COMMAND
# runs.
loses() { # REASON PROTOCOL COUNTER COUNT COMMAND...
  local reason=$1 protocol=$2 counter=$3 count=$4 before kernel_before
  shift 4
  layer_read
  before=$(count_of "$reason")
  kernel_before=$(kernel_counts "$protocol" "$counter")
  "$@" >/dev/null || return
  wait_for 30 has_counted "$protocol" "$counter" $((kernel_before + count)) || true
  layer_read
  layer_read # the first event is sent one read later
  grep '^value - packets' "$scratch/read" | xargs
  holds $(($(kernel_counts "$protocol" "$counter") - kernel_before)) -eq "$count" &&
    holds $(($(count_of "$reason") - before)) -eq "$count"
}

is_elsewhere() { # PID
  [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# Makes a second namespace that sends packets with a source address not routed
# through its device, or to an address that is not here.
make_neighbour() {
  unshare -n sleep 1000 &
  neighbour=$!
  wait_for 30 is_elsewhere "$neighbour"
  ip link add far type veth peer name near netns "$neighbour"
  echo 1 >/proc/sys/net/ipv6/conf/far/disable_ipv6
  ip link set far up
  ip address add 10.88.0.2/24 dev far
  within ip link set near up
  within ip address add 10.88.0.1/24 dev near
  within ip address add 10.77.0.1/32 dev near
  for address in 2 3; do
    within ip neighbour add "10.88.0.$address" \
      lladdr "$(cat /sys/class/net/far/address)" dev near
  done
  within ip route add 10.88.0.2/32 dev near src 10.77.0.1
}

# Runs a program in it, by its path, because busybox has an ip of its own.
within() { # PROGRAM ARGUMENT...
  nsenter -t "$neighbour" -n "/usr/bin/$1" "${@:2}"
}

send_spoofed() {
  within netload udp-send 10.88.0.2 9 "$1"
}

send_to_nobody() {
  within netload udp-send 10.88.0.3 9 "$1"
}

lose_everything() {
  ok "$1: SOCKET_RCVBUFF is RcvbufErrors" loses socket_rcvbuff Udp RcvbufErrors \
    123 netload udp-overflow 127.0.0.1 123
  ok "$1: UDP_CSUM is InCsumErrors" loses udp_csum Udp InCsumErrors 45 \
    netload udp-bad-checksum 127.0.0.1 45
  ok "$1: NO_SOCKET is NoPorts" loses no_socket Udp NoPorts 77 \
    netload udp-send 127.0.0.1 9 77
  ok "$1: IP_RPFILTER is IPReversePathFilter" loses ip_rpfilter TcpExt \
    IPReversePathFilter 31 send_spoofed 31
  ok "$1: PROTO_MEM is TCPRcvQDrop" loses proto_mem TcpExt TCPRcvQDrop 8 \
    netload receive-drop 127.0.0.1 8
  ok "$1: IP_INADDRERRORS is InAddrErrors" loses ip_inaddrerrors Ip \
    InAddrErrors 32 send_to_nobody 32
  before=$(count_of full_ring)
  dropped=$(netload tun-overflow netloss2 333)
  layer_read
  layer_read
  ok "$1: FULL_RING is the device's tx_dropped" \
    holds $(($(count_of full_ring) - before)) -eq "$dropped"
}

modprobe -a tun veth sch_tbf
mkdir -p /dev/net
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
make_neighbour

layer_start --option 'Reason="/./"' --option Places=50 drop_reason
ok 'drop_reason reads' layer_read
ok 'it logs nothing' is_silent layer_log
lose_everything 'by BTF'

# Prints what a reason of an object gained while COMMAND ran.
gain_of() { # OBJECT REASON COMMAND...
  local object=$1 metric=packets-$2 before
  shift 2
  before=$(layer_value "$object" "$metric" || echo 0)
  "$@" >/dev/null
  layer_read
  layer_read
  echo $(($(layer_value "$object" "$metric" || echo 0) - before))
}

fails_to_start() { # REGEX
  ! netloss read --reads 1 drop_reason >"$scratch/read" &&
    grep "$1" "$scratch/read" && holds "$(grep -c '^log ' "$scratch/read")" -eq 1
}

# --- Beside dropwatch --------------------------------------------------------

# Prints each function and count of dropwatch, whose lines are such as "12 drops
# at udp_queue_rcv_one_skb+1f (0xffff...)".
dropwatch_places() {
  sed -nE 's/^([0-9]+) drops at ([^+. ]+).*/\2 \1/p' "$scratch/dropwatch" |
    awk '{ sum[$1] += $2 } END { for (name in sum) print name, sum[name] }'
}

place_counts() {
  awk '$1 == "value" && $2 == "place" { sub(/packets-/, "", $3); print $3, $4 }' \
    "$scratch/read"
}

# Tests that each function of dropwatch has gained the same number here. Ignores
# functions with few drops: stray packets before the first read.
agrees() {
  dropwatch_places | awk '$2 > 3' >"$scratch/theirs"
  cat "$scratch/dropwatch" "$scratch/theirs"
  [ "$(grep -c . "$scratch/theirs")" -ge 3 ] || return
  local name count now before
  while read -r name count; do
    now=$(awk -v name="$name" '$1 == name { print $2 }' "$scratch/after")
    before=$(awk -v name="$name" '$1 == name { print $2 }' "$scratch/before")
    holds "$name $((${now:-0} - ${before:-0}))" = "$name $count" || return
  done <"$scratch/theirs"
}

# The kernel module is in use while dropwatch watches.
dropwatch_is() { # on|off
  local users
  users=$(</sys/module/drop_monitor/refcnt)
  case $1 in
  on) [ "$users" -gt 0 ] ;;
  off) [ "$users" -eq 0 ] ;;
  esac
}

has_ended() { # PID
  ! kill -0 "$1"
}

if command -v dropwatch >/dev/null && modprobe drop_monitor; then
  mkfifo "$scratch/commands"
  TERM=dumb dropwatch -l kas <"$scratch/commands" >"$scratch/dropwatch" 2>&1 &
  watcher=$!
  exec 7>"$scratch/commands"
  echo start >&7
  wait_for 30 dropwatch_is on
  layer_read
  place_counts >"$scratch/before"
  netload udp-overflow 127.0.0.1 300 >/dev/null
  netload udp-send 127.0.0.1 9 200 >/dev/null
  send_spoofed 100
  netload receive-drop 127.0.0.1 4 >/dev/null
  sleep 3 # the kernel sends dropwatch its counts once a second
  layer_read
  layer_read
  place_counts >"$scratch/after"
  # SIGINT stops dropwatch, which then prints what it has.
  kill -INT "$watcher"
  wait_for 30 dropwatch_is off
  echo exit >&7
  exec 7>&-
  wait_for 30 has_ended "$watcher" || true
  kill -KILL "$watcher" 2>/dev/null || true
  ok 'the places match dropwatch -l kas' agrees
else
  skip 'the places match dropwatch -l kas' 'dropwatch is not installed'
fi
layer_stop

# --- Whose -------------------------------------------------------------------

within ip link set lo up
space=$(stat -L -c %i "/proc/$neighbour/ns/net")
layer_start --option 'Reason="/./"' --option Containers=true \
  --option ReportByInterface=true drop_reason
layer_read
ok 'it logs nothing about owners' is_silent layer_log
ok "a namespace's packets are its own" holds \
  "$(gain_of "$space" no_socket within netload udp-send 127.0.0.1 9 17)" -eq 17
ok "and its interface's" holds "$(layer_value "$space-lo" packets-no_socket)" -eq 17
ok "the receiver's, not the sender's" holds \
  "$(gain_of far ip_rpfilter send_spoofed 21)" -eq 21
ok 'the sender has none of them' holds \
  "$(layer_value "$space" packets-ip_rpfilter || echo 0)" -eq 0
layer_stop

# --- By tracefs --------------------------------------------------------------

mount -t tmpfs none /sys/kernel/btf
ok 'without BTF and tracefs it names what to mount' fails_to_start \
  'log error .*mount -t tracefs tracefs /sys/kernel/tracing'
mount -t tracefs none /sys/kernel/tracing
layer_start --option 'Reason="/./"' drop_reason
ok 'drop_reason reads by tracefs' layer_read
lose_everything 'by tracefs'
layer_stop
umount /sys/kernel/btf

# --- Locked down -------------------------------------------------------------

# Lockdown cannot be undone: later scripts run without BPF.
lockdown=/sys/kernel/security/lockdown
mount -t securityfs none /sys/kernel/security
if [ -e "$lockdown" ] && echo confidentiality >"$lockdown"; then
  if netloss read --reads 1 drop_reason >"$scratch/read"; then
    layer_start --option 'Reason="/./"' drop_reason
    layer_read
    ok 'under lockdown, reasons are counted' loses socket_rcvbuff Udp RcvbufErrors \
      60 netload udp-overflow 127.0.0.1 60
    layer_stop
  else
    ok 'under lockdown, it logs that once' fails_to_start 'log error .*locked down'
  fi
else
  skip 'under lockdown, reasons are counted' 'this kernel has no lockdown'
fi
kill "$neighbour"
