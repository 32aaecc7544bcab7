# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Prints the kernel's description of its drop reasons: "format LINE" from
# tracefs, and "types LINE" of its BTF, compressed and in base64.
set -eu
# shellcheck source=tests/vm/guest/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

mount -t tracefs none /sys/kernel/tracing
sed 's/^/format /' /sys/kernel/tracing/events/skb/kfree_skb/format >&3
gzip -c /sys/kernel/btf/vmlinux | base64 | sed 's/^/types /' >&3
