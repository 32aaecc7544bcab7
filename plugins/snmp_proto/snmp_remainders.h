/* SPDX-License-Identifier: MIT */
/* What a counter holds beyond the counters that count parts of it. */
#ifndef SNMP_REMAINDERS_H
#define SNMP_REMAINDERS_H

#include <stdbool.h>
#include <stdint.h>

struct report;
struct snmp_scope;

enum { SNMP_REMAINDERS = 8 };

/* The kernel does not read all counters at one moment, so a difference can go
 * back a little; value does not. */
struct snmp_remainder_state {
  uint64_t value;
  uint64_t whole;
};

/* All zero: nothing was read yet. */
struct snmp_remainders {
  struct snmp_remainder_state states[SNMP_REMAINDERS];
};

/* Whether a remainder is computed from the counter. */
bool snmp_remainders_need(unsigned meter);

/* Reports the remainders of a namespace whose counters are in the report. */
void snmp_remainders_report(struct snmp_remainders *remainders,
                            const struct snmp_scope *scope,
                            struct report *report);

#endif
