/* SPDX-License-Identifier: MIT */
/* The interfaces of a network namespace that have lost packets, each with its
 * part of them. */
#ifndef DROP_INTERFACES_H
#define DROP_INTERFACES_H

#include <net/if.h>

#include "drop_share.h"

struct drop_interface {
  UT_hash_handle hh; /* by index */
  uint32_t index;
  char name[IFNAMSIZ];
  bool is_shown; /* false while another one seems to have the same name */
  struct drop_share share;
};

struct drop_interfaces {
  int fd; /* for interface_name.h; -1: none */
  struct drop_interface *all;
};

#define DROP_INTERFACES                                                        \
  (struct drop_interfaces) { .fd = -1 }

/* Begins a read: asks for the names again. An interface that is gone is
 * forgotten, and *room grows; one with another name begins anew. */
void drop_interfaces_begin(struct drop_interfaces *interfaces, unsigned *room);

/* Finds the interface with this index. Adds it if it is new, and *room is not 0
 * and shrinks. Returns 0; -ENOSPC without room; -ENODEV if there is none; or
 * another -errno. */
int drop_interfaces_take(struct drop_interfaces *interfaces, uint32_t index,
                         unsigned *room, struct drop_interface **ret);

/* The interface with this index, or NULL. */
struct drop_interface *
drop_interfaces_find(const struct drop_interfaces *interfaces, uint32_t index);

/* Forgets all, and closes the socket. */
void drop_interfaces_free(struct drop_interfaces *interfaces, unsigned *room);

#endif
