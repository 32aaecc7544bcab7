# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the loss scripts, together with lib.sh. To be sourced; each script
# defines its own function usage.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Exits with the status of a loss that cannot be caused on this machine.
skip() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 77
}

wrong_usage() {
  usage >&2
  exit 2
}

# Checks for a number above 0, of at most so many digits.
need_count() { # DIGITS TEXT
  [[ $2 =~ ^[1-9][0-9]*$ && ${#2} -le $1 ]] || wrong_usage
}

begin() {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  undo_at_exit
  need_netload
}
