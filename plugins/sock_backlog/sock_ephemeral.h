/* SPDX-License-Identifier: MIT */
/* Ephemeral ports in use, by destination.
 *
 * connect() may give one port to several connections that differ in source
 * address, destination address or destination port. So ports run out towards
 * one such destination. A port of the range with a listener is never given out,
 * and its connections belong to clients: it does not count. */
#ifndef SOCK_EPHEMERAL_H
#define SOCK_EPHEMERAL_H

#include <stddef.h>

#include "local_ports.h"
#include "sock_diag.h"

/* The most destinations that are told apart. A destination with many
 * connections is among the first that a read finds. */
#define SOCK_EPHEMERAL_DESTINATIONS 65536

/* Connections from one address to one address and port. */
struct sock_destination {
  uint8_t source[16], address[16]; /* as in struct sock_diag_connection */
  uint16_t port;
  uint32_t taken;     /* ports that a new connection cannot get */
  uint32_t time_wait; /* ports in TIME_WAIT among them */
};

/* Finds a destination by its hash. Slots are small, so that the table stays in
 * the processor's cache. */
struct sock_destination_slot {
  uint32_t hash;
  uint32_t place; /* of the destination, from 1; 0: the slot is free */
};

/* All zero has no ports. */
struct sock_ephemeral {
  struct local_ports settings;
  struct port_set given; /* in this read: the range less listeners' ports */
  struct port_set seen;  /* the given ports that some connection uses */
  uint32_t capacity;     /* count of given */
  struct sock_destination *destinations;
  size_t count;
  struct sock_destination_slot *slots; /* a hash table of the destinations */
  size_t room; /* slots, 0 or a power of two; half of them stay free */
  const struct sock_destination *busiest; /* NULL: none */
};

/* Begins a read. listening are the ports with a listener. */
void sock_ephemeral_begin(struct sock_ephemeral *ephemeral,
                          const struct port_set *listening);

/* Adds one connection to this read. */
void sock_ephemeral_add(struct sock_ephemeral *ephemeral,
                        const struct sock_diag_connection *connection);

void sock_ephemeral_free(struct sock_ephemeral *ephemeral);

#endif
