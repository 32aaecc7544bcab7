/* SPDX-License-Identifier: MIT */
/* A count that is the growth of some counters less that of others, which they
 * contain. */
#ifndef NIC_SUM_H
#define NIC_SUM_H

#include <stdint.h>

/* Counters are read one after the other while packets arrive, a poll of 64 at a
 * time and queue: the part can be ahead of the whole by so many packets. */
#define NIC_SUM_NOISE 1024

/* All zero is 0. */
struct nic_sum {
  uint64_t value;    /* never falls */
  uint64_t advanced; /* what the parts are ahead of the whole */
};

/* Adds the growth of an interval. What the parts grew more than the whole is
 * taken off what the whole grows next, up to NIC_SUM_NOISE. */
void nic_sum_add(struct nic_sum *sum, uint64_t whole, uint64_t parts);

#endif
