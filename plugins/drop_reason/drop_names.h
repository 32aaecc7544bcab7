/* SPDX-License-Identifier: MIT */
/* The names of the running kernel's drop reasons, whose numbers change with
 * every release. Names are in lower case and without the kernel's prefix:
 * "socket_rcvbuff". Source: include/net/dropreason-core.h. */
#ifndef DROP_NAMES_H
#define DROP_NAMES_H

#include <stdbool.h>
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

/* Reads the names from the kernel's BTF: reasons is the id of enum
 * skb_drop_reason. Returns 0 or -ENOMEM. */
int drop_names_from_btf(struct drop_names *names, const struct btf *btf,
                        uint32_t reasons);

/* Adds the reasons of subsystems: the enumerators of each enum of these types
 * that is called "..._drop_reason", as "ovs_drop_meter". Those that have a name
 * keep it. Returns 0 or -ENOMEM. */
int drop_names_add_subsystems(struct drop_names *names, const struct btf *btf);

/* Whether a reason is a subsystem's and has no name yet. */
bool drop_names_lacks(const struct drop_names *names, uint32_t reason);

/* Reads the names from a tracepoint's format; see trace_format_reason().
 * Returns 0 or -ENOMEM. */
int drop_names_from_format(struct drop_names *names, struct scan reasons);

/* Writes the name of a reason. Those without one become
 * "openvswitch_reason_3", "subsystem_5_reason_3" or "reason_200";
 * DROP_NO_REASON is "not_specified", DROP_OTHER_REASON is "other". */
void drop_names_write(const struct drop_names *names, uint32_t reason,
                      char ret[static DROP_NAME_SIZE]);

/* One more than the largest number of a reason of no subsystem. */
uint32_t drop_names_end(const struct drop_names *names);

void drop_names_free(struct drop_names *names);

#endif
