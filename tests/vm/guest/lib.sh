# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the guest's scripts. To be sourced before anything else.

# The drivers, in the order of their adapters' addresses: 10.99.1.2, 10.99.2.2
adapters='virtio_net e1000e vmxnet3 8139cp pcnet32 e1000 e100'
scratch=/tmp

# --- Output, to boot.sh ------------------------------------------------------

say() { # LINE
  printf '%s\n' "$*" >&3
}

# machine.sh numbers the tests, and shows lines that begin with "!".
not_ok() { # NAME REASON
  say "! $2"
  say "not ok - $1"
}

# Tests that a command succeeds, and shows its output if it does not.
ok() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$scratch/output-of-ok" 2>&1 </dev/null; then
    say "ok - $name"
  else
    sed 's/^/! /' "$scratch/output-of-ok" >&3
    say "not ok - $name"
  fi
}

skip() { # NAME REASON
  say "ok - $1 # SKIP $2"
}

# Repeats a command until it succeeds; returns 1 after so many seconds.
wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# Asks boot.sh to send COUNT frames to the adapter of a driver, RATE per second
# or as fast as possible (0), and waits until all are sent; with several FLOWS,
# COUNT in each, one after the other. To wait until they have arrived, see
# nic_settle. Only one flood at a time; it may run in the background.
flood() { # DRIVER COUNT [RATE [FLOWS]]
  local answer
  say "flood $1 $2 ${3:-0} ${4:-1}"
  read -r answer <&3 && [ "$answer" = flooded ]
}

# --- Adapters ----------------------------------------------------------------

# Prints the interface of a driver.
nic() { # DRIVER
  local device
  for device in /sys/class/net/*/device/driver; do
    if [ "$(basename "$(readlink "$device")")" = "$1" ]; then
      device=${device#/sys/class/net/}
      echo "${device%%/*}"
      return
    fi
  done
  return 1
}

# Brings an interface up, with its address and its neighbour's.
nic_up() { # DRIVER
  local name place=0 driver
  name=$(nic "$1") || return
  for driver in $adapters; do
    place=$((place + 1))
    [ "$driver" != "$1" ] || break
  done
  echo 1 >"/proc/sys/net/ipv6/conf/$name/disable_ipv6"
  ip link set "$name" up
  ip address add "10.99.$place.2/24" dev "$name"
  ip neighbour add "10.99.$place.1" lladdr 52:54:00:98:00:01 nud permanent \
    dev "$name"
}

# Prints the kernel's counter: nic_statistic vmxnet3 rx_packets
nic_statistic() { # DRIVER NAME
  cat "/sys/class/net/$(nic "$1")/statistics/$2"
}

# Prints the sum of the driver's counters of one name, which ethtool may indent
# and print for each queue: nic_counter vmxnet3 'pkts rx OOB'
nic_counter() { # DRIVER NAME
  ethtool -S "$(nic "$1")" | awk -F ': *' -v name="$2" '
    {
      sub(/^ */, "", $1)
      if ($1 == name)
        sum += $2
    }
    END { printf "%d\n", sum }'
}

nic_figures() { # DRIVER
  ethtool -S "$(nic "$1")" 2>/dev/null || true
  nic_statistic "$1" rx_packets
}

# Waits until an adapter's counters stand still; fails if they never do.
nic_settle() { # DRIVER
  local before='' now attempt
  for ((attempt = 0; attempt < 60; attempt++)); do
    now=$(nic_figures "$1")
    [ "$now" != "$before" ] || return 0
    before=$now
    sleep 0.5
  done
  return 1
}

# --- A layer -----------------------------------------------------------------

# Starts a layer, to be read by layer_read. Only one at a time.
layer_start() { # NETLOSS_HOST-ARGUMENT... LAYER
  coproc layer { exec netloss read --on-line "$@" 3>&-; }
  exec {layer_out}<&"${layer[0]}" {layer_in}>&"${layer[1]}"
}

# Reads the layer once, with the output in $scratch/read. Fails if the read
# fails.
layer_read() {
  local line
  echo >&"$layer_in"
  : >"$scratch/read"
  while IFS= read -r line <&"$layer_out"; do
    printf '%s\n' "$line" >>"$scratch/read"
    case $line in
    done\ *) return 0 ;;
    failed\ *) return 1 ;;
    esac
  done
  return 1
}

# Prints a value of the last read; the host's own instance is "-".
layer_value() { # INSTANCE TYPE-METER
  awk -v instance="$1" -v metric="$2" '
    $1 == "value" && $2 == instance && $3 == metric { print $4; found = 1 }
    END { exit !found }' "$scratch/read"
}

layer_alerts() {
  grep -A 1 '^alert ' "$scratch/read" || true
}

layer_log() {
  grep '^log ' "$scratch/read" || true
}

layer_stop() {
  exec {layer_in}>&- {layer_out}<&-
  # shellcheck disable=SC2154 # set by coproc
  kill "$layer_PID" 2>/dev/null || true
}

# Tests a comparison of numbers, and shows it: holds 3 -le 5
holds() {
  echo "is $*?"
  [ "$@" ]
}

# Tests that a command prints nothing.
is_silent() { # COMMAND...
  ! "$@" | grep '^'
}
