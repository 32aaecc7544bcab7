/* SPDX-License-Identifier: MIT */
/* What the program of drop_program.h counts, and where it finds its data. */
#ifndef DROP_PLAN_H
#define DROP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "drop_owner.h"

/* The key in the map of places. */
struct drop_key {
  uint64_t location; /* the return address of the call that freed the packet */
  uint32_t reason;   /* DROP_NO_REASON: the kernel gives none */
  uint16_t protocol; /* its ethertype, or DROP_PROTOCOL_OTHER */
  uint16_t padding;  /* 0 */
  uint32_t netns;    /* its inode, or one of DROP_NETNS_... */
  uint32_t device;   /* the interface's index there; 0: unknown */
};

/* Inodes that no namespace has: the packet leads to none, or was counted when
 * the map of places was full. */
enum { DROP_NETNS_UNKNOWN = 0, DROP_NETNS_OTHER = 1 };

/* No reason: kernels before 5.17. */
#define DROP_NO_REASON UINT32_MAX

/* Never in a map: a reason that was counted when the map of places was full and
 * that the second map does not count separately. */
#define DROP_OTHER_REASON (UINT32_MAX - 1)

/* A protocol without a name in drop_program_protocols. Counting them separately
 * would let anybody fill the map with invented ones. */
#define DROP_PROTOCOL_OTHER 0xffff

/* The type of the program, which decides how it reads the protocol. */
enum drop_program_type {
  DROP_TYPED,      /* raw tracepoint with BTF: reads the packet's struct */
  DROP_RAW,        /* raw tracepoint: reads it through a helper */
  DROP_RAW_BLIND,  /* raw tracepoint: does not read it */
  DROP_TRACEPOINT, /* tracepoint: the record contains the protocol */
};

/* Where the program finds its data. location, reason and protocol are the
 * number of an argument, from 0, for a raw tracepoint; the offset in the record
 * for a tracepoint. */
struct drop_plan {
  enum drop_program_type type;
  bool has_reason;
  uint32_t location;
  uint32_t location_size; /* tracepoint: 4 or 8 bytes */
  uint32_t reason;
  uint32_t protocol;        /* raw: the argument that is the packet */
  uint32_t protocol_offset; /* raw: of the ethertype in the packet's struct */
  bool by_netns, by_device; /* what is counted separately; raw only */
  bool has_receiver;        /* raw: the kernel tells the receiving socket */
  uint32_t receiver;        /* its argument */
  struct drop_owner owner;  /* with by_netns */
  uint32_t reasons;         /* that the second map counts separately */
  int places;               /* descriptor of the BPF_MAP_TYPE_PERCPU_HASH */
  int spill;                /* descriptor of the BPF_MAP_TYPE_PERCPU_ARRAY */
};

#endif
