/* SPDX-License-Identifier: MIT */
/* Network namespaces: what is read in each, and what they share. */
#ifndef SNMP_SPACE_H
#define SNMP_SPACE_H

#include "clock.h"
#include "layer_problem.h"
#include "namespaces.h"
#include "snmp_conntrack.h"
#include "snmp_derived.h"
#include "snmp_scope.h"
#include "snmp_sources.h"

/* One namespace. Other namespaces than collectd's own have their settings and
 * files read and opened there, once a minute. */
struct snmp_space {
  struct snmp_scope scope;
  struct snmp_sources sources;
  struct snmp_conntrack conntrack;
  struct snmp_derived derived;
  struct clock_refresh refresh; /* of settings and files */
  bool keeps_files;             /* open between reads */
  size_t kept_files;
  struct layer_problem problem;
};

/* All namespaces of the layer. */
struct snmp_spaces {
  const struct layer_context *context;
  const struct snmp_selection *selection;
  struct snmp_space host; /* collectd's own */
  size_t foreign_count;   /* namespaces beside it */
  size_t kept_files;
};

/* Begins and ends a namespace; its state is struct snmp_spaces. */
extern const struct namespaces_user snmp_space_user;

void snmp_space_init(struct snmp_space *space,
                     const struct layer_context *context,
                     struct net_namespace *netns);

/* Frees the memory and closes the files. */
void snmp_space_free(struct snmp_space *space);

/* Reads and reports a namespace. Returns 0 if anything could be read; otherwise
 * logs why and returns -errno. */
int snmp_space_read(struct snmp_spaces *spaces, struct snmp_space *space,
                    struct report *report);

#endif
