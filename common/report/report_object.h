/* SPDX-License-Identifier: MIT */
/* The objects of a report, each identified by its labels. */
#ifndef REPORT_OBJECT_H
#define REPORT_OBJECT_H

#include <stdbool.h>

#include "labels.h"

struct report;
struct report_object;

/* The labels of the host's total. */
#define REPORT_HOST (&(const struct labels){0})

/* Finds or makes the object with these labels, which are copied, and mentions
 * it in this read. Its totals go to parent (NULL: nowhere), which this read
 * must have mentioned before. A hidden object is judged, and counted in parent;
 * its values are not sent. Once shown, its counters begin with the read before,
 * so that stores see the loss for which it is shown. An object that is
 * mentioned without a number keeps its state: for one that could not be read.
 * Returns NULL when there is no memory; whatever takes an object accepts that
 * and does nothing. */
struct report_object *report_object(struct report *report,
                                    struct report_object *parent,
                                    const struct labels *labels, bool hidden);

/* Mentions, without a number, each object that the report has of a network
 * namespace (NULL: collectd's own) and of a protocol there (NULL: all), because
 * it could not be read: it is not gone. */
void report_object_keep(struct report *report, const char *netns,
                        const char *protocol);

/* The object was replaced by another of the same name: its counters begin
 * anew. */
void report_object_rebase(struct report_object *object);

/* Sets whether all meters of the object are sent as METER_SENT_ONCE_COUNTED
 * is, and not as they are set. */
void report_object_omit_zeros(struct report_object *object, bool omits_zeros);

/* The object with these labels if this read mentions it, or NULL. */
struct report_object *report_object_mentioned(struct report *report,
                                              const struct labels *labels);

/* An object of this read or, if objects persist, of an earlier one; NULL if
 * there is none. */
const struct report_object *report_object_find(const struct report *report,
                                               const struct labels *labels);

/* Sets whether another object counts the same packets for the ledger, which
 * then does not count those of this one. */
void report_object_set_part(struct report_object *object, bool is_part);

/* Sets whether ordinary users made the object, rather than root, a service or
 * the kernel. New names and alerts of users' objects are bounded apart from all
 * others, so that they do not use up those of the host. */
void report_object_set_users(struct report_object *object, bool is_users);

bool report_object_is_users(const struct report_object *object);

/* Whether this read mentions the object, which may be NULL. */
bool report_object_is_present(const struct report *report,
                              const struct report_object *object);

const struct labels *report_object_labels(const struct report_object *object);

/* The labels joined: see labels_join(). */
const char *report_object_name(const struct report_object *object);

/* The name as it is sent: safe, and unlike that of any other object. */
const char *report_object_instance(const struct report_object *object);

/* Takes the object out of the report and frees it. */
void report_object_remove(struct report *report, struct report_object *object);

#endif
