# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Floods the adapters that have several queues, and then prints the recording of
# their interrupts: "fixture LINE".
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

ethtool -L "$(nic virtio_net)" combined 4 || true
for driver in virtio_net e1000e vmxnet3; do
  flood "$driver" 2000 2000
  nic_settle "$driver"
done
bash /record_irqs.sh 'virtio_net, e1000e, vmxnet3 and others in qemu' |
  sed 's/^/fixture /' >&3
