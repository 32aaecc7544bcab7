# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# softnet on four CPUs, while one goes offline and comes back.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

cpu3=/sys/devices/system/cpu/cpu3/online

# Prints the kernel's count of packets that a CPU processed, in hexadecimal.
kernel_processed() { # CPU
  awk -v cpu="$(printf '%08x' "$1")" '$13 == cpu { print $1 }' \
    /proc/net/softnet_stat
}

# Sends packets through CPU 3's backlog.
load_cpu3() {
  taskset -c 3 netload udp-send 127.0.0.1 9 "$1"
}

cpus_reported() {
  awk '$1 == "value" && $3 == "packets-processed" && $2 != "-" { print $2 }' \
    "$scratch/read" | xargs
}

equals_the_kernel() { # CPU
  local kernel
  kernel=$((16#$(kernel_processed "$1")))
  holds "$(layer_value "$1" packets-processed)" -eq "$kernel"
}

sums_up() {
  local cpu sum=0
  for cpu in $(cpus_reported); do
    sum=$((sum + $(layer_value "$cpu" packets-processed)))
  done
  holds "$(layer_value - packets-processed)" -ge "$sum"
}

layer_start --option ReportByCpu=true softnet
load_cpu3 100
ok 'softnet reads' layer_read
ok 'all four CPUs are reported' test "$(cpus_reported)" = '0 1 2 3'
ok 'CPU 3 has the kernel'\''s number' equals_the_kernel 3
before=$(layer_value 3 packets-processed)
total_before=$(layer_value - packets-processed)
ok 'CPU 3 processed the load' holds "$before" -ge 100

echo 0 >"$cpu3"
ok 'softnet reads while CPU 3 is offline' layer_read
ok 'CPU 3 is not reported while it is offline' \
  test "$(cpus_reported)" = '0 1 2'
ok 'the total does not fall' \
  holds "$(layer_value - packets-processed)" -ge "$total_before"
ok 'no alert is raised' test -z "$(layer_alerts)"
total_before=$(layer_value - packets-processed)

echo 1 >"$cpu3"
load_cpu3 100
ok 'softnet reads when CPU 3 is back' layer_read
ok 'CPU 3 is reported again' test "$(cpus_reported)" = '0 1 2 3'
ok 'CPU 3 continues from its old count' equals_the_kernel 3
ok 'CPU 3 gained little more than the load' \
  holds "$(($(layer_value 3 packets-processed) - before))" -le 200
ok 'the total gained the load too' \
  holds "$(layer_value - packets-processed)" -ge "$((total_before + 100))"
ok 'the total is at least the sum of the CPUs' sums_up
ok 'softnet logs nothing' test -z "$(layer_log)"
layer_stop
