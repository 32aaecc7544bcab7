/* SPDX-License-Identifier: MIT */
/* What the name of a counter suggests that no row of nic_table.tsv has. */
#ifndef NIC_GUESS_H
#define NIC_GUESS_H

#include "nic_cause.h"

/* For a driver that is not in the table: whether the name looks like a loss.
 * Returns NIC_RX_UNCLASSIFIED, NIC_TX_UNCLASSIFIED or NIC_CAUSE_COUNT. */
enum nic_cause nic_guess(const char *name);

#endif
