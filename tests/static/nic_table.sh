#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The build refuses rows of the table of adapters' counters that are visibly
# wrong.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

generate() { # FILE
  awk -f common/table.awk -f plugins/nic_ethtool/nic_table.awk "$1" >"$scratch/table.c"
}

# Two rows that are right, and the given ones behind them. A "|" stands for the
# tab.
table() { # ROW...
  printf '%s\n' "d|ethtool|rx_missed|rx_ring_full|64|counted|-|-|-|$note" \
    "d|ethtool|rx*_drops|rx_alloc_fail|64|counted|-|-|-|$note" "$@" |
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
  grep -qE "^$scratch/table.tsv:[345]: .*$words" "$scratch/why"
}

# Makes no C of a row that is for readers of the table.
is_left_out() { # ROW
  table "$1" && [[ $(grep -c 'driver =' "$scratch/table.c") == 2 ]]
}

note='drivers/net/d.c: packets'
good="d|ethtool|rx_crc|rx_crc|64|counted|-|-|-|$note"
ok 'the table itself' generate plugins/nic_ethtool/nic_table.tsv
ok 'a good row' table "$good"
ok 'a column less' refuses '10 columns' "${good%|*}"
ok 'a column more' refuses '10 columns' "$good|x"
ok 'an empty column' refuses 'column 10' "${good%drivers*}"
ok 'blanks around a word' refuses 'column 10' "$good "
ok 'a driver that is none' refuses 'column 1' "${good/d/D X}"
ok 'a place that is none' refuses 'column 2' "${good/ethtool/procfs}"
ok 'a cause that is none' refuses 'column 4' "${good/|rx_crc|64/|rx_cbc|64}"
ok 'a guess as a cause' refuses 'column 4' \
  "${good/|rx_crc|64/|rx_unclassified|64}"
ok 'a width that is none' refuses 'column 5' "${good/|64|/|17|}"
ok 'a way of counting that is none' refuses 'column 6' \
  "${good/|counted|/|perhaps|}"
ok 'a word for what is simply counted' refuses 'column 7' \
  "${good/|counted|-/|counted|word}"
ok 'a condition that is none' refuses 'column 8' "${good/|-|-|-/|-|if rx|-}"
ok 'a fact that is none' refuses 'column 9' "${good/|-|-|-/|-|-|fun}"
ok 'several facts' table "${good/|-|-|-/|-|-|port, events=rx_missed}"
ok 'no source' refuses 'column 10' "${good/drivers*/d.c: packets}"
ok 'a source without a word' refuses 'column 10' "${good%: packets}"
ok 'a link member that is none' refuses 'column 3' \
  "d|link|rx_crc|rx_crc|64|counted|-|-|-|$note"
ok 'an attribute of qstats that is none' refuses 'column 3' \
  "d|qstats|rx-crc|rx_crc|64|counted|-|-|-|$note"
ok 'a digit behind a number' refuses 'column 3' \
  "d|ethtool|rx*2_crc|rx_crc|64|counted|-|-|-|$note"
ok 'any text in what counts' refuses 'column 3' \
  "d|ethtool|rx_..._crc|rx_crc|64|counted|-|-|-|$note"
ok 'the same row twice' refuses 'twice' "$good" "$good"
ok 'a counter in two sums' refuses 'already in rx_ring_full' \
  "d|ethtool|rx_missed|rx_fifo_overrun|64|counted|-|-|-|$note"
ok 'a counter in two sums, of which one is not counted' refuses \
  'already in rx_ring_full' \
  "d|ethtool|rx_missed|rx_fifo_overrun|64|no|rx*_drops|-|-|$note"
ok 'nothing that counts instead' refuses 'what counts' \
  "d|ethtool|rx_crc|rx_crc|64|no|-|-|-|$note"
ok 'something that does not count instead' refuses 'counts rx_other' \
  "d|ethtool|rx_crc|rx_crc|64|no|rx_missed, rx_other|-|-|$note"
ok 'what only another driver counts' refuses 'counts rx_missed' \
  "e|ethtool|rx_crc|rx_crc|64|no|rx_missed|-|-|$note"
for kind in first most; do
  ok "a choice of one ($kind)" refuses 'one row only' \
    "d|ethtool|rx_crc|rx_crc|64|$kind|crc|-|-|$note"
  ok "a choice of two causes ($kind)" refuses 'choice of rx_crc' \
    "d|ethtool|rx_crc|rx_crc|64|$kind|crc|-|-|$note" \
    "d|ethtool|rx_frame|rx_frame|64|$kind|crc|-|-|$note"
done
ok 'subtracting from nothing' refuses 'subtracted' \
  "d|ethtool|rx*_drops|rx_error|64|minus|-|-|-|$note"
ok 'subtracting from a sum' table \
  "d|ethtool|rx*_xdp_drops|rx_alloc_fail|64|minus|-|-|-|$note" \
  "d|ethtool|rx*_xdp_drops|rx_xdp_drop|64|counted|-|-|-|$note"
ok 'another cause by another counter' table \
  "d|ethtool|rx_missed|rx_fifo_overrun|64|unless|rx*_drops|-|-|$note"
ok 'the same cause by another counter' refuses 'twice' \
  "d|ethtool|rx_missed|rx_ring_full|64|unless|rx*_drops|-|-|$note"
ok 'another cause by a counter that is none' refuses 'counts rx_other' \
  "d|ethtool|rx_missed|rx_fifo_overrun|64|unless|rx_other|-|-|$note"
ok 'a reason' is_left_out "d|ethtool|rx_..._errors|-|-|ignored|-|-|-|$note"
ok 'a reason with a cause' refuses 'column 4' \
  "d|ethtool|rx_crc|rx_crc|-|ignored|-|-|-|$note"
ok 'a reason for what counts' refuses 'ignored, and has a row' \
  "d|ethtool|rx_missed|-|-|ignored|-|-|-|$note"
ok 'sources' is_left_out 'd|-|-|-|-|source|-|6.15|-|drivers/net/d drivers/e.c'
ok 'sources that are none' refuses 'column 10' \
  'd|-|-|-|-|source|-|-|-|/usr/src/d.c'
done_testing
