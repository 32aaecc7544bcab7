/* SPDX-License-Identifier: MIT */
/* The BPF program that counts the packets which the kernel frees at the
 * tracepoint skb:kfree_skb, by CPU. It is put together here, from instructions,
 * for the kernel that runs.
 *
 * It counts in a map of places: by where the packet was freed, why, and its
 * protocol. When that map is full, a packet of a new kind is counted in a
 * second one, by its reason only. So no packet is counted twice, and none is
 * lost. */
#ifndef DROP_PROGRAM_H
#define DROP_PROGRAM_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The key in the map of places. */
struct drop_key {
  uint64_t location; /* the address behind the call that freed the packet */
  uint32_t reason;   /* DROP_NO_REASON where the kernel tells none */
  uint16_t protocol; /* its ethertype, or DROP_PROTOCOL_OTHER */
  uint16_t padding;  /* 0 */
};

/* Kernels before 5.17. */
#define DROP_NO_REASON UINT32_MAX

/* Never in a map: a reason that was not kept, the map of places being full. */
#define DROP_OTHER_REASON (UINT32_MAX - 1)

/* A protocol that has no name in drop_program_protocols. They are not told
 * apart, so that nobody can fill the map by making some up. */
#define DROP_PROTOCOL_OTHER 0xffff

struct drop_protocol {
  uint16_t ethertype;
  const char *name;
};
extern const struct drop_protocol drop_program_protocols[];
extern const size_t drop_program_protocol_count;

/* What the second map counts. */
enum drop_spill {
  DROP_SPILLED,      /* all that it counts */
  DROP_FULL,         /* how often the map of places was found full */
  DROP_SPILL_OTHER,  /* reasons that have no element of their own */
  DROP_SPILL_REASON, /* reason 0; the others follow it */
};

/* What the program is loaded for, which decides how it gets at the protocol. */
enum drop_way {
  DROP_TYPED,      /* a raw tracepoint, by BTF: it reads the packet's struct */
  DROP_RAW,        /* a raw tracepoint: it has a helper read that, */
  DROP_RAW_BLIND,  /* or does without the protocol */
  DROP_TRACEPOINT, /* a tracepoint: its record has the protocol */
};

/* Where what it counts is: of a raw tracepoint, which of its arguments, counted
 * from 0; of a tracepoint, at which offset of its record. */
struct drop_plan {
  enum drop_way way;
  bool has_reason;
  uint32_t location;
  uint32_t reason;
  uint32_t protocol;        /* raw: the argument that is the packet, */
  uint32_t protocol_offset; /* and where that has its ethertype */
  uint32_t reasons;         /* how many the second map counts apart */
  int places;               /* descriptor of BPF_MAP_TYPE_PERCPU_HASH */
  int spill;                /* and of BPF_MAP_TYPE_PERCPU_ARRAY */
};

#define DROP_PROGRAM_SIZE 128

/* Writes the program and returns how many instructions it has. */
size_t drop_program_make(const struct drop_plan *plan,
                         struct bpf_insn ret[static DROP_PROGRAM_SIZE]);

#endif
