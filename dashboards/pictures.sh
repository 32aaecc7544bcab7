#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the pictures for docs/dashboards.md: losses that the kernel is made to
# have, as graphite-web shows them.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: dashboards/pictures.sh DIRECTORY

Runs a collectd with the plugins in NETLOSS_BUILD (build), and Graphite, has the
kernel lose packets as ./quickstart --demo does, and writes pictures of that to
DIRECTORY. Needs root, and the stores that tests/sinks/dashboards.sh starts.
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
sleep 5 # the last ones are on their way to the store
# shellcheck disable=SC2154 # set by dashboards_stores
"$here/graphite/render.pl" "$graphite_url" collectd.live 60 "$directory" \
  'State of each layer' 'Lost in the qdisc' 'UDP: receive buffers full' \
  'TCP: listeners full' 'Lost at receive buffers of UDP' \
  'Dropped from backlogs'
