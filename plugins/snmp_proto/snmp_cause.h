/* SPDX-License-Identifier: MIT */
/* The numbers that tell the causes of an alert apart, and the advice for one.
 */
#ifndef SNMP_CAUSE_H
#define SNMP_CAUSE_H

#include "alert_text.h"
#include "snmp_counter.h"
#include "sysroot.h"

/* A percentage of a limit from which on the limit is the cause. */
#define SNMP_CAUSE_NEARLY_FULL 90

/* A percentage up to which the limit is an unlikely cause. */
#define SNMP_CAUSE_HARDLY_FULL 50

/* An alert to be explained. */
struct snmp_cause_context {
  const struct sysroot *root;
  const struct report *report;
  const char *netns; /* of the object, or NULL */
  unsigned meter;
  struct explanation *explanation;
};

/* The rate of a counter in this read, NAN if unknown; and whether it grew. The
 * counter must be in the list of snmp_cause.c. */
#define SNMP_CAUSE_RATE(context, object, name)                                 \
  snmp_cause_rate(context,                                                     \
                  &(const struct snmp_counter)SNMP_COUNTER(object, name))
#define SNMP_CAUSE_GROWS(context, object, name)                                \
  (SNMP_CAUSE_RATE(context, object, name) > 0)

/* Whether a counter is in that list. */
bool snmp_cause_needs(unsigned meter);

/* The object of a counter, or NULL. */
const struct report_object *
snmp_cause_object(const struct snmp_cause_context *context,
                  const struct snmp_counter *counter);

/* The rate of a counter in this interval, or NAN. */
double snmp_cause_rate(const struct snmp_cause_context *context,
                       const struct snmp_counter *counter);

/* A gauge of this read, or NAN. */
double snmp_cause_level(const struct snmp_cause_context *context,
                        const char *netns, const char *object, unsigned meter);

/* Sets the advice, and the setting that it is about (NULL: none). */
void snmp_cause_advise(const struct snmp_cause_context *context,
                       const char *setting, const char *advice);

#endif
