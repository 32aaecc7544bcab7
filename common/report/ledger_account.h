/* SPDX-License-Identifier: MIT */
/* One bucket of one network namespace. */
#ifndef LEDGER_ACCOUNT_H
#define LEDGER_ACCOUNT_H

#include "ledger_bucket.h"
#include "ledger_level.h"

/* Tellers that count the same bucket of a namespace, at most. */
#define LEDGER_SOURCES_MAX 4

/* A read of one teller. */
struct ledger_source {
  unsigned teller;
  double begin, end;
  double interval; /* in seconds; 0: not known */
};

struct ledger_sources {
  struct ledger_source items[LEDGER_SOURCES_MAX];
  size_t count;
};

struct ledger_account {
  enum ledger_bucket bucket;
  uint64_t objects; /* gained by the meters of objects */
  struct ledger_sources object_sources;
  struct ledger_level host;
  struct ledger_sources host_sources;
  uint64_t known; /* lost, each packet once; never falls */
  uint64_t round; /* in which it was last posted */
};

/* Notes a teller's read. */
void ledger_sources_note(struct ledger_sources *sources,
                         const struct ledger_source *read);

/* Takes out a teller. */
void ledger_sources_remove(struct ledger_sources *sources, unsigned teller);

/* Whether a source still reads at now: it has missed no three reads in a row.
 */
bool ledger_source_is_live(const struct ledger_source *source, double now);

/* Whether a source of the account still reads at now. */
bool ledger_account_is_read(const struct ledger_account *account, double now);

/* Adds live sources to what explains a level; the tellers in except left out.
 */
void ledger_explained_add(struct ledger_explained *explained,
                          const struct ledger_sources *sources, uint32_t except,
                          double now);

/* All zero except for the times: nothing explains anything. */
struct ledger_explained ledger_explained_nothing(void);

/* Works out known anew. Returns what it grew by. */
uint64_t ledger_account_update(struct ledger_account *account);

#endif
