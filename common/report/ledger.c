/* SPDX-License-Identifier: MIT */
#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_settle.h"

struct ledger_teller {
  struct ledger *ledger;
  unsigned index;
  double begin;    /* of the newest read; 0: none */
  double distance; /* between the newest two, in seconds; 0: not known */
};

int ledger_new(struct ledger **ret) {
  struct ledger *ledger = calloc(1, sizeof(*ledger));
  if (ledger == NULL)
    return -ENOMEM;
  pthread_mutex_init(&ledger->lock, NULL);
  keyed_hash_init(&ledger->hash);
  *ret = ledger;
  return 0;
}

static void free_space(struct ledger_space *space) {
  for (size_t i = 0; i < LEDGER_BUCKETS; i++) {
    if (space->accounts[i] != NULL)
      ledger_level_free(&space->accounts[i]->host);
    free(space->accounts[i]);
  }
  free(space->name);
  free(space);
}

void ledger_free(struct ledger *ledger) {
  if (ledger == NULL)
    return;
  struct ledger_space *space, *next;
  HASH_ITER(hh, ledger->spaces, space, next) {
    HASH_DEL(ledger->spaces, space);
    free_space(space);
  }
  for (size_t i = 0; i < LEDGER_BUCKETS; i++)
    ledger_level_free(&ledger->buckets[i].kernel);
  pthread_mutex_destroy(&ledger->lock);
  free(ledger);
}

int ledger_join(struct ledger *ledger, struct ledger_teller **ret) {
  struct ledger_teller *teller = calloc(1, sizeof(*teller));
  if (teller == NULL)
    return -ENOMEM;
  pthread_mutex_lock(&ledger->lock);
  unsigned index = 0;
  while (index < LEDGER_TELLERS_MAX && (ledger->tellers >> index & 1) != 0)
    index++;
  if (index < LEDGER_TELLERS_MAX)
    ledger->tellers |= UINT32_C(1) << index;
  pthread_mutex_unlock(&ledger->lock);
  if (index == LEDGER_TELLERS_MAX) {
    free(teller);
    return -ENOSPC;
  }
  teller->ledger = ledger;
  teller->index = index;
  *ret = teller;
  return 0;
}

void ledger_leave(struct ledger_teller *teller) {
  if (teller == NULL)
    return;
  struct ledger *ledger = teller->ledger;
  pthread_mutex_lock(&ledger->lock);
  struct ledger_space *space, *next;
  HASH_ITER(hh, ledger->spaces, space, next) {
    for (size_t i = 0; i < LEDGER_BUCKETS; i++) {
      if (space->accounts[i] == NULL)
        continue;
      ledger_sources_remove(&space->accounts[i]->object_sources, teller->index);
      ledger_sources_remove(&space->accounts[i]->host_sources, teller->index);
    }
  }
  for (size_t i = 0; i < LEDGER_BUCKETS; i++)
    ledger_sources_remove(&ledger->buckets[i].sources, teller->index);
  ledger->tellers &= ~(UINT32_C(1) << teller->index);
  pthread_mutex_unlock(&ledger->lock);
  free(teller);
}

static struct ledger_space *add_space(struct ledger *ledger, const char *name,
                                      unsigned hash) {
  if (ledger->space_count >= LEDGER_NAMESPACES_MAX)
    return NULL;
  struct ledger_space *space = calloc(1, sizeof(*space));
  if (space == NULL)
    return NULL;
  space->name = strdup(name);
  if (space->name != NULL) {
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, ledger->spaces, space->name, strlen(name),
                                hash, space);
    if (HASH_ADDED(space)) {
      ledger->space_count++;
      return space;
    }
  }
  free_space(space);
  return NULL;
}

static struct ledger_space *look_up(const struct ledger *ledger,
                                    const char *name, unsigned *ret_hash) {
  size_t length = strlen(name);
  struct ledger_space *space;
  *ret_hash = (unsigned)keyed_hash_bytes(&ledger->hash, name, length);
  HASH_FIND_BYHASHVALUE(hh, ledger->spaces, name, length, *ret_hash, space);
  return space;
}

static struct ledger_space *find_space(struct ledger *ledger,
                                       const char *netns) {
  const char *name = netns != NULL ? netns : "";
  unsigned hash;
  /* Postings of a namespace come one after the other. */
  if (ledger->latest != NULL && strcmp(ledger->latest->name, name) == 0)
    return ledger->latest;
  struct ledger_space *space = look_up(ledger, name, &hash);
  if (space == NULL)
    space = add_space(ledger, name, hash);
  if (space != NULL)
    ledger->latest = space;
  return space;
}

static struct ledger_account *find_account(struct ledger *ledger,
                                           const struct ledger_posting *posting,
                                           struct ledger_space **ret_space) {
  struct ledger_space *space = find_space(ledger, posting->netns);
  if (space == NULL)
    return NULL;
  struct ledger_account **account = &space->accounts[posting->bucket];
  if (*account == NULL)
    *account = calloc(1, sizeof(**account));
  if (*account == NULL)
    return NULL;
  (*account)->bucket = posting->bucket;
  *ret_space = space;
  return *account;
}

/* The line of a posting, in its level; NULL: there is no memory for it. */
static struct ledger_line *line_of(struct ledger *ledger,
                                   const struct ledger_posting *posting,
                                   double now) {
  struct ledger_space *space;
  if (posting->exactness == LEDGER_KERNEL) {
    struct ledger_level *level = &ledger->buckets[posting->bucket].kernel;
    if (level->count == 0) {
      struct ledger_explained explained =
          ledger_settle_explain_kernel(ledger, posting->bucket, now);
      ledger_level_init(level, &explained);
    }
    return ledger_level_line(level, posting->meter, posting->order);
  }
  struct ledger_account *account = find_account(ledger, posting, &space);
  if (account == NULL)
    return NULL;
  if (account->host.count == 0) {
    struct ledger_explained explained =
        ledger_settle_explain_host(space, account, now);
    ledger_level_init(&account->host, &explained);
  }
  return ledger_level_line(&account->host, posting->meter, posting->order);
}

/* Enters a gain. A read that failed explains nothing new. */
static void enter(struct ledger *ledger, const struct ledger_posting *posting,
                  const struct ledger_source *source, bool has_failed) {
  bool is_kernel = posting->exactness == LEDGER_KERNEL;
  bool is_host = posting->exactness == LEDGER_HOST;
  struct ledger_place *bucket = &ledger->buckets[posting->bucket];
  if (is_kernel || is_host) {
    struct ledger_line *line = line_of(ledger, posting, source->end);
    if (line == NULL)
      return;
    ledger_level_gain(line, posting->gain);
  }
  bucket->is_counted = true;
  if (is_kernel) {
    bucket->round = ledger->round;
    return;
  }
  struct ledger_space *space;
  struct ledger_account *account = find_account(ledger, posting, &space);
  if (account == NULL)
    return;
  space->round = ledger->round;
  if (is_host)
    account->round = ledger->round;
  else
    account->objects += posting->exactness == LEDGER_OBJECT ? posting->gain : 0;
  if (has_failed)
    return;
  ledger_sources_note(
      is_host ? &account->host_sources : &account->object_sources, source);
  ledger_sources_note(&bucket->sources, source);
}

static struct ledger_source source_of(struct ledger_teller *teller,
                                      const struct ledger_read *read) {
  if (teller->begin > 0)
    teller->distance = read->begin - teller->begin;
  teller->begin = read->begin;
  return (struct ledger_source){
      .teller = teller->index,
      .begin = read->begin,
      .end = read->end,
      .interval = read->interval > 0 ? read->interval : teller->distance};
}

void ledger_post(struct ledger_teller *teller, struct ledger_read *read) {
  struct ledger *ledger = teller->ledger;
  pthread_mutex_lock(&ledger->lock);
  ledger->round++;
  const struct ledger_source source = source_of(teller, read);
  if (source.end > ledger->newest)
    ledger->newest = source.end;
  for (size_t i = 0; i < read->count; i++)
    enter(ledger, &read->postings[i], &source, read->has_failed);
  ledger_settle(ledger, &source);
  for (size_t i = 0; i < read->count; i++) {
    struct ledger_posting *posting = &read->postings[i];
    if (posting->exactness < LEDGER_HOST)
      continue;
    struct ledger_line *line = line_of(ledger, posting, source.end);
    posting->rest = line != NULL ? ledger_level_take(line) : posting->gain;
  }
  pthread_mutex_unlock(&ledger->lock);
}

static void take_bucket(const struct ledger *ledger, enum ledger_bucket index,
                        void (*take)(void *data, const struct ledger_sum *sum),
                        void *data) {
  struct ledger_sum sum = {.bucket = index};
  for (const struct ledger_space *space = ledger->spaces; space != NULL;
       space = space->hh.next) {
    if (space->accounts[index] == NULL)
      continue;
    sum.netns = space->name[0] != '\0' ? space->name : NULL;
    sum.is_read =
        ledger_account_is_read(space->accounts[index], ledger->newest);
    sum.lost = space->accounts[index]->known;
    take(data, &sum);
  }
  const struct ledger_level *kernel = &ledger->buckets[index].kernel;
  if (kernel->count == 0)
    return;
  sum.netns = NULL;
  sum.is_elsewhere = sum.is_read = true;
  sum.lost = kernel->rest;
  take(data, &sum);
}

void ledger_each(struct ledger *ledger,
                 void (*take)(void *data, const struct ledger_sum *sum),
                 void *data) {
  pthread_mutex_lock(&ledger->lock);
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++)
    take_bucket(ledger, (enum ledger_bucket)i, take, data);
  pthread_mutex_unlock(&ledger->lock);
}

bool ledger_lost(struct ledger *ledger, enum ledger_bucket bucket,
                 uint64_t *ret) {
  pthread_mutex_lock(&ledger->lock);
  const struct ledger_place *counted = &ledger->buckets[bucket];
  bool is_counted = counted->is_counted;
  if (is_counted)
    *ret = counted->known + counted->kernel.rest;
  pthread_mutex_unlock(&ledger->lock);
  return is_counted;
}

bool ledger_watches(struct ledger *ledger, const char *netns) {
  bool is_read = false;
  unsigned hash;
  pthread_mutex_lock(&ledger->lock);
  const struct ledger_space *space =
      look_up(ledger, netns != NULL ? netns : "", &hash);
  for (size_t i = 0; space != NULL && i < LEDGER_BUCKETS; i++)
    if (space->accounts[i] != NULL)
      is_read =
          is_read || ledger_account_is_read(space->accounts[i], ledger->newest);
  pthread_mutex_unlock(&ledger->lock);
  return is_read;
}
