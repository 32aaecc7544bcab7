/* SPDX-License-Identifier: MIT */
/* A layer's numbers, read by read: counters unwrapped, rates worked out, totals
 * added up, thresholds judged.
 *
 * Between report_begin() and report_end() a layer identifies each object by its
 * labels (report_object.h) and gives numbers for its meters (report_counter.h,
 * report_gauge.h). An object that a read does not mention is gone: what is
 * raised for it is cleared, with an alert that says so. Then a frontend takes
 * the values (report_value.h) and the alerts.
 *
 * Once every object has been seen, a read allocates nothing. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert.h"
#include "ledger.h"
#include "meter.h"
#include "report_admission.h"
#include "report_counter.h"
#include "report_gauge.h"
#include "report_object.h"
#include "report_rule.h"
#include "report_value.h"

struct report;

/* meters[0..count) are known from the start and must outlive the report; a
 * layer names them by their index. Returns 0 or -ENOMEM. */
int report_new(struct report **ret, const struct meter *meters, size_t count);

/* Accepts NULL. */
void report_free(struct report *report);

/* Sets the rules, before the first read. rules[0..count) stay the caller's and
 * must outlive the report. */
void report_set_rules(struct report *report, const struct report_rule *rules,
                      size_t count);

/* Sets whether absent objects keep the baselines of their counters, because the
 * kernel keeps the counters (CPUs). Otherwise they are forgotten. */
void report_set_persistent(struct report *report, bool persistent);

/* Sets the interval at which reads are meant to come, in seconds. A rate is
 * judged over at least half of it: after a late read, the next one can come
 * much too soon. Without it, every distance between two reads is long enough.
 */
void report_set_interval(struct report *report, double seconds);

/* Sets whether a ledger finds out what nothing more exact explains: a counter
 * that is less exact than one of an object is then judged by that, and not
 * before report_judge_postings(). */
void report_set_ledger(struct report *report, bool has_ledger);

/* Sets whether a layer's counters are judged by all that they count all the
 * same. The ledger still counts them. */
void report_ignore_ledger(struct report *report, bool ignores_ledger);

/* What the counters of this read gained, by buckets, for ledger_post(). */
struct ledger_posting *report_postings(const struct report *report,
                                       size_t *ret_count);

/* Judges what waits for the ledger: between ledger_post() and report_end(). */
void report_judge_postings(struct report *report);

/* Adds a meter at run time; what it points to is copied. Returns its index,
 * that of the meter with the same key if there is one, or -ENOMEM. */
int report_learn(struct report *report, const struct meter *meter);

/* The index of the meter with this key, or -ENOENT. */
int report_find_meter(const struct report *report, const char *key);

/* The meter at an index, learned ones included, or NULL. */
const struct meter *report_meter(const struct report *report, unsigned meter);

/* Sets when a meter's values are sent; METER_SENT_ALWAYS without it. The meter
 * is judged in any case. */
void report_set_sending(struct report *report, unsigned meter,
                        enum meter_sending sending);

/* Whether a meter is sent, judged for some object, or counted by the ledger.
 * Another one need not be reported. */
bool report_wants(const struct report *report, unsigned meter);

/* Whether a user's rule is for the meter. */
bool report_has_rule(const struct report *report, unsigned meter);

/* Begins a read, now seconds after some fixed point. */
void report_begin(struct report *report, double now);

/* When this read began: the now of report_begin(). */
double report_now(const struct report *report);

/* Notes that there is no traffic to judge a meter by (a share of nothing): it
 * sends nothing and counts as within limits. A meter that is not mentioned at
 * all stays as it is. */
void report_idle(struct report *report, struct report_object *object,
                 unsigned meter);

/* Notes that something could not be read: objects that this read does not
 * mention are not gone. */
void report_set_incomplete(struct report *report);

/* Ends a read: judges totals, clears what is gone. */
void report_end(struct report *report);

/* The rate per second of a counter over the interval that ends with this read.
 * NAN at the first reading, after a reset, when it was not read, and when the
 * last rate is less than half an interval old. */
double report_rate(const struct report *report,
                   const struct report_object *object, unsigned meter);

/* The value of a gauge in this read, or NAN. */
double report_level(const struct report *report,
                    const struct report_object *object, unsigned meter);

/* A counter's value in this read, as it is sent. False when it was not read. */
bool report_count(const struct report *report,
                  const struct report_object *object, unsigned meter,
                  uint64_t *ret);

/* The state of an object's meter; okay for one that is not judged. */
enum threshold_state report_state(const struct report_object *object,
                                  unsigned meter);

/* The worst state of anything that is judged. */
enum threshold_state report_worst(const struct report *report);

/* The alerts of this read, in the order in which they arose. */
const struct alert *report_alerts(const struct report *report,
                                  size_t *ret_count);

#endif
