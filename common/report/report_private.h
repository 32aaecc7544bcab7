/* SPDX-License-Identifier: MIT */
/* How a report keeps its objects. For report.c and report_objects.c alone. */
#ifndef REPORT_PRIVATE_H
#define REPORT_PRIVATE_H

#include "counter.h"
#include "hash.h"
#include "judge.h"
#include "meter_set.h"
#include "name_set.h"
#include "report.h"

/* One meter of one object. */
struct cell {
  unsigned meter;
  const struct meter *about; /* the same */
  bool is_total;             /* it adds up those of other objects */
  bool sendable;             /* there is a value for this read */
  bool was_something;        /* a gauge: it was not always 0 */
  uint64_t read;             /* number of the last read that mentioned it */
  uint64_t first_read;       /* and of the first */
  double time;               /* of the last reading */
  double rate; /* per second, up to that reading; NAN: not known */
  double gauge;
  uint64_t gain; /* of a counter, in that reading */
  struct counter counter;
  struct judge *judge; /* NULL: there is nothing to judge by */
};

struct report_object {
  UT_hash_handle hh; /* by name, in the order of appearance */
  char *name;        /* the labels, joined */
  struct labels labels;
  void *label_block; /* what labels point into */
  char instance[METRIC_NAME_SIZE];
  struct report_object *parent;
  bool hidden;
  bool omits_zeros; /* all its meters are METER_SENT_ONCE_COUNTED */
  bool gone;
  bool has_totals; /* some of its cells are */
  uint64_t read;   /* number of the last read that mentioned it */
  uint16_t *slots; /* by meter: the index in cells, or CELL_NONE */
  size_t slot_count;
  struct cell *cells;
  size_t cell_count;
};

#define CELL_NONE UINT16_MAX

struct report {
  struct meter_set *meters;
  struct report_object *objects;
  struct name_set *instances;
  const struct report_rule *rules;
  size_t rule_count;
  bool persistent;
  bool incomplete;
  uint64_t read; /* number of this read, from 1 */
  double now;
  struct alert *alerts;
  size_t alert_count;
  size_t alert_capacity;
  size_t raised[THRESHOLD_FAILURE + 1]; /* by state; okay is not counted */
};

/* Frees an object that is in no table any more. */
void report_object_free(struct report *report, struct report_object *object);

/* The object with these labels, or NULL. */
struct report_object *report_objects_find(const struct report *report,
                                          const struct labels *labels);

/* The cell of a meter, or NULL. */
struct cell *report_cell_find(const struct report_object *object,
                              unsigned meter);

/* The same, made if need be; it is then one that this read mentions. NULL when
 * there is no memory, and for an object or a meter that does not exist. */
struct cell *report_cell_take(struct report *report,
                              struct report_object *object, unsigned meter,
                              bool is_total);

#endif
