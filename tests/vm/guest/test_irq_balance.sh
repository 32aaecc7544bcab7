# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# irq_balance on four CPUs: interrupts of real adapters on each CPU, changes of
# affinity, a CPU that goes offline and comes back, and the alerts.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

virtio=$(nic virtio_net)
device=$(basename "$(readlink -f "/sys/class/net/$virtio/device")")
cpu3=/sys/devices/system/cpu/cpu3/online

# The interrupts of the interface's device, or of the one that contains it.
interrupts_of() { # INTERFACE
  local place
  place=$(readlink -f "/sys/class/net/$1/device")
  [ -d "$place/msi_irqs" ] || place=${place%/*}
  ls "$place/msi_irqs"
}

# How many of them the copied table has, on one CPU or on all that are online.
kernel_count() { # INTERFACE [CPU]
  interrupts_of "$1" | awk -v cpu="CPU${2:-}" '
    FILENAME == "-" { wanted[$1 ":"] = 1; next }
    FNR == 1 {
      for (i = 1; i <= NF; i++)
        column[i + 1] = $i
      columns = NF
      next
    }
    $1 in wanted {
      for (i = 2; i <= columns + 1; i++)
        if (cpu == "CPU" || column[i] == cpu)
          sum += $i
    }
    END { printf "%d\n", sum }' - "$scratch/interrupts"
}

agrees() { # INSTANCE METRIC NUMBER
  local value
  value=$(layer_value "$1" "$2") || {
    echo "there is no $2 of $1"
    return 1
  }
  echo "$2 of $1 is $value, and should be $3"
  [ "${value%.000000}" = "$3" ]
}

has_kernels_counts() { # INTERFACE
  local cpu
  for cpu in 0 1 2 3; do
    agrees "$1-cpu-$cpu" irq-total "$(kernel_count "$1" "$cpu")" || return
  done
  agrees "$1" irq-total "$(kernel_count "$1")"
}

copy_interrupts() {
  cat /proc/interrupts >"$scratch/interrupts"
}

# Reads until no count changed during the read, and copies them. Some adapters
# raise interrupts on their own.
read_still() { # DRIVER
  local attempt before name
  name=$(nic "$1")
  nic_settle "$1" || return
  for ((attempt = 0; attempt < 20; attempt++)); do
    copy_interrupts
    before=$(kernel_count "$name")
    layer_read || return
    copy_interrupts
    [ "$(kernel_count "$name")" != "$before" ] || return 0
  done
  return 1
}

input_interrupt() { # QUEUE
  awk -v name="$device-input.$1" \
    '$NF == name { print substr($1, 1, length($1) - 1) }' /proc/interrupts
}

bind_input() { # QUEUE CPUS
  echo "$2" >"/proc/irq/$(input_interrupt "$1")/smp_affinity_list"
}

# Reads under load until an alert is raised.
raises() { # EXTENDED-REGEX
  local attempt
  for ((attempt = 0; attempt < 12; attempt++)); do
    flood virtio_net 30 2000 40
    layer_read || return
    layer_alerts
    layer_alerts | grep -qE "$1" && return
  done
  grep "^value $virtio " "$scratch/read"
  return 1
}

has_queues=
ethtool -L "$virtio" combined 4 2>/dev/null && has_queues=yes
layer_start --option MinRate=10 --option ReportByCpu=true irq_balance
ok 'irq_balance reads' layer_read
for driver in virtio_net e1000e vmxnet3; do
  name=$(nic "$driver")
  copy_interrupts
  before=$(kernel_count "$name")
  flood "$driver" 200 2000
  ok "$driver: no count changes during a read" read_still "$driver"
  ok "$driver: interrupts came" holds "$(kernel_count "$name")" -gt "$before"
  ok "$driver: the counts are those of /proc/interrupts" \
    has_kernels_counts "$name"
done

if [ -n "$has_queues" ]; then
  ok 'virtio_net has four queues' agrees "$virtio" count-queues 4
  for queue in 0 1 2 3; do
    bind_input "$queue" 2
  done
  copy_interrupts
  before=$(kernel_count "$virtio" 2) all_before=$(kernel_count "$virtio")
  flood virtio_net 30 2000 40
  ok 'irq_balance reads after a change of affinity' read_still virtio_net
  ok 'the counts are still the kernel'\''s' has_kernels_counts "$virtio"
  # The next interrupt of each queue may still go to the old CPU, and the interrupts
  # of sending queues go to others.
  ok 'interrupts go to the CPU to which they are bound' \
    holds $((10 * ($(kernel_count "$virtio" 2) - before))) -ge \
    $((9 * ($(kernel_count "$virtio") - all_before)))
  ok 'queues that are bound to one CPU raise an alert' raises \
    "^alert warning $virtio .*$virtio has all queues' interrupts on 1 CPU \(limit 2\); irqbalance is not running: start it, or spread the interrupts with smp_affinity_list; cpu 2 has [0-9]+ %: interrupts [0-9]"
  ok 'allowed_cpus is 1' agrees "$virtio" count-allowed_cpus 1

  for queue in 0 1 2; do
    bind_input "$queue" 1
  done
  bind_input 3 0,2-3
  ok 'busy queues on one CPU raise an alert' raises \
    "^alert warning $virtio .*$virtio loads one CPU with [23]\.?[0-9]* times its fair share \(limit 2\.5 times\); irqbalance is not running: start it, or spread the interrupts with smp_affinity_list; cpu 1 has [0-9]+ %: interrupts $(input_interrupt 0), "
  ok 'all CPUs are allowed together' agrees "$virtio" count-allowed_cpus 4
  bind_input 3 3
else
  skip 'queues that share a CPU' 'the host has no tap'
fi

echo 0 >"$cpu3"
flood virtio_net 30 2000 10
ok 'irq_balance reads while CPU 3 is offline' read_still virtio_net
ok 'CPU 3 is not reported then' \
  is_silent grep -E "^value ($virtio-cpu-3|3) " "$scratch/read"
before=$(layer_value "$virtio" irq-total)
echo 1 >"$cpu3"
ok 'irq_balance reads when CPU 3 is back' read_still virtio_net
ok 'the counts are the kernel'\''s again' has_kernels_counts "$virtio"
ok 'that gained nothing' \
  holds $(($(layer_value "$virtio" irq-total) - before)) -le 4
flood virtio_net 30 2000 10
ok 'irq_balance reads on' read_still virtio_net
ok 'no interrupt is lost or invented' has_kernels_counts "$virtio"
ok 'none of that is a fault' is_silent \
  grep -E '^log (error|warning)' "$scratch/read"
layer_stop
