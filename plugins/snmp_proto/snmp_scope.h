/* SPDX-License-Identifier: MIT */
/* The network namespace that a table or setting belongs to. */
#ifndef SNMP_SCOPE_H
#define SNMP_SCOPE_H

#include "layer.h"
#include "layer_problem.h"
#include "net_namespace.h"

/* Settings that limit something in one namespace. */
enum snmp_setting {
  SNMP_SETTING_SYNCOOKIES,
  SNMP_SETTING_TIME_WAIT,
  SNMP_SETTING_FRAGMENTS,
  SNMP_SETTING_FRAGMENTS6,
  SNMP_SETTING_CONNTRACK,
  SNMP_SETTINGS,
};

struct snmp_scope {
  const struct layer_context *context;
  struct net_namespace *netns;    /* NULL: collectd's own */
  double settings[SNMP_SETTINGS]; /* of netns; NAN: unknown */
};

/* The name of the namespace, or NULL. */
const char *snmp_scope_name(const struct snmp_scope *scope);

/* The labels of an object there: protocol is the kernel's name of a protocol or
 * table, "" for the object that stands for all. */
struct labels snmp_scope_labels(const struct snmp_scope *scope,
                                const char *protocol);

/* Reads the settings of the namespace, which must not be NULL. */
void snmp_scope_read_settings(struct snmp_scope *scope);

/* The value of a setting, by its meter. A setting that exists only once is the
 * host's. NAN: unknown. */
double snmp_scope_setting(const struct snmp_scope *scope,
                          const struct report *report, unsigned meter);

/* layer_problem_source() for a file of the namespace, whose name is added. */
void snmp_scope_problem(const struct snmp_scope *scope,
                        struct layer_problem *problem, const char *path,
                        int result, const struct scan_error *fault,
                        const char *consequence);

#endif
