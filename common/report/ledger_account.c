/* SPDX-License-Identifier: MIT */
#include "ledger_account.h"

#include <math.h>

/* A teller that is so many intervals late no longer reads. */
#define LATE_INTERVALS 3

static struct ledger_source *find(struct ledger_sources *sources,
                                  unsigned teller) {
  for (size_t i = 0; i < sources->count; i++)
    if (sources->items[i].teller == teller)
      return &sources->items[i];
  return NULL;
}

void ledger_sources_note(struct ledger_sources *sources,
                         const struct ledger_source *read) {
  struct ledger_source *source = find(sources, read->teller);
  if (source == NULL && sources->count < LEDGER_SOURCES_MAX)
    source = &sources->items[sources->count++];
  if (source != NULL)
    *source = *read;
}

void ledger_sources_remove(struct ledger_sources *sources, unsigned teller) {
  struct ledger_source *source = find(sources, teller);
  if (source != NULL)
    *source = sources->items[--sources->count];
}

bool ledger_source_is_live(const struct ledger_source *source, double now) {
  return !(source->interval > 0) ||
         now - source->end <= LATE_INTERVALS * source->interval;
}

static bool has_live(const struct ledger_sources *sources, double now) {
  for (size_t i = 0; i < sources->count; i++)
    if (ledger_source_is_live(&sources->items[i], now))
      return true;
  return false;
}

bool ledger_account_is_read(const struct ledger_account *account, double now) {
  return has_live(&account->object_sources, now) ||
         has_live(&account->host_sources, now);
}

struct ledger_explained ledger_explained_nothing(void) {
  return (struct ledger_explained){
      .begin = INFINITY, .end = -INFINITY, .tolerance = INFINITY};
}

void ledger_explained_add(struct ledger_explained *explained,
                          const struct ledger_sources *sources, uint32_t except,
                          double now) {
  for (size_t i = 0; i < sources->count; i++) {
    const struct ledger_source *source = &sources->items[i];
    uint32_t bit = UINT32_C(1) << source->teller;
    if ((except & bit) != 0 || !ledger_source_is_live(source, now))
      continue;
    explained->tellers |= bit;
    explained->begin = fmin(explained->begin, source->begin);
    explained->end = fmax(explained->end, source->end);
    double overlap =
        fmax(LEDGER_OVERLAP_SHARE * source->interval, LEDGER_OVERLAP_LEAST);
    explained->tolerance = fmin(explained->tolerance, overlap);
  }
}

uint64_t ledger_account_update(struct ledger_account *account) {
  const struct ledger_bucket_facts *facts =
      ledger_bucket_facts(account->bucket);
  uint64_t known = account->objects + account->host.rest;
  /* Meters that count other buckets too show no more than their rest. */
  if (account->host.count > 0 && facts->contains[0] == LEDGER_NO_BUCKET)
    known = ledger_level_known(&account->host, account->objects);
  if (known <= account->known)
    return 0;
  uint64_t growth = known - account->known;
  account->known = known;
  return growth;
}
