/* SPDX-License-Identifier: MIT */
#include "ladder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

void ladder_begin(struct ladder *ladder, double elapsed) {
  ladder->elapsed = elapsed;
  ladder->row_count = ladder->other_count = ladder->losing = 0;
  ladder->lacks_memory = false;
  memset(ladder->facts, 0, sizeof(ladder->facts));
  for (int i = 0; i < LADDER_PLACES; i++) {
    ladder->rungs[i] = (struct ladder_rung){.state = LADDER_UNKNOWN};
    TEXT_FILL(ladder->rungs[i].note, "%s was not built",
              ladder_place_layer((enum ladder_place)i));
  }
}

void ladder_layer(struct ladder *ladder, const struct layer *layer,
                  const char *problem) {
  for (int i = 0; i < LADDER_PLACES; i++) {
    struct ladder_rung *rung = &ladder->rungs[i];
    if (strcmp(ladder_place_layer((enum ladder_place)i), layer->name) != 0)
      continue;
    rung->state = problem == NULL ? LADDER_OKAY : LADDER_UNKNOWN;
    TEXT_FILL(rung->note, "%s", problem != NULL ? problem : "");
  }
}

static void add(struct ladder *ladder, struct ladder_row **rows, size_t *count,
                size_t *room, const struct ladder_row *row) {
  struct ladder_row *grown = array_room(*rows, room, *count, sizeof(*grown));
  if (grown == NULL) {
    ladder->lacks_memory = true;
    return;
  }
  *rows = grown;
  grown[(*count)++] = *row;
}

static bool is_loss(const struct ladder *ladder,
                    const struct report_reading *reading) {
  uint64_t lost = ladder->since_boot ? reading->count : reading->gained;
  const struct meter *meter = reading->meter;
  if (reading->is_total || !meter_is_counter(meter) || lost == 0)
    return false;
  if (ladder_counts_loss(meter))
    return true;
  /* A few broken packets are normal. */
  return meter->meaning == METER_ERROR && reading->state != THRESHOLD_OKAY;
}

/* Whether the reading shows strain, or explains a counter without limits. */
static bool is_judged(const struct report_reading *reading) {
  if (reading->is_total)
    return false;
  bool is_share = !meter_is_counter(reading->meter) &&
                  reading->meter->meaning == METER_LOSS &&
                  reading->meter->limits != NULL;
  return is_share || reading->state != THRESHOLD_OKAY;
}

void ladder_take(void *data, const struct layer *layer,
                 const struct report_reading *reading) {
  struct ladder *ladder = data;
  ladder_notes_take(ladder->facts, layer, reading);
  enum ladder_place place =
      ladder_place_of(layer, reading->meter, reading->labels);
  if (place == LADDER_NOWHERE)
    return;
  struct ladder_row row = {
      .place = place,
      .state = LADDER_LOSING,
      .rank = ladder_rank_of(reading->meter, reading->labels),
      .layer = layer,
      .meter = reading->meter,
      .object = reading->object,
      .labels = reading->labels,
      .name = reading->name,
      .type_instance = reading->type_instance,
      .rate = reading->rate,
      .lost = ladder->since_boot ? reading->count : reading->gained,
      .gauge = reading->gauge,
  };
  if (isnan(row.rate) && ladder->elapsed > 0)
    row.rate = (double)row.lost / ladder->elapsed;
  if (is_loss(ladder, reading)) {
    add(ladder, &ladder->rows, &ladder->row_count, &ladder->row_room, &row);
  } else if (is_judged(reading)) {
    row.state =
        reading->state != THRESHOLD_OKAY ? LADDER_STRAINED : LADDER_OKAY;
    add(ladder, &ladder->others, &ladder->other_count, &ladder->other_room,
        &row);
  }
}

static bool is_same_netns(const struct ladder_row *a,
                          const struct ladder_row *b) {
  const char *one = a->labels->netns, *other = b->labels->netns;
  return one == other ||
         (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool has_bucket(const enum ledger_bucket *buckets, size_t count,
                       enum ledger_bucket bucket) {
  for (size_t i = 0; i < count && buckets[i] != LEDGER_NO_BUCKET; i++)
    if (buckets[i] == bucket)
      return true;
  return false;
}

/* Whether the packets of another row can be among those of this one. */
static bool may_contain(const struct ladder_row *row,
                        const struct ladder_row *other) {
  enum ledger_bucket bucket = other->meter->bucket;
  const struct ledger_bucket_facts *facts =
      ledger_bucket_facts(row->meter->bucket);
  if (bucket == row->meter->bucket)
    return true;
  if (facts == NULL)
    return false;
  return row->rank == LADDER_HOST
             ? has_bucket(facts->contains,
                          sizeof(facts->contains) / sizeof(bucket), bucket)
             : has_bucket(facts->kernel_contains,
                          sizeof(facts->kernel_contains) / sizeof(bucket),
                          bucket);
}

/* What more exact rows lost and no earlier row of this rank was explained by.
 */
static uint64_t unclaimed(const struct ladder *ladder,
                          const struct ladder_row *row) {
  uint64_t lost = 0, taken = 0;
  for (size_t i = 0; i < ladder->row_count; i++) {
    const struct ladder_row *other = &ladder->rows[i];
    if (!may_contain(row, other) ||
        (row->rank == LADDER_HOST && !is_same_netns(row, other)))
      continue;
    if (other->rank < row->rank)
      lost += other->lost - other->taken;
    else if (other->rank == row->rank)
      taken += other->taken;
  }
  return lost > taken ? lost - taken : 0;
}

/* Takes off what more exact rows lost. Layers are not read at the same moment,
 * so a small rest is none. */
static void subtract(const struct ladder *ladder, struct ladder_row *row) {
  uint64_t known = unclaimed(ladder, row);
  if (known == 0)
    return;
  row->taken = known < row->lost ? known : row->lost;
  uint64_t rest = row->lost - row->taken;
  if (rest <= row->lost / 10 + 1)
    row->taken = row->lost;
  row->rate *= (double)(row->lost - row->taken) / (double)row->lost;
}

static void leave_out_repeated(struct ladder *ladder) {
  for (int rank = LADDER_HOST; rank <= LADDER_ALL; rank++)
    for (size_t i = 0; i < ladder->row_count; i++)
      if (ladder->rows[i].rank == (enum ladder_rank)rank)
        subtract(ladder, &ladder->rows[i]);
  size_t kept = 0;
  for (size_t i = 0; i < ladder->row_count; i++) {
    struct ladder_row *row = &ladder->rows[i];
    row->lost -= row->taken;
    if (row->lost > 0)
      ladder->rows[kept++] = *row;
  }
  ladder->row_count = kept;
}

static bool is_losing(const struct ladder *ladder,
                      const struct ladder_row *other) {
  for (size_t i = 0; i < ladder->losing; i++)
    if (ladder->rows[i].object == other->object &&
        ladder->rows[i].place == other->place)
      return true;
  return false;
}

static void add_strained(struct ladder *ladder) {
  ladder->losing = ladder->row_count;
  for (size_t i = 0; i < ladder->other_count; i++)
    if (ladder->others[i].state == LADDER_STRAINED &&
        !is_losing(ladder, &ladder->others[i]))
      add(ladder, &ladder->rows, &ladder->row_count, &ladder->row_room,
          &ladder->others[i]);
}

static int compare(const void *one, const void *other) {
  const struct ladder_row *a = one, *b = other;
  if (a->state != b->state)
    return a->state > b->state ? -1 : 1;
  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  if (a->lost != b->lost)
    return a->lost > b->lost ? -1 : 1;
  return strcmp(a->name, b->name);
}

/* The meter whose explanation fits: that of a share, for a counter without
 * limits of its own. */
static const struct meter *explaining(const struct ladder *ladder,
                                      const struct ladder_row *row) {
  for (size_t i = 0; row->meter->limits == NULL && i < ladder->other_count; i++)
    if (ladder->others[i].object == row->object &&
        ladder->others[i].place == row->place &&
        ladder->others[i].meter->meaning == METER_LOSS)
      return ladder->others[i].meter;
  return row->meter;
}

static void explain_row(const struct ladder *ladder, struct ladder_row *row,
                        ladder_explain *explain, void *data) {
  const struct meter *meter = explaining(ladder, row);
  const struct alert alert = {.meter = meter,
                              .object = row->object,
                              .instance = row->name,
                              .type_instance = row->type_instance,
                              .state = THRESHOLD_WARNING,
                              .before = THRESHOLD_OKAY,
                              .value = row->rate,
                              .limit = NAN,
                              .limits = meter->limits};
  explain(data, row->layer, &alert, &row->explanation);
}

static void write_notes(struct ladder *ladder) {
  for (int i = 0; i < LADDER_PLACES; i++) {
    struct ladder_rung *rung = &ladder->rungs[i];
    if (rung->state == LADDER_UNKNOWN)
      continue;
    struct text note = TEXT_IN(rung->note);
    ladder_notes_write(ladder->facts, (enum ladder_place)i, &note);
  }
}

int ladder_end(struct ladder *ladder, ladder_explain *explain, void *data) {
  if (ladder->row_count > 0)
    leave_out_repeated(ladder);
  add_strained(ladder);
  if (ladder->row_count > 0)
    qsort(ladder->rows, ladder->row_count, sizeof(*ladder->rows), compare);
  for (size_t i = 0; i < ladder->row_count; i++) {
    struct ladder_row *row = &ladder->rows[i];
    struct ladder_rung *rung = &ladder->rungs[row->place];
    if (row->state > rung->state)
      rung->state = row->state;
    rung->losing += row->state == LADDER_LOSING;
    if (!ladder->since_boot)
      explain_row(ladder, row, explain, data);
  }
  write_notes(ladder);
  return ladder->lacks_memory ? -ENOMEM : 0;
}

void ladder_free(struct ladder *ladder) {
  free(ladder->rows);
  free(ladder->others);
  *ladder = (struct ladder){.since_boot = ladder->since_boot};
}

size_t ladder_losing_places(const struct ladder *ladder) {
  size_t count = 0;
  for (int i = 0; i < LADDER_PLACES; i++)
    count += ladder->rungs[i].losing > 0;
  return count;
}
