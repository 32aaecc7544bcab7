/* SPDX-License-Identifier: MIT */
/* Guesses the cause of an unknown counter by its name. */
#ifndef NIC_GUESS_H
#define NIC_GUESS_H

#include "nic_cause.h"

/* Returns NIC_RX_UNCLASSIFIED or NIC_TX_UNCLASSIFIED if the name looks like a
 * loss, or else NIC_CAUSE_COUNT. */
enum nic_cause nic_guess(const char *name);

#endif
