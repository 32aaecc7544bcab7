/* SPDX-License-Identifier: MIT */
/* The notes of places where all is well: "fullest tcp-443 12 %". */
#ifndef LADDER_NOTES_H
#define LADDER_NOTES_H

#include "ladder_places.h"
#include "report_reading.h"
#include "text.h"

/* A fact for a note, gathered over objects. */
struct ladder_fact {
  bool is_known;
  double sum, max;
  const char *max_name;
};

#define LADDER_FACTS 16

/* Gathers a reading that a note needs into facts[0..LADDER_FACTS). */
void ladder_notes_take(struct ladder_fact *facts, const struct layer *layer,
                       const struct report_reading *reading);

/* Appends the note of a place, if there is any. */
void ladder_notes_write(const struct ladder_fact *facts,
                        enum ladder_place place, struct text *note);

#endif
