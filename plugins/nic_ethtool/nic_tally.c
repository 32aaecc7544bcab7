/* SPDX-License-Identifier: MIT */
#include "nic_tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counter.h"
#include "link_stats.h"

/* How far two readings of one number can be apart while it does not grow
 * otherwise: the packets of a poll. */
#define TWIN_NOISE 64

static uint32_t bit(unsigned cause) { return UINT32_C(1) << cause; }

static uint8_t place_bit(enum nic_place place) {
  return (uint8_t)(1U << place);
}

/* A rule waits for the counters that it looks at, and their causes for it. */
static void need_together(struct nic_tally *tally, enum nic_cause one,
                          enum nic_cause other) {
  uint8_t both = tally->needs[one] | tally->needs[other];
  tally->needs[one] = tally->needs[other] = both;
}

static void find_needs(struct nic_tally *tally,
                       const struct nic_sources *sources) {
  for (size_t i = 0; i < sources->count; i++)
    if (sources->items[i].is_counted)
      tally->needs[sources->items[i].cause] |=
          place_bit(sources->items[i].place);
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (!source->is_counted || source->rule != NIC_UNLESS)
      continue;
    for (uint32_t j = 0; j < source->condition_count; j++) {
      const struct nic_source *condition =
          &sources->items[sources->conditions[source->condition + j]];
      tally->needs[source->cause] |= place_bit(condition->place);
      if (condition->is_counted)
        need_together(tally, source->cause, condition->cause);
    }
    if (source->moved_from != NIC_NONE)
      need_together(tally, source->cause,
                    sources->items[source->moved_from].cause);
  }
}

static void find_numbers(struct nic_tally *tally,
                         const struct nic_sources *sources) {
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    size_t *room = &tally->rooms[source->place];
    tally->indexes[i] = source->index;
    tally->twins[i] = NIC_NONE;
    if (source->index >= *room)
      *room = source->index + 1U;
    if (i == 0 || source->place != sources->items[i - 1].place)
      tally->runs[tally->run_count++].place = source->place;
    tally->runs[tally->run_count - 1].end = (uint32_t)(i + 1);
  }
}

int nic_tally_new(struct nic_tally *ret, const struct nic_sources *sources) {
  size_t room = sources->count + 1;
  struct nic_tally tally = {
      .indexes = calloc(room, sizeof(*tally.indexes)),
      .last = calloc(room, sizeof(*tally.last)),
      .gains = calloc(room, sizeof(*tally.gains)),
      .shares = calloc(room, sizeof(*tally.shares)),
      .twins = malloc(room * sizeof(*tally.twins)),
      .runs = calloc(room, sizeof(*tally.runs)),
  };
  if (tally.indexes == NULL || tally.last == NULL || tally.gains == NULL ||
      tally.shares == NULL || tally.twins == NULL || tally.runs == NULL) {
    nic_tally_free(&tally);
    return -ENOMEM;
  }
  find_numbers(&tally, sources);
  find_needs(&tally, sources);
  nic_tally_exclude(&tally, sources, 0);
  *ret = tally;
  return 0;
}

void nic_tally_free(struct nic_tally *tally) {
  free(tally->indexes);
  free(tally->last);
  free(tally->gains);
  free(tally->shares);
  free(tally->twins);
  free(tally->runs);
  *tally = (struct nic_tally){.last = NULL};
}

void nic_tally_exclude(struct nic_tally *tally,
                       const struct nic_sources *sources, uint8_t facts) {
  tally->excluded = facts & (NIC_OF_PORT | NIC_OF_CARD);
  tally->causes = tally->own_causes = 0;
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (!source->is_counted)
      continue;
    tally->causes |= bit(source->cause);
    if ((source->facts & tally->excluded) == 0)
      tally->own_causes |= bit(source->cause);
  }
}

/* The places of this read, as bits. */
static uint8_t find_places(const struct nic_tally *tally,
                           const struct nic_reading *reading) {
  uint8_t places = 0;
  for (unsigned i = 0; i < NIC_PLACES; i++)
    if (reading->places[i].values != NULL &&
        reading->places[i].count >= tally->rooms[i])
      places |= place_bit((enum nic_place)i);
  return places;
}

/* The causes that have to wait for other places, as bits. */
static uint32_t find_waiting(const struct nic_tally *tally, uint8_t places) {
  uint32_t waiting = 0;
  for (unsigned i = 0; i < NIC_CAUSE_COUNT; i++)
    if ((tally->needs[i] & ~places) != 0)
      waiting |= bit(i);
  return waiting;
}

/* Takes a value, which is new. A counter that was never read has grown from 0.
 */
static void take_value(struct nic_tally *tally, const struct nic_source *source,
                       size_t index, uint64_t value, double now) {
  struct counter counter = {.raw = tally->last[index], .started = true};
  double elapsed = now - tally->read_at[source->place];
  counter_update(&counter, source->bits, value, elapsed, &tally->gains[index]);
  tally->last[index] = counter.raw;
  tally->has_gains = tally->has_gains || tally->gains[index] != 0;
}

/* Returns the first source from i on whose number changed, or end. */
static size_t find_changed(const uint16_t *indexes, const uint64_t *last,
                           const uint64_t *values, size_t i, size_t end) {
  enum { STEP = 4 };
  for (; end - i >= STEP; i += STEP) {
    uint64_t changed = 0;
    for (size_t j = i; j < i + STEP; j++)
      changed |= values[indexes[j]] ^ last[j];
    if (changed != 0)
      break;
  }
  while (i < end && values[indexes[i]] == last[i])
    i++;
  return i;
}

/* Takes the values that changed. Few do: most are counters of losses. */
static void take_run(struct nic_tally *tally, const struct nic_sources *sources,
                     const uint64_t *values, size_t begin, size_t end,
                     uint32_t waiting, double now) {
  for (size_t i = begin;
       (i = find_changed(tally->indexes, tally->last, values, i, end)) < end;
       i++) {
    const struct nic_source *source = &sources->items[i];
    if (!source->is_counted || (waiting & bit(source->cause)) == 0)
      take_value(tally, source, i, values[source->index], now);
  }
}

static void take_gains(struct nic_tally *tally,
                       const struct nic_sources *sources,
                       const struct nic_reading *reading, uint8_t places,
                       uint32_t waiting) {
  size_t begin = 0;
  for (size_t i = 0; i < tally->run_count; i++) {
    const struct nic_run *run = &tally->runs[i];
    if ((places & place_bit(run->place)) != 0)
      take_run(tally, sources, reading->places[run->place].values, begin,
               run->end, waiting, reading->now);
    begin = run->end;
  }
}

static bool some_grew(const struct nic_tally *tally,
                      const struct nic_sources *sources,
                      const struct nic_source *source) {
  for (uint32_t i = 0; i < source->condition_count; i++)
    if (tally->gains[sources->conditions[source->condition + i]] != 0)
      return true;
  return false;
}

static uint64_t difference(uint64_t a, uint64_t b) {
  return a > b ? a - b : b - a;
}

/* Whether a guessed counter shows the value of a standard member that counts
 * already. Two readings of one number differ by what arrives in between. */
static bool has_twin(struct nic_tally *tally, const struct nic_sources *sources,
                     size_t index) {
  uint64_t value = tally->last[index];
  uint32_t twin = tally->twins[index];
  if (twin != NIC_NONE &&
      difference(value, tally->last[twin]) <= tally->gains[twin] + TWIN_NOISE)
    return true;
  tally->twins[index] = NIC_NONE;
  for (size_t i = 0; i < sources->count && value != 0; i++) {
    const struct nic_source *other = &sources->items[i];
    if (other->place != NIC_PLACE_LINK || !other->is_counted ||
        tally->last[i] != value)
      continue;
    tally->twins[index] = (uint32_t)i;
    return true;
  }
  return false;
}

/* The part of a source's growth that counts, before rules over several
 * sources. */
static uint64_t share_of(struct nic_tally *tally,
                         const struct nic_sources *sources, size_t index,
                         struct nic_reading *reading) {
  const struct nic_source *source = &sources->items[index];
  uint64_t share = tally->gains[index];
  if (share == 0 || (source->facts & tally->excluded) != 0 ||
      (source->is_guessed && has_twin(tally, sources, index)))
    return 0;
  if (source->is_counted && (source->facts & NIC_OF_STACK) != 0 &&
      source->index == LINK_STATS_RX_DROPPED) {
    uint64_t taken =
        reading->backlog_drops < share ? reading->backlog_drops : share;
    reading->backlog_drops -= taken;
    share -= taken;
  }
  return share;
}

/* Of each group, only the choice that grew most counts. */
static void choose(struct nic_tally *tally, const struct nic_sources *sources) {
  uint64_t grown[NIC_CHOICES] = {0};
  unsigned most[NIC_CHOICES] = {0};
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (source->rule == NIC_MOST && source->is_counted)
      grown[source->choice] += tally->shares[i];
  }
  for (unsigned i = 0; i < sources->choice_count; i++) {
    unsigned group = sources->groups[i];
    if (i == group || grown[i] > grown[most[group]])
      most[group] = i;
  }
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (source->rule == NIC_MOST && source->is_counted &&
        most[sources->groups[source->choice]] != source->choice)
      tally->shares[i] = 0;
  }
}

/* The sources of one row stand together and share their conditions. */
static void apply_conditions(struct nic_tally *tally,
                             const struct nic_sources *sources) {
  const struct nic_source *before = NULL;
  bool grew = false;
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (source->rule != NIC_UNLESS || tally->shares[i] == 0)
      continue;
    if (before == NULL || before->condition != source->condition ||
        before->condition_count != source->condition_count)
      grew = some_grew(tally, sources, source);
    before = source;
    if (grew)
      tally->shares[i] = 0;
    else if (source->moved_from != NIC_NONE && source->is_counted)
      tally->shares[source->moved_from] = 0;
  }
}

static void add_up(struct nic_tally *tally, const struct nic_sources *sources) {
  uint64_t whole[NIC_CAUSE_COUNT] = {0}, parts[NIC_CAUSE_COUNT] = {0};
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (!source->is_counted)
      continue;
    if (source->rule == NIC_MINUS)
      parts[source->cause] += tally->shares[i];
    else
      whole[source->cause] += tally->shares[i];
  }
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    nic_sum_add(&tally->sums[cause], whole[cause], parts[cause]);
}

void nic_tally_take(struct nic_tally *tally, const struct nic_sources *sources,
                    struct nic_reading *reading) {
  uint8_t places = find_places(tally, reading);
  uint32_t waiting = find_waiting(tally, places);
  tally->present = tally->own_causes & ~waiting;
  if (tally->has_gains)
    memset(tally->gains, 0, sources->count * sizeof(*tally->gains));
  tally->has_gains = false;
  take_gains(tally, sources, reading, places, waiting);
  for (unsigned i = 0; i < NIC_PLACES; i++)
    if ((places & place_bit((enum nic_place)i)) != 0)
      tally->read_at[i] = reading->now;
  if (!tally->has_gains)
    return;
  for (size_t i = 0; i < sources->count; i++)
    tally->shares[i] = share_of(tally, sources, i, reading);
  choose(tally, sources);
  apply_conditions(tally, sources);
  add_up(tally, sources);
}

bool nic_tally_is_events(const struct nic_source *source,
                         const struct nic_reading *reading) {
  const struct nic_numbers *own = &reading->places[NIC_PLACE_ETHTOOL];
  const struct nic_numbers *numbers = &reading->places[source->place];
  if ((source->facts & NIC_OF_EVENTS) == 0)
    return false;
  if (source->events_like == NIC_NONE)
    return true;
  return source->index < numbers->count && source->events_like < own->count &&
         numbers->values[source->index] == own->values[source->events_like];
}
