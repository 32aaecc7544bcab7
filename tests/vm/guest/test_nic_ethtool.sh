# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# nic_ethtool: real drivers, a real loss in a real ring, and what it says of it.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

vmxnet3=$(nic vmxnet3)

# What the plugin says of a value that the kernel says as well.
agrees() { # INSTANCE METRIC NUMBER
  local value
  value=$(layer_value "$1" "$2") || {
    echo "there is no $2 of $1"
    return 1
  }
  echo "$2 of $1 is $value, and should be $3"
  [ "${value%.000000}" = "$3" ]
}

# The current and the largest size of a ring, as ethtool says: RX 2
ring() { # INTERFACE RX|TX WHICH
  ethtool -g "$1" | awk -v name="$2:" -v which="$3" \
    '$1 == name && ++seen == 3 - which { print $2 }'
}

has_alert() { # EXTENDED-REGEX
  layer_alerts
  layer_alerts | grep -qE "$1"
}

layer_start nic_ethtool
ok 'nic_ethtool reads all adapters' layer_read
for driver in $adapters; do
  name=$(nic "$driver")
  ok "$driver: packets are those of the interface" \
    agrees "$name" packets-rx "$(nic_statistic "$driver" rx_packets)"
done
for driver in vmxnet3 e1000e e1000 pcnet32 virtio_net; do
  name=$(nic "$driver")
  ok "$driver: the RX ring is as ethtool -g has it" \
    agrees "$name" queue_length-rx_ring "$(ring "$name" RX 1)"
  ok "$driver: so is its maximum" \
    agrees "$name" queue_length-rx_ring_max "$(ring "$name" RX 2)"
done
ok 'nic_ethtool logs what each of them reports' \
  holds "$(layer_log | grep -cE ' \(.*\) reports ')" -eq "$(wc -w <<<"$adapters")"

# The kernel announces the change.
ethtool -G "$vmxnet3" rx 64
layer_read
ok 'a ring that is changed is seen at the next read' \
  agrees "$vmxnet3" queue_length-rx_ring 64

flood vmxnet3 50000
nic_settle vmxnet3
layer_read
lost=$(nic_counter vmxnet3 'pkts rx OOB')
ok 'vmxnet3 lost packets in its ring' holds "$lost" -gt 0
ok 'as many as its driver counted' \
  agrees "$vmxnet3" if_rx_dropped-ring_full "$lost"
ok 'which nothing else reports' \
  holds "$(nic_statistic vmxnet3 rx_missed_errors)" -eq 0
ok 'the alert says what to do' has_alert \
  "^alert failure $vmxnet3 .*$vmxnet3 lost [0-9.]+ % of its packets in the RX ring \(limit 1 %\); ring is 64 of 4096: ethtool -G $vmxnet3 rx 4096 \(the link drops briefly\); .*pkts rx OOB"

# Clearing takes six reads, and more than ten seconds.
for ((i = 0; i < 30; i++)); do
  flood vmxnet3 100 200
  layer_read
  ! has_alert "^alert okay $vmxnet3 " || break
  sleep 1
done
ok 'it clears when nothing more is lost' has_alert "^alert okay $vmxnet3 "

# That makes this driver count from 0 again.
ethtool -G "$vmxnet3" rx 128
layer_read
ok 'counters that begin again are no loss' is_silent layer_alerts
flood vmxnet3 50000
nic_settle vmxnet3
layer_read
ok 'the next alert shows the ring as it is then' \
  has_alert "ring is 128 of 4096"

# Two drivers that count them in the standard statistics only.
for driver in 8139cp pcnet32; do
  flood "$driver" 50000
  nic_settle "$driver"
  layer_read
  lost=$(nic_statistic "$driver" rx_missed_errors)
  ok "$driver lost packets in its ring" holds "$lost" -gt 0
  ok "$driver: as many as the kernel says" \
    agrees "$(nic "$driver")" if_rx_dropped-ring_full "$lost"
done

# An adapter that is pulled out, and put in again.
name=$(nic e1000)
device=$(readlink -f "/sys/class/net/$name/device")
echo 1 >"$device/remove"
layer_read
ok 'an adapter that is pulled out is gone' \
  holds "$(grep -c "^value $name " "$scratch/read")" -eq 0
echo 1 >/sys/bus/pci/rescan
wait_for 30 nic e1000
nic_up e1000
layer_read
name=$(nic e1000)
ok 'and there again when it is back' \
  agrees "$name" packets-rx "$(nic_statistic e1000 rx_packets)"
ok 'none of that is a fault' is_silent \
  grep -E '^log (error|warning)' "$scratch/read"
layer_stop
