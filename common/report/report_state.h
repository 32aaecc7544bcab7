/* SPDX-License-Identifier: MIT */
/* The state of a report: its objects, and a cell for each meter that one of
 * them has. Layers know these structs by name only. */
#ifndef REPORT_STATE_H
#define REPORT_STATE_H

#include "alert.h"
#include "counter.h"
#include "hash.h"
#include "judge.h"
#include "keyed_hash.h"
#include "labels.h"
#include "ledger.h"
#include "meter_set.h"
#include "name_set.h"
#include "report_names.h"
#include "report_rule.h"

/* One meter of one object. */
struct report_cell {
  unsigned index; /* of the meter, in the report's set */
  const struct meter *meter;
  bool is_total;       /* it adds up the cells of other objects */
  bool has_value;      /* there is one to send in this read */
  bool is_consecutive; /* the read before mentioned it too */
  bool begins_before;  /* its first value is that of the read before */
  bool was_nonzero;    /* a gauge: at least once */
  uint64_t read;       /* number of the last read that mentioned it */
  uint64_t first_read; /* and of the first */
  double time;         /* of the last reading */
  double rate;         /* per second, over the window that ended with this
                          read; NAN: none did */
  double gauge;
  uint64_t gain; /* of a counter, in that reading */
  struct counter counter;
  double window_begin;  /* of a counter: when it was last judged */
  uint64_t window_gain; /* since then */
  uint64_t window_rest; /* of what nothing more exact explains */
  double rest_begin;    /* of the window that ended with this read... */
  double rest_elapsed;  /* ...and how long it was; 0: none did */
  struct judge *judge;  /* NULL: the meter has no limits */
  double calm_min;      /* values that the judge need not see... */
  double calm_max;
  bool is_calm; /* ...while this is set */
};

struct report_object {
  UT_hash_handle hh; /* by name, in the order of appearance */
  char *name;        /* the labels, joined */
  struct labels labels;
  void *label_block; /* what labels point into */
  char instance[METRIC_NAME_SIZE];
  struct report_object *parent;
  bool is_part;     /* another one counts its packets for the ledger */
  bool is_users;    /* ordinary users made it */
  bool is_admitted; /* its series may be sent */
  bool has_waited;  /* they could not be sent at first */
  bool is_hidden;
  bool was_hidden;  /* in the read before */
  bool omits_zeros; /* all its meters are METER_SENT_ONCE_COUNTED */
  bool is_gone;
  bool has_totals;      /* some of its cells are totals */
  uint64_t read;        /* number of the last read that mentioned it */
  uint64_t read_before; /* and of the one that did before, or 0 */
  uint64_t reset_read;  /* and of the last one that found a counter reset */
  uint16_t *slots;      /* by meter: the index in cells, or REPORT_NO_CELL */
  size_t slot_count;
  size_t slot_room;
  struct report_cell *cells;
  size_t cell_count;
  size_t cell_room;
};

#define REPORT_NO_CELL UINT16_MAX

/* The cell that a posting is for: an object's cells can move. */
struct report_posting_cell {
  struct report_object *object; /* NULL: several */
  unsigned meter;
};

struct report {
  struct meter_set *meters;
  struct report_object *objects; /* by name, under hash */
  struct keyed_hash hash;
  struct report_object *next; /* the object that this read mentions next, if it
                                 keeps the order; or NULL */
  struct name_set *instances;
  struct report_admission admission;
  const struct report_rule *rules;
  size_t rule_count;
  bool is_persistent;
  double interval; /* as reads are meant to come, in seconds; 0: not known */
  bool is_incomplete;
  uint64_t read; /* number of this read, from 1 */
  double now;
  double previous; /* when the read before began */
  struct alert *alerts;
  size_t alert_count;
  size_t alert_room;
  size_t raised[THRESHOLD_FAILURE + 1]; /* by state; okay is not counted */

  bool has_ledger;     /* what more exact meters explain is not judged */
  bool ignores_ledger; /* all the same, each meter is judged by all it counts */
  struct ledger_posting *postings;
  struct report_posting_cell *posting_cells; /* as many */
  size_t posting_count;
  size_t posting_room;
  size_t posting_cell_room;
};

#endif
