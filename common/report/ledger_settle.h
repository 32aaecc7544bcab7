/* SPDX-License-Identifier: MIT */
/* The state of a ledger, and how its accounts are settled. For ledger.c, with
 * the lock taken. */
#ifndef LEDGER_SETTLE_H
#define LEDGER_SETTLE_H

#include <pthread.h>

#include "hash.h"
#include "keyed_hash.h"
#include "ledger_account.h"

/* One network namespace. */
struct ledger_space {
  UT_hash_handle hh; /* by name */
  char *name;        /* "": the host's own */
  struct ledger_account *accounts[LEDGER_BUCKETS];
  uint64_t round; /* in which it was last posted */
};

/* One bucket in all namespaces. */
struct ledger_place {
  struct ledger_level kernel;
  struct ledger_sources sources; /* of meters that are more exact */
  uint64_t known;
  uint64_t round; /* in which its kernel level was last posted */
  bool is_counted;
};

struct ledger {
  pthread_mutex_t lock;        /* of all that follows */
  struct ledger_space *spaces; /* by name, under hash */
  struct keyed_hash hash;
  struct ledger_space *latest; /* the one looked up last, or NULL */
  size_t space_count;
  struct ledger_place buckets[LEDGER_BUCKETS];
  uint32_t tellers; /* a set */
  uint64_t round;   /* number of the post that is being entered */
  double newest;    /* end of the newest read, in monotonic seconds */
};

/* What explains the host level of an account: its objects, and what was lost in
 * the buckets that its meters contain. */
struct ledger_explained
ledger_settle_explain_host(const struct ledger_space *space,
                           const struct ledger_account *account, double now);

/* What explains the kernel level of a bucket: all namespaces. */
struct ledger_explained
ledger_settle_explain_kernel(const struct ledger *ledger,
                             enum ledger_bucket index, double now);

/* Works out what a read changes, once its postings are entered. */
void ledger_settle(struct ledger *ledger, const struct ledger_source *source);

#endif
