#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The build takes no row of the table of adapters' counters that could be wrong
# in a way which can be seen.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

generate() { # FILE
  awk -f common/table.awk -f plugins/nic_ethtool/nic_table.awk "$1" >"$scratch/table.c"
}

# Two rows that are right, and the given ones behind them. A "|" stands for the
# tab.
table() { # ROW...
  printf '%s\n' 'd|ethtool|rx_missed|rx_ring_full|64|counted|-|-|d.c' \
    'd|ethtool|rx*_drops|rx_alloc_fail|64|counted|-|-|d.c: drops' "$@" |
    tr '|' '\t' >"$scratch/table.tsv"
  generate "$scratch/table.tsv"
}

refuses() { # WORDS ROW...
  local words=$1
  shift
  if table "$@"; then
    echo 'It was taken.'
    return 1
  fi 2>"$scratch/why"
  cat "$scratch/why"
  grep -qE "^$scratch/table.tsv:[34]: .*$words" "$scratch/why"
}

good='d|ethtool|rx_crc|rx_crc|64|counted|-|-|d.c'
ok 'the table itself' generate plugins/nic_ethtool/nic_table.tsv
ok 'a good row' table "$good"
ok 'a column less' refuses '9 columns' 'd|ethtool|rx_crc|rx_crc|64|counted|-|-'
ok 'a column more' refuses '9 columns' "$good|x"
ok 'an empty column' refuses 'column 9' "${good%d.c}"
ok 'blanks around a word' refuses 'column 9' "$good "
ok 'a driver that is none' refuses 'column 1' "${good/d/D X}"
ok 'a place that is none' refuses 'column 2' "${good/ethtool/procfs}"
ok 'a cause that is none' refuses 'column 4' "${good/|rx_crc|64/|rx_cbc|64}"
ok 'a guess as a cause' refuses 'column 4' \
  "${good/|rx_crc|64/|rx_unclassified|64}"
ok 'a width that is none' refuses 'column 5' "${good/|64|/|16|}"
ok 'a way of counting that is none' refuses 'column 6' \
  "${good/|counted|/|perhaps|}"
ok 'a word for what is simply counted' refuses 'column 7' \
  "${good/|counted|-/|counted|word}"
ok 'a condition that is none' refuses 'column 8' "${good/|-|-|/|-|if rx|}"
ok 'a link member that is none' refuses 'column 3' \
  'd|link|rx_crc|rx_crc|64|counted|-|-|d.c'
ok 'an attribute of qstats that is none' refuses 'column 3' \
  'd|qstats|rx-crc|rx_crc|64|counted|-|-|d.c'
ok 'a digit behind a number' refuses 'column 3' \
  'd|ethtool|rx*2_crc|rx_crc|64|counted|-|-|d.c'
ok 'the same row twice' refuses 'twice' "$good" "$good"
ok 'a counter in two sums' refuses 'already in rx_ring_full' \
  'd|ethtool|rx_missed|rx_fifo_overrun|64|counted|-|-|d.c'
ok 'a counter in two sums, of which one is not counted' refuses \
  'already in rx_ring_full' \
  'd|ethtool|rx_missed|rx_fifo_overrun|64|no|rx*_drops|-|d.c'
ok 'nothing that counts instead' refuses 'what counts' \
  'd|ethtool|rx_crc|rx_crc|64|no|-|-|d.c'
ok 'something that does not count instead' refuses 'counts rx_other' \
  'd|ethtool|rx_crc|rx_crc|64|no|rx_missed, rx_other|-|d.c'
ok 'what only another driver counts' refuses 'counts rx_missed' \
  'e|ethtool|rx_crc|rx_crc|64|no|rx_missed|-|e.c'
ok 'a choice of one' refuses 'one row only' \
  'd|ethtool|rx_crc|rx_crc|64|first|crc|-|d.c'
ok 'a choice of two causes' refuses 'choice of rx_crc' \
  'd|ethtool|rx_crc|rx_crc|64|first|crc|-|d.c' \
  'd|ethtool|rx_frame|rx_frame|64|first|crc|-|d.c'
ok 'subtracting from nothing' refuses 'subtracted' \
  'd|ethtool|rx*_drops|rx_error|64|minus|-|-|d.c'
ok 'subtracting from a sum' table \
  'd|ethtool|rx*_xdp_drops|rx_alloc_fail|64|minus|-|-|d.c' \
  'd|ethtool|rx*_xdp_drops|rx_xdp_drop|64|counted|-|-|d.c'
done_testing
