/* SPDX-License-Identifier: MIT */
/* What the files of drop_reason share. */
#ifndef DROP_REASON_H
#define DROP_REASON_H

#include "drop_counts.h"
#include "drop_places.h"
#include "layer.h"
#include "layer_problem.h"

struct drop_layer {
  /* Options. */
  struct match reasons;
  bool ignore_selected;
  bool alert_overlap;
  unsigned places; /* so many are sent */
  unsigned max_places;

  const struct layer_context *context;
  struct drop_trace *trace;
  struct drop_counts counts;
  struct drop_places by_place;
  bool is_prepared; /* the report knows what is sent */
  bool is_full_said;
  bool is_uncounted_said;
  struct layer_problem unreadable;
  struct layer_problem nameless;
};

/* What Places is unless it is given: as many as there are other numbers for. */
#define DROP_PLACES_UNSET UINT32_MAX

/* Reports what is in counts and by_place. */
void drop_report(struct drop_layer *drop, const struct drop_trace_gaps *gaps,
                 struct report *report);

/* The layer's explain. */
void drop_explain(void *state, const struct report *report,
                  const struct alert *alert, struct explanation *explanation);

#endif
