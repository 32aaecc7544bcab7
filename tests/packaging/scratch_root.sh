#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: scratch_root.sh COMMAND [ARGUMENT...]
#
# Runs a command, as root, in a copy of this system's root directory. All
# changes in the copy and all processes in it are gone when the command ends.
# The current directory and NETLOSS_BUILD are shared with the system. Exits with
# the command's status, or with 77 if the kernel cannot make such a copy.
set -euo pipefail

if [ -z "${SCRATCH_ROOT:-}" ]; then
  SCRATCH_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/netloss-root.XXXXXX")
  export SCRATCH_ROOT
  trap 'rmdir "$SCRATCH_ROOT"' EXIT
  # Try first, so that a later failure is the command's.
  unshare --mount --pid --fork true 2>/dev/null || exit 77
  unshare --mount --propagation private --pid --fork --kill-child \
    "${BASH_SOURCE[0]}" "$@"
  exit
fi

# Mount points that only this mount namespace sees.
mount -t tmpfs netloss-scratch "$SCRATCH_ROOT" || exit 77
root=$SCRATCH_ROOT/root
mkdir "$SCRATCH_ROOT"/{changes,work,root}
mount -t overlay netloss-scratch "$root" -o "lowerdir=/,upperdir=$SCRATCH_ROOT/changes,workdir=$SCRATCH_ROOT/work" || exit 77
mount -t proc proc "$root/proc"
mount -t tmpfs netloss-scratch "$root/tmp"
for directory in /sys /dev "$PWD" ${NETLOSS_BUILD:+"$NETLOSS_BUILD"}; do
  mkdir -p "$root$directory"
  mount --rbind "$directory" "$root$directory"
done
# shellcheck disable=SC2016 # the inner shell's
exec chroot "$root" bash -c 'cd "$1" && shift && exec "$@"' - "$PWD" "$@"
