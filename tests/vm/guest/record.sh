# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sends and receives with all adapters, floods them so that vmxnet3 loses
# packets in a small ring, and then prints the recording of each driver:
# "fixture DRIVER LINE".
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Each run of netload is a flow of its own, so that flows spread over queues.
send_some() { # PLACE
  local flow
  for flow in 1 2 3 4 5 6 7 8; do
    netload udp-send "10.99.$1.1" 9 "$((50 + flow))" >/dev/null || true
  done
}

receive_some() { # DRIVER
  local flow
  for flow in 1 2 3 4 5 6 7 8; do
    flood "$1" "$((100 + flow))" 2000
  done
}

# Prints the losses expected of vmxnet3's rings: the sum of its queues'
# counters.
expectation() { # DRIVER
  [ "$1" != vmxnet3 ] ||
    echo "expect rx ring_full $(nic_counter vmxnet3 'pkts rx OOB')"
}

# Changing the ring resets vmxnet3's counters.
ethtool -G "$(nic vmxnet3)" rx 64
ethtool -L "$(nic virtio_net)" combined 4 || true
place=0
for driver in $adapters; do
  place=$((place + 1))
  receive_some "$driver"
  send_some "$place"
  flood "$driver" 50000
  nic_settle "$driver"
  {
    bash /record_nic.sh "$(nic "$driver")" "$driver in qemu"
    expectation "$driver"
  } | sed "s/^/fixture $driver /" >&3
done
