/* SPDX-License-Identifier: MIT */
/* The readings of a host, to be looked up by name. */
#ifndef SETTINGS_FACTS_H
#define SETTINGS_FACTS_H

#include "layer.h"
#include "report_reading.h"

/* One reading; pointers live until the next read. */
struct settings_fact {
  const char *layer;
  const char *key;  /* of the meter */
  const char *name; /* of the object */
  const struct labels *labels;
  const struct meter *meter;
  double value; /* the gauge, or what a counter has come to */
};

/* All zero is empty. */
struct settings_facts {
  struct settings_fact *all;
  size_t count, room;
  bool lacks_memory;
};

/* Takes a reading. data is the facts. */
void settings_facts_take(void *data, const struct layer *layer,
                         const struct report_reading *reading);

/* The value of an object, "" for the host; 0 if there is none. */
double settings_facts_value(const struct settings_facts *facts,
                            const char *layer, const char *key,
                            const char *name);

/* Whether there is such a value. */
bool settings_facts_has(const struct settings_facts *facts, const char *layer,
                        const char *key, const char *name);

/* The sum of a meter over all objects that are no totals of others. */
double settings_facts_sum(const struct settings_facts *facts, const char *layer,
                          const char *key);

void settings_facts_free(struct settings_facts *facts);

#endif
