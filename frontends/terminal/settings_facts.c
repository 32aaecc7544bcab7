/* SPDX-License-Identifier: MIT */
#include "settings_facts.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

void settings_facts_take(void *data, const struct layer *layer,
                         const struct report_reading *reading) {
  struct settings_facts *facts = data;
  bool is_counter = meter_is_counter(reading->meter);
  /* A queue's numbers are in its device's. */
  if (reading->is_total || reading->labels->queue != NULL)
    return;
  struct settings_fact *all =
      array_room(facts->all, &facts->room, facts->count, sizeof(*all));
  if (all == NULL) {
    facts->lacks_memory = true;
    return;
  }
  facts->all = all;
  all[facts->count++] = (struct settings_fact){
      .layer = layer->name,
      .key = meter_key(reading->meter),
      .name = reading->name,
      .labels = reading->labels,
      .meter = reading->meter,
      .value = is_counter ? (double)reading->count : reading->gauge,
  };
}

static const struct settings_fact *find(const struct settings_facts *facts,
                                        const char *layer, const char *key,
                                        const char *name) {
  for (size_t i = 0; i < facts->count; i++) {
    const struct settings_fact *fact = &facts->all[i];
    if (strcmp(fact->key, key) == 0 && strcmp(fact->layer, layer) == 0 &&
        strcmp(fact->name, name) == 0)
      return fact;
  }
  return NULL;
}

double settings_facts_value(const struct settings_facts *facts,
                            const char *layer, const char *key,
                            const char *name) {
  const struct settings_fact *fact = find(facts, layer, key, name);
  return fact != NULL ? fact->value : 0;
}

bool settings_facts_has(const struct settings_facts *facts, const char *layer,
                        const char *key, const char *name) {
  return find(facts, layer, key, name) != NULL;
}

double settings_facts_sum(const struct settings_facts *facts, const char *layer,
                          const char *key) {
  double sum = 0;
  for (size_t i = 0; i < facts->count; i++)
    if (strcmp(facts->all[i].key, key) == 0 &&
        strcmp(facts->all[i].layer, layer) == 0)
      sum += facts->all[i].value;
  return sum;
}

void settings_facts_free(struct settings_facts *facts) {
  free(facts->all);
  *facts = (struct settings_facts){0};
}
