/* SPDX-License-Identifier: MIT */
/* A count that is the growth of some counters less that of others, which they
 * contain. */
#ifndef NIC_SUM_H
#define NIC_SUM_H

#include <stdint.h>

/* How many packets a part can be ahead of the whole: counters are read one
 * after the other, while each queue takes up to 64 packets per poll. */
#define NIC_SUM_NOISE 1024

/* All zero is 0. */
struct nic_sum {
  uint64_t value;    /* never falls */
  uint64_t advanced; /* how far the parts are ahead of the whole */
};

/* Adds the growth of an interval. If the parts grew more than the whole, the
 * excess, up to NIC_SUM_NOISE, is taken off the next growth of the whole. */
void nic_sum_add(struct nic_sum *sum, uint64_t whole, uint64_t parts);

#endif
