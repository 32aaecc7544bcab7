/* SPDX-License-Identifier: MIT */
/* Rules of the table that concern several counters of an adapter. */
#ifndef NIC_RULES_H
#define NIC_RULES_H

#include <stddef.h>

struct nic_finder;

/* Completes the sources that NIC_MOST and NIC_UNLESS rows have added, once all
 * rows are found. Returns 0 or -ENOMEM. */
int nic_rules_resolve(struct nic_finder *finder);

/* Adds a source to the conditions of the NIC_UNLESS source at index, which must
 * be the last to get any. Returns 0 or -ENOMEM. */
int nic_rules_add_condition(struct nic_finder *finder, size_t index,
                            size_t condition);

#endif
