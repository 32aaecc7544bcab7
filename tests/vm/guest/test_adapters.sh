# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The adapters, as the tests of layers rely on them: frames arrive, queues are
# there, and a small ring loses packets which nothing but the driver tells of.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

takes_frames() { # DRIVER
  local before
  before=$(nic_statistic "$1" rx_packets)
  flood "$1" 200 2000
  nic_settle "$1"
  holds "$(nic_statistic "$1" rx_packets)" -gt "$before"
}

for driver in $adapters; do
  ok "frames of the host arrive at $driver" takes_frames "$driver"
done

# Each flood is a flow of its own.
spreads_over_queues() {
  local flow queues
  for flow in 1 2 3 4 5 6 7 8; do
    flood virtio_net "$((20 + flow))" 2000
  done
  nic_settle virtio_net
  queues=$(ethtool -S "$(nic virtio_net)" |
    grep -cE 'rx_queue_[0-3]_packets: [1-9]')
  holds "$queues" -ge 2
}

if ethtool -L "$(nic virtio_net)" combined 4 2>/dev/null; then
  ok 'frames spread over the queues of virtio_net' spreads_over_queues
else
  skip 'frames spread over the queues of virtio_net' 'the host has no tap'
fi

vmxnet3=$(nic vmxnet3)
ethtool -G "$vmxnet3" rx 64
before=$(nic_counter vmxnet3 'pkts rx OOB')
flood vmxnet3 20000
nic_settle vmxnet3
ok 'a flood overruns a small ring of vmxnet3' \
  holds "$(nic_counter vmxnet3 'pkts rx OOB')" -gt "$before"
ok 'the interface says nothing of that' \
  holds "$(nic_statistic vmxnet3 rx_dropped)" -eq 0
ethtool -G "$vmxnet3" rx 256
