/* SPDX-License-Identifier: MIT */
#include "ledger_settle.h"

struct ledger_explained
ledger_settle_explain_host(const struct ledger_space *space,
                           const struct ledger_account *account, double now) {
  struct ledger_explained explained = ledger_explained_nothing();
  uint32_t own = 0;
  for (size_t i = 0; i < account->host_sources.count; i++)
    own |= UINT32_C(1) << account->host_sources.items[i].teller;
  explained.total = (int64_t)account->objects;
  ledger_explained_add(&explained, &account->object_sources, 0, now);
  const enum ledger_bucket *contains =
      ledger_bucket_facts(account->bucket)->contains;
  for (size_t i = 0; contains[i] != LEDGER_NO_BUCKET; i++) {
    const struct ledger_account *part = space->accounts[contains[i]];
    if (part == NULL)
      continue;
    explained.total += (int64_t)part->known;
    ledger_explained_add(&explained, &part->object_sources, 0, now);
    ledger_explained_add(&explained, &part->host_sources, own, now);
  }
  return explained;
}

struct ledger_explained
ledger_settle_explain_kernel(const struct ledger *ledger,
                             enum ledger_bucket index, double now) {
  struct ledger_explained explained = ledger_explained_nothing();
  const struct ledger_place *bucket = &ledger->buckets[index];
  explained.total = (int64_t)bucket->known;
  ledger_explained_add(&explained, &bucket->sources, 0, now);
  const enum ledger_bucket *contains =
      ledger_bucket_facts(index)->kernel_contains;
  for (size_t i = 0; contains[i] != LEDGER_NO_BUCKET; i++) {
    explained.total += (int64_t)ledger->buckets[contains[i]].known;
    ledger_explained_add(&explained, &ledger->buckets[contains[i]].sources, 0,
                         now);
  }
  return explained;
}

static void settle_account(struct ledger *ledger,
                           const struct ledger_space *space,
                           struct ledger_account *account,
                           const struct ledger_source *source) {
  if (account->host.count > 0) {
    struct ledger_explained explained =
        ledger_settle_explain_host(space, account, source->end);
    if (account->round == ledger->round)
      ledger_level_read(&account->host, source->begin, source->end, &explained);
    ledger_level_settle(&account->host, &explained);
  }
  ledger->buckets[account->bucket].known += ledger_account_update(account);
}

/* Settles the accounts of a namespace, those that contain others last. */
static void settle_space(struct ledger *ledger,
                         const struct ledger_space *space,
                         const struct ledger_source *source) {
  for (int contains = 0; contains < 2; contains++)
    for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
      const struct ledger_bucket_facts *facts =
          ledger_bucket_facts((enum ledger_bucket)i);
      bool has_parts = facts->contains[0] != LEDGER_NO_BUCKET;
      if (space->accounts[i] != NULL && has_parts == contains)
        settle_account(ledger, space, space->accounts[i], source);
    }
}

static void settle_kernel(struct ledger *ledger,
                          const struct ledger_source *source) {
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    struct ledger_place *bucket = &ledger->buckets[i];
    if (bucket->kernel.count == 0)
      continue;
    struct ledger_explained explained = ledger_settle_explain_kernel(
        ledger, (enum ledger_bucket)i, source->end);
    if (bucket->round == ledger->round)
      ledger_level_read(&bucket->kernel, source->begin, source->end,
                        &explained);
    const struct ledger_bucket_facts *facts =
        ledger_bucket_facts((enum ledger_bucket)i);
    if (facts->has_kernel_unit && explained.tellers != 0)
      ledger_level_leave_out(&bucket->kernel, explained.total);
    else
      ledger_level_settle(&bucket->kernel, &explained);
  }
}

void ledger_settle(struct ledger *ledger, const struct ledger_source *source) {
  struct ledger_space *space, *next;
  HASH_ITER(hh, ledger->spaces, space, next)
  if (space->round == ledger->round)
    settle_space(ledger, space, source);
  settle_kernel(ledger, source);
}
