/* SPDX-License-Identifier: MIT */
/* The names of reasons that kernel modules define (mac80211, openvswitch), from
 * the modules' types below /sys/kernel/btf: Linux 5.11 has these files, 6.4 the
 * first such reasons. Source: include/net/dropreason.h. */
#ifndef DROP_SUBSYSTEMS_H
#define DROP_SUBSYSTEMS_H

#include <stdbool.h>

#include "drop_names.h"
#include "modules.h"

struct sysroot;

/* All zero has not looked yet. */
struct drop_subsystems {
  struct modules modules; /* as of the last look */
  bool has_looked;
};

/* Adds what the loaded modules name, unless they are the same as at the last
 * look. A module without types, or with malformed ones, is skipped. Returns 0,
 * or -errno: -ENOENT if the kernel has no types. Looking takes milliseconds for
 * each megabyte of types. */
int drop_subsystems_learn(struct drop_subsystems *subsystems,
                          const struct sysroot *root, struct drop_names *names);

void drop_subsystems_free(struct drop_subsystems *subsystems);

#endif
