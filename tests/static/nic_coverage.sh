#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The check of coverage finds what a driver's source sets, in a made-up kernel.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

mkdir -p "$scratch/linux/drivers/net"
cat >"$scratch/linux/drivers/net/d.c" <<'END'
#define D_STAT(name) { .string = #name, .offset = 0 }
#define D_QUEUE_STAT(name) { "q%d_" #name, \
			     __stringify(name) }
#define D_MAC_STATS D_STAT(mac_rx_overrun), D_STAT(mac_rx_good)
static const struct d_stat d_stats[] = {
	D_STAT(rx_dropped),	/* "rx_comment_errors" */
	D_QUEUE_STAT(discards),
	D_MAC_STATS,
	{ "rx_csum_errors", 1 },
};
static void d_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	ethtool_sprintf(&data, "rx_%u_timeouts", 3);
	ethtool_puts(&data, "rx_packets");
}
static void d_rx(struct net_device *dev)
{
	pr_err("rx_message_error\n");
	dev->stats.rx_over_errors++;
	DEV_STATS_INC(dev, tx_aborted_errors);
	if (dev->stats.rx_fifo_errors == 0)
		return;
}
END

# The counters that nothing covers, if these rows are all of the table.
uncovered() { # ROW...
  printf '%s\n' 'd|-|-|-|-|source|-|-|-|drivers/net/d.c' "$@" |
    tr '|' '\t' >"$scratch/table.tsv"
  tests/nic_coverage.pl "$scratch/linux" "$scratch/table.tsv" |
    cut -f 2,3 | sort | tr '\t\n' ' ;'
}

finds() { # COUNTERS ROW...
  local expected=$1 found
  shift
  found=$(uncovered "$@" || true)
  [[ $found == "$expected" ]] || {
    echo "$found"
    return 1
  }
}

row() { # PLACE COUNTER
  printf 'd|%s|%s|rx_error|64|counted|-|-|-|drivers/net/d.c: x' "$1" "$2"
}

reason='d|ethtool|...csum...|-|-|ignored|-|-|-|drivers/net/d.c: x'
rows=("$(row ethtool rx_dropped)" "$(row ethtool 'q*_discards')"
  "$(row ethtool discards)" "$(row ethtool mac_rx_overrun)"
  "$(row ethtool 'rx_*_timeouts')" "$(row link rx_over_errors)"
  "$(row link tx_aborted_errors)" "$reason")
ok 'everything that looks like a loss' \
  finds 'ethtool discards;ethtool mac_rx_overrun;ethtool q12_discards;ethtool rx_12_timeouts;ethtool rx_csum_errors;ethtool rx_dropped;link rx_over_errors;link tx_aborted_errors;' \
  "$(row ethtool rx_packets)"
ok 'nothing, if each has a row or a reason' finds '' "${rows[@]}"
ok 'a counter less' finds 'ethtool mac_rx_overrun;' "${rows[@]:0:3}" \
  "${rows[@]:4}"
ok 'a member less' finds 'link rx_over_errors;' "${rows[@]:0:5}" \
  "${rows[@]:6}"
ok 'no reason' finds 'ethtool rx_csum_errors;' "${rows[@]:0:7}"
ok 'success only if it finds nothing' uncovered "${rows[@]}"
ok 'failure if it finds something' \
  bash -c "! tests/nic_coverage.pl '$scratch/linux' <(printf 'd\tlink\trx_errors\trx_error\t64\tcounted\t-\t-\t-\tx\n') >/dev/null"
done_testing
