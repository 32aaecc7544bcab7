/* SPDX-License-Identifier: MIT */
/* The state of the layer drop_reason. */
#ifndef DROP_LAYER_H
#define DROP_LAYER_H

#include "drop_counts.h"
#include "drop_places.h"
#include "drop_spaces.h"
#include "layer.h"
#include "layer_problem.h"

/* The value of drop_layer.places until the option is given. */
#define DROP_LAYER_PLACES_UNSET UINT32_MAX

struct drop_layer {
  /* Options. */
  struct match reasons;
  bool ignore_selected;
  bool alert_overlap;
  unsigned places;     /* that are sent */
  unsigned max_places; /* that are counted separately */
  struct drop_spaces spaces;

  const struct layer_context *context;
  struct drop_trace *trace;
  struct drop_counts counts;
  struct drop_places by_place;
  unsigned release; /* for drop_causes.h */
  bool is_selected; /* the report knows which reasons are sent */
  bool has_warned_full;
  bool has_warned_uncounted;
  struct layer_problem unreadable;
  struct layer_problem unnamed;
};

#endif
