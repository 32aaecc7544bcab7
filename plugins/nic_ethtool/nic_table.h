/* SPDX-License-Identifier: MIT */
/* nic_counters.tsv as the build makes C of it, for nic_counters.c and its
 * tests. */
#ifndef NIC_TABLE_H
#define NIC_TABLE_H

#include "nic_counters.h"

/* Whether a counter is in its cause's sum. */
enum nic_count {
  NIC_COUNTED,
  NIC_FIRST, /* if no earlier row of the driver with the same word in "of" names
                a counter that the adapter has */
  NIC_MINUS, /* it is to be subtracted; with a word in "of", as NIC_FIRST */
  NIC_NOT,   /* the counters that "of" names count these packets */
};

struct nic_row {
  const char *driver;  /* "*": those that are not in the table */
  const char *counter; /* in it, "*" is one or more digits */
  const char *of;      /* or NULL */
  const char *only_if; /* the adapter must have this counter, or NULL... */
  bool if_absent;      /* ...or must not */
  enum nic_place place;
  enum nic_cause cause;
  enum nic_count count;
  uint16_t index; /* of the number, but for NIC_PLACE_ETHTOOL */
  uint8_t bits;
};

/* The rows of a driver stand in the order in which they count. */
extern const struct nic_row nic_table[];
extern const size_t nic_table_count;

extern const char *const nic_link_members[NIC_LINK_MEMBERS];

/* For a driver that is not in the table: whether the name looks like a loss.
 * Returns NIC_RX_UNCLASSIFIED, NIC_TX_UNCLASSIFIED or NIC_CAUSE_COUNT. */
enum nic_cause nic_guess(const char *name);

#endif
