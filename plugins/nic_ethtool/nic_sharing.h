/* SPDX-License-Identifier: MIT */
/* Registers that several interfaces show: those of a port, which all its
 * functions show, and those of a card, which all its ports show. One interface
 * counts them. */
#ifndef NIC_SHARING_H
#define NIC_SHARING_H

struct interface_table;

/* Assigns the registers of each port and card to the wanted interface with the
 * lowest index; the others leave them out. */
void nic_sharing_assign(const struct interface_table *interfaces);

#endif
