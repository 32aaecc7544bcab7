/* SPDX-License-Identifier: MIT */
/* The BPF program that counts the packets which the kernel frees at the
 * tracepoint skb:kfree_skb, per CPU. It is assembled for the running kernel.
 *
 * It counts in a map of places: by the place that freed the packet, the reason,
 * the protocol, the network namespace and, on request, the interface. When that
 * map is full, packets with a new key are counted in a second map, by reason
 * only. Each packet is counted exactly once. */
#ifndef DROP_PROGRAM_H
#define DROP_PROGRAM_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

#include "drop_plan.h"

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

#define DROP_PROGRAM_SIZE 256

/* Writes the program. Returns the number of its instructions. */
size_t drop_program_make(const struct drop_plan *plan,
                         struct bpf_insn ret[static DROP_PROGRAM_SIZE]);

#endif
