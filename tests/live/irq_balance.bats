#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# RPS decides which CPUs receive packets; compares what collectd wrote with the
# kernel's own tables. The load goes through a veth pair from the namespace "near" to
# "far". No alert is raised here: veth has no interrupts, and the imbalance of two
# CPUs is at most 2. The tests in the virtual machine raise alerts.

setup() {
  . "$BATS_TEST_DIRNAME/daemon.sh"
  live_setup
  need_root
  need_second_cpu
  need_netload
  make_namespace near
  make_namespace far
  # shellcheck disable=SC2154 # set by make_namespace
  join_namespaces "$near" "$far"
  # shellcheck disable=SC2154 # set by make_namespace
  ip -n "$far" link set lo up
  mapfile -t cpus < <(usable_cpus)
}

teardown() {
  live_teardown
}

start_irq_balance() {
  configure_daemon 0.5 <<CONF
LoadPlugin irq_balance
<Plugin irq_balance>
  ReportByCpu true
$(cat)
</Plugin>
CONF
  start_daemon
  wait_until 60 has_rows irq_balance/irq-net_rx 2
}

# Makes the far end steer its packets to these CPUs.
set_rps() { # MASK
  # shellcheck disable=SC2016 # its own parameter
  ip netns exec "$far" bash -c '
    for file in /sys/class/net/far/queues/rx-*/rps_cpus; do
      echo "$1" >"$file"
    done' - "$1" || skip "this kernel has no RPS"
}

# Sends short flows from the first CPU until it is killed, slowly enough for the
# second CPU to wake up for most packets.
load() {
  # shellcheck disable=SC2016 # its own parameters
  exec ip netns exec "$near" taskset -c "${cpus[0]}" \
    bash -c 'while :; do "$@" >/dev/null; done' - \
    "$netload" udp-send 10.99.0.2 9 300 --rate 50000
}

# Sets share, imbalance and time to those of a read with load during its whole
# interval, and before to the time of the read before it.
read_under_load() {
  local loader first series=irq_balance/percent-packets_busiest_cpu
  load 3>&- &
  loader=$!
  undo_later kill "$loader"
  first=$(row_count irq_balance/irq-net_rx)
  wait_until 60 has_rows irq_balance/irq-net_rx $((first + 5))
  kill "$loader"
  wait "$loader" || true
  before=$(rows irq_balance/irq-net_rx | sed -n "$((first + 3))p" | cut -d , -f 1)
  time=$(rows irq_balance/irq-net_rx | sed -n "$((first + 4))p" | cut -d , -f 1)
  share=$(value_at "$series" "$time")
  imbalance=$(value_at irq_balance/gauge-net_rx_imbalance "$time")
  echo "packets_busiest_cpu $share, net_rx_imbalance $imbalance"
}

between() { # NUMBER LEAST MOST
  awk -v n="$1" -v least="$2" -v most="$3" \
    'BEGIN { exit !(n >= least && n <= most) }'
}

has_spread() { # LEAST MOST IMBALANCE-LEAST IMBALANCE-MOST
  read_under_load
  between "$share" "$1" "$2" && between "$imbalance" "$3" "$4"
}

# Reads until share and imbalance are within these bounds. Both are the host's, so
# foreign packets or a busy machine can spoil a read.
read_with_spread() { # LEAST MOST IMBALANCE-LEAST IMBALANCE-MOST
  wait_until 120 has_spread "$@"
}

# Computes the busiest CPU's share from each CPU's gain.
share_of() { # TYPE-METER
  local folder
  for folder in "$home"/csv/live/irq_balance-[0-9]*; do
    folder=${folder##*/}
    echo $(($(value_at "$folder/$1" "$time") - $(value_at "$folder/$1" "$before")))
  done | awk '{ sum += $1; if ($1 > most) most = $1 }
    END { printf "%.6f\n", 100 * most / sum }'
}

# How often one CPU, or all of them, ran a softirq of the network.
softirqs() { # NET_RX|NET_TX [CPU]
  awk -v row="$1:" -v cpu="CPU${2:-}" '
    NR == 1 {
      for (i = 1; i <= NF; i++)
        column[i + 1] = $i
    }
    $1 == row {
      for (i = 2; i <= NF; i++)
        if (cpu == "CPU" || column[i] == cpu)
          sum += $i
    }
    END { printf "%d\n", sum }' /proc/softirqs
}

online_cpus() {
  grep -c '^processor' /proc/cpuinfo
}

no_faults() {
  [ "$(log_count '\[(error|warning)\] irq_balance plugin: ')" -eq 0 ]
}

is_about() { # NUMBER NUMBER
  echo "$1 is to be $2"
  between "$1" "$(calculate "$2 - 0.001")" "$(calculate "$2 + 0.001")"
}

calculate() { # EXPRESSION
  awk "BEGIN { printf \"%.6f\", $1 }"
}

@test "RPS onto one CPU and then onto both: shares and imbalance change with the load" {
  local online all
  online=$(online_cpus)
  start_irq_balance </dev/null
  set_rps "$(cpu_mask "${cpus[0]}")"
  read_with_spread 90 100 "$(calculate "0.9 * $online")" "$online"
  is_about "$share" "$(share_of packets-processed)"
  is_about "$imbalance" "$(calculate "$(share_of irq-net_rx) / 100 * $online")"
  all=$imbalance

  set_rps "$(printf '%x' $((1 << cpus[0] | 1 << cpus[1])))"
  read_with_spread 45 75 1 "$(calculate "0.95 * $all")"
  is_about "$share" "$(share_of packets-processed)"
  is_about "$imbalance" "$(calculate "$(share_of irq-net_rx) / 100 * $online")"
  no_faults
}

@test "soft interrupts and packets gain what the kernel's tables gain" {
  start_irq_balance </dev/null
  set_rps "$(cpu_mask "${cpus[1]}")"
  settle_figure irq_balance/irq-net_rx softirqs NET_RX
  first=$settled_kernel time=$settled_time
  ip netns exec "$near" taskset -c "${cpus[0]}" \
    "$netload" udp-send 10.99.0.2 9 20000 >/dev/null
  settle_figure irq_balance/irq-net_rx softirqs NET_RX
  echo "NET_RX gained $((settled_kernel - first))"
  [ "$settled_kernel" -gt "$first" ]
  [ $(($(value_at irq_balance/irq-net_rx "$settled_time") - $(value_at irq_balance/irq-net_rx "$time"))) -eq \
    $((settled_kernel - first)) ]

  cpu=${cpus[1]}
  settle_figure "irq_balance-$cpu/packets-processed" softnet_column 0 "$cpu"
  [ "$(($(value_at "irq_balance-$cpu/packets-processed" "$settled_time") & 0xffffffff))" -eq "$settled_kernel" ]
  settle_figure "irq_balance-$cpu/irq-net_rx" softirqs NET_RX "$cpu"
  [ "$(($(value_at "irq_balance-$cpu/irq-net_rx" "$settled_time") & 0xffffffff))" -eq "$settled_kernel" ]
  settle_figure "irq_balance-$cpu/irq-net_tx" softirqs NET_TX "$cpu"
  [ "$(($(value_at "irq_balance-$cpu/irq-net_tx" "$settled_time") & 0xffffffff))" -eq "$settled_kernel" ]
  no_faults
}

@test "in a namespace without adapters the host's figures are all there is" {
  daemon_wrapper=(ip netns exec "$far")
  start_irq_balance <<<'  Interface "/./"'
  set_rps "$(cpu_mask "${cpus[1]}")"
  read_with_spread 90 100 1 "$(online_cpus)"
  [ "$(find "$home/csv/live" -maxdepth 1 -name 'irq_balance-[a-z]*' | wc -l)" -eq 0 ]
  no_faults
}

# How many interrupts an adapter of this machine had, on all CPUs.
interrupts_of() { # INTERFACE
  local place
  place=$(readlink -f "/sys/class/net/$1/device")
  [ -d "$place/msi_irqs" ] || place=${place%/*}
  # shellcheck disable=SC2012 # numbers
  ls "$place/msi_irqs" | awk '
    FILENAME == "-" { wanted[$1 ":"] = 1; next }
    FNR == 1 { columns = NF; next }
    $1 in wanted {
      for (i = 2; i <= columns + 1; i++)
        sum += $i
    }
    END { printf "%d\n", sum }' - /proc/interrupts
}

@test "an adapter of this machine has the interrupts that /proc/interrupts has" {
  start_irq_balance </dev/null
  series=$(cd "$home/csv/live" && compgen -G 'irq_balance-*/irq-total-*' | grep -vm 1 -e '-cpu-') ||
    skip "there is no adapter with interrupts"
  series=${series%/*}
  interface=${series#irq_balance-}
  compgen -G "/sys/class/net/$interface/device/msi_irqs/*" >/dev/null ||
    compgen -G "/sys/class/net/$interface/device/../msi_irqs/*" >/dev/null ||
    skip "$interface has no message interrupts"
  settle_figure "$series/irq-total" interrupts_of "$interface"
  [ "$(($(value_at "$series/irq-total" "$settled_time") & 0xffffffff))" -eq "$settled_kernel" ]
  no_faults
}

@test "few series by default" {
  configure_daemon 0.2 <<<'LoadPlugin irq_balance'
  start_daemon
  wait_until 60 has_rows irq_balance/gauge-alert 3
  [ "$(find "$home/csv/live/irq_balance" -type f | wc -l)" -le 8 ]
  for folder in "$home"/csv/live/irq_balance-*; do
    [ ! -e "$folder" ] || [ "$(find "$folder" -type f | wc -l)" -le 10 ]
  done
  no_faults
}
