/* SPDX-License-Identifier: MIT */
#include "ledger_level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* While two readings overlap, or lie a gap apart, this many times as much can
 * be counted as the rate of the last interval says: traffic comes in bursts. */
#define BURST 4

static int64_t total_of(const struct ledger_level *level) {
  uint64_t total = 0;
  for (size_t i = 0; i < level->count; i++)
    total += level->lines[i].total;
  return (int64_t)total;
}

void ledger_level_init(struct ledger_level *level,
                       const struct ledger_explained *explained) {
  *level = (struct ledger_level){.is_based = true, .base = -explained->total};
}

void ledger_level_free(struct ledger_level *level) {
  for (size_t i = 0; i < level->count; i++)
    free(level->lines[i].meter);
  free(level->lines);
  *level = (struct ledger_level){0};
}

static struct ledger_line *find_line(struct ledger_level *level,
                                     const char *meter) {
  for (size_t i = 0; i < level->count; i++)
    if (level->lines[i].alias == meter)
      return &level->lines[i];
  for (size_t i = 0; i < level->count; i++)
    if (strcmp(level->lines[i].meter, meter) == 0)
      return &level->lines[i];
  return NULL;
}

static struct ledger_line *add_line(struct ledger_level *level,
                                    const char *meter, unsigned order) {
  struct ledger_line *lines =
      array_room(level->lines, &level->room, level->count, sizeof(*lines));
  if (lines == NULL)
    return NULL;
  level->lines = lines;
  char *copy = strdup(meter);
  if (copy == NULL)
    return NULL;
  size_t index = level->count;
  while (index > 0 && lines[index - 1].order > order)
    index--;
  memmove(&lines[index + 1], &lines[index],
          (level->count - index) * sizeof(*lines));
  level->count++;
  lines[index] = (struct ledger_line){.meter = copy, .order = order};
  return &lines[index];
}

struct ledger_line *ledger_level_line(struct ledger_level *level,
                                      const char *meter, unsigned order) {
  struct ledger_line *line = find_line(level, meter);
  if (line == NULL && level->count < LEDGER_LINES_MAX)
    line = add_line(level, meter, order);
  if (line != NULL)
    line->alias = meter;
  return line;
}

void ledger_level_gain(struct ledger_line *line, uint64_t gain) {
  line->total += gain;
  line->recent[0] += gain;
}

uint64_t ledger_level_take(struct ledger_line *line) {
  uint64_t taken = line->rest - line->taken;
  line->taken = line->rest;
  return taken;
}

static uint64_t min_of(uint64_t left, uint64_t right) {
  return left < right ? left : right;
}

/* The rest of a line grows by amount, its oldest gains first. */
static void add_rest(struct ledger_line *line, uint64_t amount) {
  line->rest += amount;
  for (size_t i = LEDGER_RECENT; i-- > 0;) {
    uint64_t part = min_of(amount, line->recent[i]);
    line->recent[i] -= part;
    amount -= part;
  }
}

/* The most that a line's rest can grow by. */
static uint64_t most_of(const struct ledger_line *line, bool only_recent) {
  uint64_t open = line->total - line->rest, recent = 0;
  if (!only_recent)
    return open;
  for (size_t i = 0; i < LEDGER_RECENT; i++)
    recent += line->recent[i];
  return min_of(open, recent);
}

/* Hands an amount out to the lines that are explained last. Returns what is
 * left of it. */
static uint64_t hand_out(struct ledger_level *level, uint64_t amount,
                         bool only_recent) {
  for (size_t i = level->count; i-- > 0;) {
    struct ledger_line *line = &level->lines[i];
    uint64_t part = min_of(amount, most_of(line, only_recent));
    add_rest(line, part);
    amount -= part;
  }
  return amount;
}

static void raise_rest(struct ledger_level *level, int64_t rest) {
  if (rest <= (int64_t)level->rest)
    return;
  uint64_t left = hand_out(level, (uint64_t)rest - level->rest, true);
  hand_out(level, left, false);
  level->rest = (uint64_t)rest;
}

/* What the lines gained so far is accounted for. */
static void begin_estimates(struct ledger_level *level) {
  level->last = (struct ledger_estimate){.number = level->newest.number,
                                         .rest = (int64_t)level->rest};
  level->before = (struct ledger_estimate){0};
  level->waiting = level->newest;
}

static void set_base(struct ledger_level *level, int64_t explained) {
  level->is_based = true;
  level->base = level->newest.total - explained - (int64_t)level->rest;
  level->gap = 0;
  level->checked_reads = 0;
  begin_estimates(level);
  for (size_t i = 0; i < level->count; i++)
    memset(level->lines[i].recent, 0, sizeof(level->lines[i].recent));
}

void ledger_level_leave_out(struct ledger_level *level, int64_t explained) {
  set_base(level, explained);
}

/* Finds the base when the more exact ones have just been read, or before the
 * newest reading began: what was lost in between counts as explained. */
static void find_base(struct ledger_level *level,
                      const struct ledger_explained *explained) {
  const struct ledger_reading *newest = &level->newest;
  if (newest->number == 0)
    return;
  double gap =
      fmax(newest->end, explained->end) - fmin(newest->begin, explained->begin);
  if (gap <= explained->tolerance) {
    set_base(level, explained->total);
    level->gap = gap;
  } else if (newest->begin >= explained->end) {
    set_base(level, explained->total);
  }
}

static void shift_recent(struct ledger_level *level) {
  for (size_t i = 0; i < level->count; i++) {
    uint64_t *recent = level->lines[i].recent;
    memmove(&recent[1], &recent[0], (LEDGER_RECENT - 1) * sizeof(*recent));
    recent[0] = 0;
  }
}

static void add_estimate(struct ledger_level *level, uint64_t number,
                         int64_t rest) {
  if (number == level->last.number) {
    if (rest > level->last.rest)
      level->last.rest = rest;
    return;
  }
  level->before = level->last;
  level->last = (struct ledger_estimate){.number = number, .rest = rest};
}

/* Compares a reading with what was explained later. False: that is not known
 * yet. */
static bool compare(struct ledger_level *level,
                    const struct ledger_reading *reading,
                    const struct ledger_explained *explained) {
  double overlap = reading->end - explained->begin;
  double tolerance =
      fmin(explained->tolerance,
           fmax(LEDGER_OVERLAP_SHARE * level->elapsed, LEDGER_OVERLAP_LEAST));
  if (reading->number == 0 || overlap > tolerance)
    return false;
  double margin = overlap > 0 ? BURST * overlap * level->rate : 0;
  bool is_new = reading->number != level->last.number;
  add_estimate(level, reading->number,
               reading->total - level->base - explained->total -
                   (int64_t)ceil(margin));
  if (level->before.number != 0)
    raise_rest(level, level->before.rest < level->last.rest ? level->before.rest
                                                            : level->last.rest);
  if (is_new)
    shift_recent(level);
  return true;
}

/* Nothing more exact is read: all of it is the rest. */
static void settle_alone(struct ledger_level *level, int64_t explained) {
  level->tellers = 0;
  if (!level->is_based)
    set_base(level, explained);
  raise_rest(level, level->newest.total - level->base - explained);
  begin_estimates(level);
  shift_recent(level);
}

void ledger_level_settle(struct ledger_level *level,
                         const struct ledger_explained *explained) {
  if (explained->tellers == 0) {
    settle_alone(level, explained->total);
    return;
  }
  if ((explained->tellers & ~level->tellers) != 0)
    level->is_based = false;
  level->tellers = explained->tellers;
  if (!level->is_based)
    find_base(level, explained);
  if (!level->is_based)
    return;
  const struct ledger_reading newest = level->newest;
  if (compare(level, &newest, explained) ||
      compare(level, &level->waiting, explained))
    level->waiting = newest;
}

/* What was explained two readings ago is in the totals by now, even in those
 * that show a gain one reading late. If it is not, the more exact ones counted
 * something else as well, which must not hide what is lost later. */
static void check_base(struct ledger_level *level, int64_t explained) {
  if (level->checked_reads > 0 && level->checked_reads++ < 2)
    return;
  if (level->checked_reads > 0) {
    int64_t most = level->newest.total - level->base - level->checked;
    if (most < (int64_t)level->rest) {
      level->base -= (int64_t)level->rest - most;
      begin_estimates(level);
    }
  }
  level->checked = explained;
  level->checked_reads = 1;
}

void ledger_level_read(struct ledger_level *level, double begin, double end,
                       const struct ledger_explained *explained) {
  const struct ledger_reading before = level->newest;
  level->newest = (struct ledger_reading){.number = before.number + 1,
                                          .total = total_of(level),
                                          .begin = begin,
                                          .end = end};
  level->elapsed = before.number > 0 ? begin - before.begin : 0;
  level->rate =
      level->elapsed > 0
          ? (double)(level->newest.total - before.total) / level->elapsed
          : 0;
  if (level->gap > 0) {
    level->base += (int64_t)ceil(BURST * level->gap * level->rate);
    level->gap = 0;
  }
  if (level->is_based && explained->tellers != 0)
    check_base(level, explained->total);
}

uint64_t ledger_level_known(const struct ledger_level *level,
                            uint64_t explained) {
  int64_t known = (int64_t)(explained + level->rest);
  int64_t counted = level->newest.total - level->base;
  return (uint64_t)(level->is_based && counted > known ? counted : known);
}
