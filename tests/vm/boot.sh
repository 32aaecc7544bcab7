#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Boots the virtual machine and serves its requests:
#
#   tests/vm/boot.sh KERNEL-TREE IMAGE TOPICS DIRECTORY
#
# It runs the guest's scripts of these TOPICS and prints their output, except
# for requests: on "flood DRIVER COUNT RATE FLOWS" it sends frames to an
# adapter, COUNT in each flow, and then answers "flooded". DIRECTORY gets the
# console and qemu's messages. Exit status: 0 if the guest reached its end, 1 if
# not.
#
# It runs in a network namespace of its own: it needs no privileges, and the
# flood reaches nothing else.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 4 ] || {
  sed -n 's/^#   \(tests.*\)/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
if [ -z "${NETLOSS_ISOLATED:-}" ]; then
  NETLOSS_ISOLATED=yes exec "${vm_isolate[@]}" "${BASH_SOURCE[0]}" "$@"
fi
kernel=$1 image=$2 topics=$3 directory=$4

# Far more seconds than the tests take.
readonly time_limit=800 cpus=4

# The adapters' drivers and qemu's devices. The adapter at place N has the
# address 10.99.N.2 and the MAC 52:54:00:99:00:0N.
readonly drivers=(
  [1]=virtio_net [2]=e1000e [3]=vmxnet3 [4]=8139cp [5]=pcnet32 [6]=e1000
  [7]=e100
)
readonly devices=(
  [1]=virtio-net-pci [2]=e1000e [3]=vmxnet3 [4]=rtl8139 [5]=pcnet [6]=e1000
  [7]=i82557b
)
readonly mac=52:54:00:99:00:0

# Prints the port whose datagrams are frames for the adapter.
port_of() { # PLACE
  echo $((47000 + $1))
}

# Makes the tap that gives virtio_net several queues. Without /dev/net/tun it
# gets a socket like the other adapters.
make_tap() { # PLACE
  ip tuntap add dev tap0 mode tap multi_queue 2>/dev/null || {
    echo '# no tap device: virtio_net has one queue'
    return 1
  }
  [ ! -e /proc/sys/net/ipv6 ] ||
    echo 1 >/proc/sys/net/ipv6/conf/tap0/disable_ipv6
  ip link set tap0 up
  ip address add "10.99.$1.1/24" dev tap0
  ip neighbour add "10.99.$1.2" lladdr "$mac$1" nud permanent dev tap0
}

# Adds the adapter and its backend to arguments. Nobody receives what the guest
# sends to a socket.
add_adapter() { # PLACE
  local backend queues=''
  backend=socket,udp=127.0.0.1:9,localaddr=127.0.0.1:$(port_of "$1")
  if [ "$1" = "$tap_place" ]; then
    backend=tap,ifname=tap0,script=no,downscript=no,queues=$cpus
    queues=,mq=on,vectors=$((2 * cpus + 2))
  fi
  arguments+=(-netdev "$backend,id=net$1"
    -device "${devices[$1]},netdev=net$1,mac=$mac$1,romfile=$queues")
}

flood() { # DRIVER COUNT RATE: one flow
  local place
  local -a rate=()
  [ "$3" -eq 0 ] || rate=(--rate "$3")
  for place in "${!drivers[@]}"; do
    [ "${drivers[$place]}" = "$1" ] || continue
    if [ "$place" = "$tap_place" ]; then
      "$NETLOSS_BUILD/netload" udp-send "10.99.$place.2" 9 "$2" "${rate[@]}"
    else
      "$NETLOSS_BUILD/netload" frames "$(port_of "$place")" "$mac$place" \
        "10.99.$place.2" "$2" "${rate[@]}"
    fi
  done
}

# Prints the guest's output and serves its requests. Sets ended if the guest
# reached its end.
serve() {
  local line request driver count rate flows i
  while IFS= read -r line <&"$from_guest"; do
    read -r request driver count rate flows <<<"$line"
    case $request in
    flood)
      {
        for ((i = 0; i < flows; i++)); do
          flood "$driver" "$count" "$rate" >/dev/null || true
        done
        echo flooded >&"$to_guest"
      } &
      ;;
    end) ended=yes ;;
    *) printf '%s\n' "$line" ;;
    esac
  done
}

# shellcheck disable=SC2054 # the commas are qemu's
arguments=(
  -M pc -cpu max -smp "$cpus" -m 1024 -accel tcg,thread=multi
  -nodefaults -no-user-config -no-reboot -display none
  -kernel "$kernel"/boot/vmlinuz-* -initrd "$image"
  -append "console=ttyS0 quiet panic=-1 TOPICS=$topics"
  # The kernel's console, and the serial line for the guest's output and
  # requests.
  -serial "file:$directory/console"
  -chardev stdio,id=line,signal=off -serial chardev:line
)
ip link set lo up
tap_place=
if make_tap 1; then
  tap_place=1
fi
for place in "${!drivers[@]}"; do
  add_adapter "$place"
done

coproc machine {
  exec timeout --foreground --kill-after=5 "$time_limit" \
    qemu-system-x86_64 "${arguments[@]}" 2>"$directory/qemu"
}
qemu=${machine_PID:-}
trap 'kill "$qemu" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
exec {from_guest}<&"${machine[0]}" {to_guest}>&"${machine[1]}"
ended=
serve
[ -n "$ended" ]
