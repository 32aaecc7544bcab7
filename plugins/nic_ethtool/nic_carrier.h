/* SPDX-License-Identifier: MIT */
/* How often an interface's carrier changed lately. */
#ifndef NIC_CARRIER_H
#define NIC_CARRIER_H

#include <stdint.h>

/* How far nic_carrier_flaps() looks back, in seconds. */
#define NIC_FLAP_SECONDS 300

/* Changes that are remembered. */
#define NIC_CARRIER_RING 8

struct nic_carrier {
  uint32_t changes;               /* the kernel's count, as last taken */
  double times[NIC_CARRIER_RING]; /* of the last changes, a ring */
  unsigned count;                 /* of all changes that were taken */
};

/* Takes the kernel's count. Returns how many changes were within
 * NIC_FLAP_SECONDS, at most NIC_CARRIER_RING. */
unsigned nic_carrier_flaps(struct nic_carrier *carrier, uint32_t changes,
                           double now);

#endif
