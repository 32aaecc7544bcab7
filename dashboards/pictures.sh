#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the pictures for docs/dashboards.md: losses, as graphite-web draws them.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: dashboards/pictures.sh DIRECTORY

Runs a collectd with the plugins in NETLOSS_BUILD (default: build), and Graphite,
causes losses like ./quickstart --demo, and writes pictures of them to DIRECTORY.
Needs root, and the stores that tests/sinks/dashboards.sh starts.
USAGE
}

if [ $# -ne 1 ] || [ "$1" = --help ]; then
  usage
  [ "${1:-}" = --help ] || exit 2
  exit 0
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)

# shellcheck source=tests/sinks/dashboards.sh
. "$here/../tests/sinks/dashboards.sh"
need_netload
undo_at_exit
home=$(mktemp -d "${TMPDIR:-/tmp}/netloss-pictures.XXXXXX")
undo_later rm -rf "$home"
dashboards_stores
dashboards_collect
wait_until 60 prometheus_scrapes
dashboards_lose
sleep 5 # for the last values to reach the store
# shellcheck disable=SC2154 # set by dashboards_stores
"$here/graphite/render.pl" "$graphite_url" collectd.live 60 "$directory" \
  'State of each layer' 'Lost in the qdisc' 'UDP: receive buffers full' \
  'TCP: listeners full' 'Lost at receive buffers of UDP' \
  'Dropped from backlogs'
