# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the loss scripts share, besides lib.sh. To be sourced; each has a function
# usage of its own.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What cannot be made to happen here is no failure.
skip() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 77
}

wrong_usage() {
  usage >&2
  exit 2
}

# A number from 1 on, of at most so many digits.
need_count() { # DIGITS TEXT
  [[ $2 =~ ^[1-9][0-9]*$ && ${#2} -le $1 ]] || wrong_usage
}

begin() {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  undo_at_exit
  need_netload
}
