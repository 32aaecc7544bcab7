/* SPDX-License-Identifier: MIT */
/* The kernel's tables of counters in one network namespace. */
#ifndef SNMP_SOURCES_H
#define SNMP_SOURCES_H

#include "layer_problem.h"
#include "proto_table.h"
#include "snmp_scope.h"
#include "snmp_selection.h"

enum { SNMP_SOURCES = 8 };

/* One table, and the meters of its counters. */
struct snmp_source {
  struct proto_table table;
  const char *object; /* of all counters; NULL: the text names the protocols */
  bool is_required;
  bool has_32_bits;    /* its counters wrap at 32 bits on every kernel */
  unsigned pause;      /* reads until an absent table is looked for again */
  unsigned generation; /* of the table, when meters was made */
  unsigned *meters;    /* for each counter of the table */
  uint64_t *before;    /* the values of the read before, likewise */
  bool has_before;
  struct layer_problem problem;
};

struct snmp_sources {
  struct snmp_source all[SNMP_SOURCES];
  uint64_t reads;
};

/* Prepares the tables for the first read. */
void snmp_sources_init(struct snmp_sources *sources);

/* Frees the memory and closes the files. */
void snmp_sources_free(struct snmp_sources *sources);

/* Whether the table of an object ("conntrack") is open. */
bool snmp_sources_is_open(const struct snmp_sources *sources,
                          const char *object);

/* Reads all tables and reports their counters. Counters that the table of
 * meters does not have are learned. Returns 0 if any table could be read;
 * otherwise logs why and returns -errno. */
int snmp_sources_read(struct snmp_sources *sources,
                      const struct snmp_scope *scope,
                      const struct snmp_selection *selection,
                      struct report *report);

#endif
