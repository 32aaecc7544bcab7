/* SPDX-License-Identifier: MIT */
#include "nic_carrier.h"

unsigned nic_carrier_flaps(struct nic_carrier *carrier, uint32_t changes,
                           double now) {
  uint32_t gained = changes > carrier->changes ? changes - carrier->changes : 0;
  carrier->changes = changes;
  for (uint32_t i = 0; i < gained && i < NIC_CARRIER_RING; i++)
    carrier->times[carrier->count++ % NIC_CARRIER_RING] = now;
  unsigned recent = 0;
  for (unsigned i = 0; i < NIC_CARRIER_RING && i < carrier->count; i++)
    recent += now - carrier->times[i] < NIC_FLAP_SECONDS;
  return recent;
}
