/* SPDX-License-Identifier: MIT */
/* The places of a packet's way, and which of them a meter belongs to. */
#ifndef LADDER_PLACES_H
#define LADDER_PLACES_H

#include "layer.h"

/* In the packet's order: received ones first, then those that are sent. */
enum ladder_place {
  LADDER_WIRE,
  LADDER_RING,
  LADDER_IRQ,
  LADDER_BACKLOG,
  LADDER_IP,
  LADDER_TCP,
  LADDER_LISTEN,
  LADDER_SOCKET,
  LADDER_QDISC,
  LADDER_SEND,
  LADDER_KERNEL,
  LADDER_PLACES,
  LADDER_NOWHERE = LADDER_PLACES,
};

/* How exactly a meter names what loses. */
enum ladder_rank {
  LADDER_OBJECT, /* an interface, a CPU, a port */
  LADDER_HOST,   /* a counter of one network namespace */
  LADDER_ALL,    /* of all namespaces: the kernel's reasons */
};

/* "wire", "ring", ... */
const char *ladder_place_name(enum ladder_place place);

/* What a place is, a clause for help texts. */
const char *ladder_place_help(enum ladder_place place);

/* The layer that watches a place. */
const char *ladder_place_layer(enum ladder_place place);

/* The place of a meter of an object; LADDER_NOWHERE for what repeats the
 * counts of other objects, and for packets dropped on purpose. */
enum ladder_place ladder_place_of(const struct layer *layer,
                                  const struct meter *meter,
                                  const struct labels *labels);

enum ladder_rank ladder_rank_of(const struct meter *meter,
                                const struct labels *labels);

/* Whether a counter counts lost packets that no other meter of its layer
 * counts: the ledger's buckets hold them. */
bool ladder_counts_loss(const struct meter *meter);

#endif
