# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Has all adapters work, floods them, of which vmxnet3 loses packets in a small
# ring, and then says what each driver tells: "fixture DRIVER LINE".
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Each datagram run is a flow of its own, so that they spread over queues.
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

# The rings' losses: the sum of what vmxnet3 says of each queue.
expectation() { # DRIVER
  [ "$1" != vmxnet3 ] ||
    echo "expect rx ring_full $(nic_counter vmxnet3 'pkts rx OOB')"
}

# A smaller ring begins with counters of 0 in vmxnet3.
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
