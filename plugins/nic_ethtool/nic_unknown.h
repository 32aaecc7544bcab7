/* SPDX-License-Identifier: MIT */
/* The counters of a driver that is not in the table. */
#ifndef NIC_UNKNOWN_H
#define NIC_UNKNOWN_H

struct nic_finder;

/* Adds every name that looks like a loss and that no row matches. Returns 0 or
 * -ENOMEM. */
int nic_unknown_find(struct nic_finder *finder);

#endif
