/* SPDX-License-Identifier: MIT */
/* What the numbers of drop reasons mean on the kernel that runs: they change
 * with every release (include/net/dropreason-core.h). Names are the kernel's in
 * lower case and without its prefix: "socket_rcvbuff". */
#ifndef DROP_NAMES_H
#define DROP_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "btf.h"
#include "scan.h"

#define DROP_NAME_SIZE 64

struct drop_name {
  uint32_t number;
  char text[DROP_NAME_SIZE];
};

/* All zero is empty. */
struct drop_names {
  struct drop_name *reasons;
  size_t count, room;
  struct drop_name *subsystems; /* number: the upper 16 bits of their reasons */
  size_t subsystem_count, subsystem_room;
};

/* Takes the enumerators of enum skb_drop_reason, and of enum
 * skb_drop_reason_subsys if there is one. Returns 0 or -ENOMEM. */
int drop_names_from_btf(struct drop_names *names, const struct btf *btf,
                        uint32_t reasons);

/* Takes the pairs of a tracepoint's format: see trace_format_reason(). */
int drop_names_from_format(struct drop_names *names, struct scan reasons);

/* Writes the name of a reason. One that has none becomes
 * "openvswitch_reason_3", "subsystem_5_reason_3", "reason_200"; DROP_NO_REASON
 * is "not_specified", and DROP_OTHER_REASON "other". */
void drop_names_write(const struct drop_names *names, uint32_t reason,
                      char ret[static DROP_NAME_SIZE]);

/* One more than the greatest number of a reason that is of no subsystem. */
uint32_t drop_names_end(const struct drop_names *names);

void drop_names_free(struct drop_names *names);

#endif
