/* SPDX-License-Identifier: MIT */
/* What a layer found in one read, and what became of it: counters unwrapped,
 * rates worked out, totals added up, thresholds judged.
 *
 * A layer identifies an object by its labels (none: the host's total) and gives
 * numbers for its meters. An object that a read does not mention is gone: if
 * something of it was raised, that is cleared, with an alert that says so.
 *
 * Once every object was seen, a read allocates nothing. */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>

#include "labels.h"
#include "match.h"
#include "meter.h"

struct report;
struct report_object;

/* What a user's <Threshold> block says of one meter. Later rules win, option by
 * option. */
struct report_rule {
  char *meter;            /* the meter's key */
  struct match instances; /* of these objects only; empty: of all */
  struct threshold_limits limits;
  unsigned given; /* which members of limits: a set of enum report_limit */
};

enum report_limit {
  REPORT_WARNING_MAX = 1 << 0,
  REPORT_FAILURE_MAX = 1 << 1,
  REPORT_WARNING_MIN = 1 << 2,
  REPORT_FAILURE_MIN = 1 << 3,
  REPORT_HYSTERESIS = 1 << 4,
  REPORT_HITS = 1 << 5,
  REPORT_CLEAR_HITS = 1 << 6,
  REPORT_PERSIST = 1 << 7,
  REPORT_PERSIST_OK = 1 << 8,
};

/* Lays the rule's options over limits. */
void report_rule_apply(const struct report_rule *rule,
                       struct threshold_limits *limits);
void report_rule_free(struct report_rule *rule);

/* One value for the host to send. */
struct report_value {
  const struct labels *labels; /* of the object */
  const char *instance;        /* safe name of the object, "" for the host */
  const char *type;
  const char *type_instance; /* safe name of the meter */
  bool is_counter;
  bool is_of_previous_read; /* it was so at the read before this one */
  uint64_t count;           /* counters: unwrapped, never goes back */
  double gauge;             /* gauges */
  const struct meter *meter;
};

/* One change of state. The strings live until the next report_begin(). */
struct alert {
  const struct meter *meter;
  const struct report_object *object;
  const char *instance; /* as in the report_value that caused it */
  const char *type_instance;
  enum threshold_state state;
  enum threshold_state before; /* the same as state: persist asked for it */
  bool vanished;               /* the object is gone; state is okay */
  double value; /* rate per second, or the gauge; NAN when vanished */
  double limit; /* the one that value is judged by in the worse of state and
                   before */
  const struct threshold_limits *limits;

  /* The episode: from the last good reading to the last bad one. */
  double lasted; /* seconds */
  double quiet;  /* seconds since the last reading that breached a limit */
  uint64_t lost; /* counters: gained from the episode's beginning until now */
  uint64_t lost_quiet; /* of these, gained while it was quiet */
  double peak;         /* the value that was furthest out */
};

/* meters[0..count) are known from the start, and a layer names them by their
 * index. Returns 0 or -ENOMEM. */
int report_new(struct report **ret, const struct meter *meters, size_t count);
void report_free(struct report *report);

/* rules[0..count) are not owned and must outlive the report. To be set before
 * the first read. */
void report_set_rules(struct report *report, const struct report_rule *rules,
                      size_t count);

/* Objects that are absent keep the baselines of their counters, because the
 * kernel keeps the counters (CPUs). Otherwise they are forgotten. */
void report_set_persistent(struct report *report, bool persistent);

/* Begins a read, now seconds after some fixed point. */
void report_begin(struct report *report, double now);

/* When this read began, as report_begin() was told. */
double report_now(const struct report *report);

/* Finds or makes the object with these labels, which are copied. Its totals go
 * to parent (NULL: nowhere), which the layer must have mentioned before in this
 * read. hidden: judged, and counted in parent, but its values are not sent.
 * Returns NULL when there is no memory; the functions below accept that and do
 * nothing. */
struct report_object *report_object(struct report *report,
                                    struct report_object *parent,
                                    const struct labels *labels, bool hidden);

/* The labels of the host's total. */
#define REPORT_HOST (&(const struct labels){0})

/* The object was replaced by another of the same name: its counters begin
 * anew. */
void report_object_rebase(struct report_object *object);

/* Says whether all meters of an object are sent as METER_SENT_ONCE_COUNTED is,
 * whatever was said of them. */
void report_object_omit_zeros(struct report_object *object, bool omits_zeros);

/* Adds a meter that is learned at run time; what it points to is copied.
 * Returns its index, that of the meter which has the same key (or name) if
 * there is one, or -ENOMEM. */
int report_learn(struct report *report, const struct meter *meter);

/* The index of the meter with this key, or -ENOENT. */
int report_find_meter(const struct report *report, const char *key);

/* Says when a meter's values are sent; always, if nothing is said. It is judged
 * as ever, and can be asked for. */
void report_set_sending(struct report *report, unsigned meter,
                        enum meter_sending sending);

/* The kernel's number of one meter. Each at most once a read and object. In the
 * read in which a counter was reset it has neither rate nor value. */
void report_counter(struct report *report, struct report_object *object,
                    unsigned meter, uint64_t raw);
void report_gauge(struct report *report, struct report_object *object,
                  unsigned meter, double value);

/* The same of a counter that is 32 or 64 bits wide, whatever its meter says:
 * what drivers count under one name is not. */
void report_counter_of(struct report *report, struct report_object *object,
                       unsigned meter, uint64_t raw, unsigned bits);

/* The same of a number that is not to be judged by now, because too little
 * happens for it to matter, or another meter tells it already: it counts as one
 * inside the limits. */
void report_counter_unjudged(struct report *report,
                             struct report_object *object, unsigned meter,
                             uint64_t raw);
void report_gauge_unjudged(struct report *report, struct report_object *object,
                           unsigned meter, double value);

/* There is nothing to judge the meter by, because nothing happens (a share of
 * no traffic): no value, and as good as one inside the limits. A meter that is
 * not mentioned at all stays as it is. */
void report_idle(struct report *report, struct report_object *object,
                 unsigned meter);

/* Something could not be read: objects that were not mentioned are not gone. */
void report_set_incomplete(struct report *report);

/* Ends a read: judges totals, clears what vanished. */
void report_end(struct report *report);

/* The rate per second of a counter over the interval that ends with this read,
 * or NAN: at the first reading, after a reset, when it was not read. */
double report_rate(const struct report *report,
                   const struct report_object *object, unsigned meter);

/* What a meter of an object is raised as; okay for one that is not judged. */
enum threshold_state report_state(const struct report_object *object,
                                  unsigned meter);

/* The value of a gauge in this read, or NAN. */
double report_level(const struct report *report,
                    const struct report_object *object, unsigned meter);

/* What a counter has come to in this read, as it is sent. False when it was not
 * read. */
bool report_count(const struct report *report,
                  const struct report_object *object, unsigned meter,
                  uint64_t *ret);

/* Whether a meter is sent, or judged for some object: else it need not be
 * reported. */
bool report_wants(const struct report *report, unsigned meter);

/* Whether a user's rule is for the meter. */
bool report_has_rule(const struct report *report, unsigned meter);

/* An object of this read or, for one that persists, of an earlier one; NULL
 * where there is none. */
const struct report_object *report_object_find(const struct report *report,
                                               const struct labels *labels);

/* Whether this read mentions the object, which may be NULL. */
bool report_object_is_present(const struct report *report,
                              const struct report_object *object);

const struct labels *report_object_labels(const struct report_object *object);
/* Its labels joined: see labels_join(). */
const char *report_object_name(const struct report_object *object);
/* As it is sent: safe, and unlike that of any other object. */
const char *report_object_instance(const struct report_object *object);

/* The values of this read, by objects, in the order in which these and their
 * meters first appeared. */
void report_value_each(const struct report *report,
                       void (*take)(void *data,
                                    const struct report_value *value),
                       void *data);

/* The alerts of this read, in the order in which they arose. */
const struct alert *report_alerts(const struct report *report,
                                  size_t *ret_count);

/* The worst state of anything that is judged. */
enum threshold_state report_worst(const struct report *report);

/* Every meter, learned ones included. */
size_t report_meter_count(const struct report *report);
const struct meter *report_meter(const struct report *report, unsigned meter);

#endif
