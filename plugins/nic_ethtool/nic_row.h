/* SPDX-License-Identifier: MIT */
/* A row of nic_table.tsv. */
#ifndef NIC_ROW_H
#define NIC_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "nic_cause.h"

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

#endif
