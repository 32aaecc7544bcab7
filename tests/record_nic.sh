#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records the statistics, ring sizes and channels of a network adapter, for a file
# below tests/fixtures/nic_ethtool/drivers:
#
#   tests/record_nic.sh INTERFACE [WHAT IT IS] >e1000e-recorded-linux-6.1.txt
#
# It needs ethtool. It records no host name and no address; look through the
# result before you pass it on.
set -euo pipefail

# Prints the upstream release. Debian puts it into "uname -v", and a number of its
# own into "uname -r".
kernel_version() {
  local version
  version=$(uname -v | sed -nE 's/.* Debian ([0-9.]+)-.*/\1/p')
  [[ -n $version ]] ||
    version=$(uname -r | sed -E 's/^([0-9]+(\.[0-9]+)*).*/\1/')
  printf '%s\n' "$version"
}

driver_of() { # INTERFACE
  ethtool -i "$1" | sed -n 's/^driver: //p'
}

# Prints the driver's own statistics, if any. ethtool indents each name by five
# blanks; further blanks belong to the name.
record_statistics() { # INTERFACE
  { ethtool -S "$1" 2>/dev/null || true; } |
    sed -nE 's/^ {5}(.*): ([0-9]+)$/ethtool \2 \1/p'
}

# Prints the members of rtnl_link_stats64 that are not 0.
record_link() { # INTERFACE
  local file value
  for file in "/sys/class/net/$1"/statistics/*; do
    value=$(<"$file")
    [[ $value == 0 ]] || printf 'link %s %s\n' "${file##*/}" "$value"
  done
}

# Prints PREFIX KIND NOW MAXIMUM for each kind that the driver has; ethtool lists
# the maxima first, then the current values.
record_pairs() { # PREFIX KINDS INTERFACE ETHTOOL-OPTION
  ethtool "$4" "$3" 2>/dev/null | awk -F ':[ \t]*' -v prefix="$1" \
    -v kinds="$2" '
      /^Current/ { is_now = 1; next }
      $2 !~ /^[0-9]+$/ { next }
      { kind = tolower($1) }
      is_now { now[kind] = $2; next }
      { maximum[kind] = $2 }
      END {
        count = split(kinds, names, " ")
        for (i = 1; i <= count; i++)
          if (names[i] in now)
            print prefix, names[i], now[names[i]], maximum[names[i]]
      }'
}

[[ $# -ge 1 && $# -le 2 && -d /sys/class/net/$1 ]] || {
  sed -n 's/^#   \(tests.*\) >.*/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
printf '# recorded from Linux %s, %s\n' "$(kernel_version)" \
  "${2:-$(driver_of "$1")}"
printf 'driver %s\n' "$(driver_of "$1")"
record_statistics "$1"
record_link "$1"
record_pairs ring 'rx tx' "$1" -g || true
record_pairs channels 'rx tx other combined' "$1" -l || true
