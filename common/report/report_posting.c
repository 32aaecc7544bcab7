/* SPDX-License-Identifier: MIT */
#include "report_posting.h"

#include <string.h>

#include "array.h"
#include "report_cell.h"
#include "report_judge.h"
#include "report_state.h"

/* Objects of one namespace come one after the other: so many postings are
 * looked through for one of the same bucket and namespace. */
#define LOOK_BACK 8

/* A user's limit for a drop reason is for all that it counts. */
bool report_posting_is_awaited(const struct report *report,
                               const struct report_cell *cell) {
  const struct meter *meter = cell->meter;
  if (!report->has_ledger || report->ignores_ledger || cell->is_total ||
      meter->bucket == LEDGER_NO_BUCKET || meter->exactness < LEDGER_HOST)
    return false;
  return meter->exactness != LEDGER_KERNEL ||
         !report_rule_any(report->rules, report->rule_count, meter_key(meter));
}

static bool is_same(const char *left, const char *right) {
  return left == right ||
         (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* The posting that adds up the objects of a bucket and namespace, or NULL. */
static struct ledger_posting *find(const struct report *report,
                                   const struct meter *meter,
                                   const char *netns) {
  for (size_t i = 0; i < LOOK_BACK && i < report->posting_count; i++) {
    struct ledger_posting *posting =
        &report->postings[report->posting_count - 1 - i];
    if (posting->bucket == meter->bucket &&
        posting->exactness == meter->exactness &&
        is_same(posting->netns, netns))
      return posting;
  }
  return NULL;
}

static struct ledger_posting *
make(struct report *report, const struct report_posting_cell *posting_cell) {
  struct ledger_posting *postings =
      array_room(report->postings, &report->posting_room, report->posting_count,
                 sizeof(*postings));
  if (postings == NULL)
    return NULL;
  report->postings = postings;
  struct report_posting_cell *cells =
      array_room(report->posting_cells, &report->posting_cell_room,
                 report->posting_count, sizeof(*cells));
  if (cells == NULL)
    return NULL;
  report->posting_cells = cells;
  cells[report->posting_count] = *posting_cell;
  return &postings[report->posting_count++];
}

void report_posting_add(struct report *report, struct report_object *object,
                        const struct report_cell *cell) {
  const struct meter *meter = cell->meter;
  if (!report->has_ledger || meter->bucket == LEDGER_NO_BUCKET ||
      meter->exactness == LEDGER_NOT_COUNTED || cell->is_total ||
      object->is_part)
    return;
  const char *netns = object->labels.netns;
  bool is_summed = meter->exactness < LEDGER_HOST;
  struct ledger_posting *posting =
      is_summed ? find(report, meter, netns) : NULL;
  if (posting == NULL) {
    const struct report_posting_cell posting_cell = {
        .object = is_summed ? NULL : object, .meter = cell->index};
    posting = make(report, &posting_cell);
    if (posting == NULL)
      return;
    *posting = (struct ledger_posting){.bucket = meter->bucket,
                                       .exactness = meter->exactness,
                                       .netns = netns,
                                       .meter = meter_key(meter),
                                       .order = meter->explained};
  }
  posting->gain += cell->gain;
}

void report_posting_judge(struct report *report) {
  for (size_t i = 0; i < report->posting_count; i++) {
    const struct report_posting_cell *posting_cell = &report->posting_cells[i];
    struct report_cell *cell =
        report_cell_find(posting_cell->object, posting_cell->meter);
    if (cell == NULL || !report_posting_is_awaited(report, cell))
      continue;
    cell->window_rest += report->postings[i].rest;
    report_judge_rest(report, posting_cell->object, cell);
  }
}
