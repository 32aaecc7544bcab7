/* SPDX-License-Identifier: MIT */
/* The model of every screen: where packets are lost now, place by place.
 *
 * After each read: ladder_begin(), ladder_layer() for each layer, ladder_take()
 * for each reading, ladder_end(). */
#ifndef LADDER_H
#define LADDER_H

#include "alert_text.h"
#include "ladder_notes.h"
#include "report_reading.h"

enum ladder_state {
  LADDER_UNKNOWN, /* nobody watches it */
  LADDER_OKAY,
  LADDER_STRAINED, /* beyond a limit, but nothing is lost */
  LADDER_LOSING,
};

/* One object that loses packets or is strained. Pointers live until the next
 * read. */
struct ladder_row {
  enum ladder_place place;
  enum ladder_state state;
  enum ladder_rank rank;
  const struct layer *layer;
  const struct meter *meter;
  const struct report_object *object;
  const struct labels *labels;
  const char *name; /* of the object */
  const char *type_instance;
  double rate;    /* lost per second */
  uint64_t lost;  /* since the read before, or since the host started */
  double gauge;   /* of a strained gauge; else NAN */
  uint64_t taken; /* of lost, by rows that name the object */
  struct explanation explanation;
};

struct ladder_rung {
  enum ladder_state state;
  size_t losing;  /* rows */
  char note[192]; /* a fact that is worth knowing; "": none */
};

struct ladder {
  bool since_boot; /* shows what was lost since the host started */
  double elapsed;  /* seconds between the last two reads */
  struct ladder_rung rungs[LADDER_PLACES];
  struct ladder_row *rows; /* by state, place and rate */
  size_t row_count, row_room;
  size_t losing; /* rows that lose; they come first */

  /* For ladder.c: judged readings that are no losses. */
  struct ladder_row *others;
  size_t other_count, other_room;
  struct ladder_fact facts[LADDER_FACTS];
  bool lacks_memory;
};

typedef void ladder_explain(void *data, const struct layer *layer,
                            const struct alert *alert, struct explanation *ret);

/* Begins a read; elapsed is the time since the read before, in seconds. */
void ladder_begin(struct ladder *ladder, double elapsed);

/* Notes that a layer was read, or why it was not: problem is NULL or a clause.
 * The places of layers that are not mentioned were not built. */
void ladder_layer(struct ladder *ladder, const struct layer *layer,
                  const char *problem);

/* Takes a reading. data is the ladder. */
void ladder_take(void *data, const struct layer *layer,
                 const struct report_reading *reading);

/* Completes the rows: leaves out what more exact rows name already, sorts, and
 * explains what is left. Returns 0 or -ENOMEM. */
int ladder_end(struct ladder *ladder, ladder_explain *explain, void *data);

void ladder_free(struct ladder *ladder);

/* How many places lose packets. */
size_t ladder_losing_places(const struct ladder *ladder);

#endif
