/* SPDX-License-Identifier: MIT */
/* The BPF program that counts the packets which the kernel frees at the
 * tracepoint skb:kfree_skb, per CPU. It is assembled for the running kernel.
 *
 * It counts in a map of places: by the place that freed the packet, the reason
 * and the protocol. When that map is full, packets with a new key are counted
 * in a second map, by reason only. Each packet is counted exactly once. */
#ifndef DROP_PROGRAM_H
#define DROP_PROGRAM_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The key in the map of places. */
struct drop_key {
  uint64_t location; /* the return address of the call that freed the packet */
  uint32_t reason;   /* DROP_NO_REASON: the kernel gives none */
  uint16_t protocol; /* its ethertype, or DROP_PROTOCOL_OTHER */
  uint16_t padding;  /* 0 */
};

/* No reason: kernels before 5.17. */
#define DROP_NO_REASON UINT32_MAX

/* Never in a map: a reason that was counted when the map of places was full and
 * that the second map does not count separately. */
#define DROP_OTHER_REASON (UINT32_MAX - 1)

/* A protocol without a name in drop_program_protocols. Counting them separately
 * would let anybody fill the map with invented ones. */
#define DROP_PROTOCOL_OTHER 0xffff

struct drop_protocol {
  uint16_t ethertype;
  const char *name;
};
extern const struct drop_protocol drop_program_protocols[];
extern const size_t drop_program_protocol_count;

/* The elements of the second map. */
enum drop_spill {
  DROP_SPILLED,      /* the sum of the elements below */
  DROP_FULL,         /* how often the map of places was found full */
  DROP_SPILL_OTHER,  /* reasons without an element of their own */
  DROP_SPILL_REASON, /* reason 0; the others follow */
};

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
  uint32_t reasons;         /* that the second map counts separately */
  int places;               /* descriptor of the BPF_MAP_TYPE_PERCPU_HASH */
  int spill;                /* descriptor of the BPF_MAP_TYPE_PERCPU_ARRAY */
};

#define DROP_PROGRAM_SIZE 128

/* Writes the program. Returns the number of its instructions. */
size_t drop_program_make(const struct drop_plan *plan,
                         struct bpf_insn ret[static DROP_PROGRAM_SIZE]);

#endif
