/* SPDX-License-Identifier: MIT */
/* A row of nic_table.tsv. */
#ifndef NIC_ROW_H
#define NIC_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "nic_cause.h"

/* How a counter's growth enters its cause; the table's column "count". */
enum nic_rule {
  NIC_COUNTED, /* it is added */
  NIC_FIRST,   /* it is added unless an earlier row with the same word in "of"
                  has a counter of this adapter */
  NIC_MOST,    /* of the rows with the same word in "of", the one that grew most
                  is added */
  NIC_MINUS,   /* it is subtracted; a word in "of" works as for NIC_FIRST */
  NIC_UNLESS,  /* it is added while no counter in "of" grows */
  NIC_NOT,     /* it is not added: counters in "of" contain these packets */
};

/* Facts about a counter, as bits; the table's column "is". */
enum {
  NIC_OF_PORT = 1,   /* all functions of a port show the same number */
  NIC_OF_CARD = 2,   /* all ports of an adapter show the same number */
  NIC_OF_STACK = 4,  /* the network stack adds its own drops */
  NIC_OF_EVENTS = 8, /* an event can be many packets */
};

struct nic_row {
  const char *driver;  /* "*": drivers without rows; "+": every driver */
  const char *counter; /* "*" in it stands for one or more digits */
  const char *of;      /* or NULL */
  const char *only_if; /* the adapter must have this counter, or NULL... */
  bool if_absent;      /* ...or must not */
  enum nic_place place;
  enum nic_cause cause;
  enum nic_rule rule;
  uint16_t index; /* of the number, except for NIC_PLACE_ETHTOOL */
  uint8_t bits;   /* the counter's width: 16, 32 or 64 */
  uint8_t facts;
  const char *events_like; /* NIC_OF_EVENTS applies only where the counter
                              equals this one, or NULL: always */
};

#endif
