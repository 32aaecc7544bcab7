/* SPDX-License-Identifier: MIT */
/* Where the views of the layers meet: how many packets were lost in each bucket
 * and network namespace, each packet counted once, and which losses that a less
 * exact meter counts no more exact one explains.
 *
 * A process has one ledger. Each layer that reads is a teller; tellers come,
 * read in parallel and at different intervals, fail, and go. All functions can
 * be called from any thread. Once every bucket and namespace has been seen,
 * nothing is allocated. */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger_bucket.h"

#define LEDGER_TELLERS_MAX 32
#define LEDGER_NAMESPACES_MAX 8192

struct ledger;
struct ledger_teller;

/* Makes a ledger. Returns 0 or -ENOMEM. */
int ledger_new(struct ledger **ret);

/* Frees a ledger that no teller has joined. Accepts NULL. */
void ledger_free(struct ledger *ledger);

/* Joins a ledger. Returns 0, -ENOMEM, or -ENOSPC if there are too many tellers.
 */
int ledger_join(struct ledger *ledger, struct ledger_teller **ret);

/* Leaves the ledger and frees the teller: from now on it explains nothing. What
 * it counted stays. Accepts NULL. */
void ledger_leave(struct ledger_teller *teller);

/* What a teller's meters of one bucket gained in a read, in one namespace. */
struct ledger_posting {
  enum ledger_bucket bucket;
  enum ledger_exactness exactness; /* not LEDGER_NOT_COUNTED */
  const char *netns;               /* NULL: the host's own */
  const char *meter;               /* less exact than an object: its key */
  unsigned order; /* of two meters, that of the lower order is explained first
                   */
  uint64_t gain;

  /* Set by ledger_post() for one that is less exact than an object: how much of
   * this and of earlier gains is found to be explained by nothing more exact.
   */
  uint64_t rest;
};

struct ledger_read {
  double begin, end; /* in monotonic seconds */
  double interval;   /* between two reads, in seconds; 0: not known */
  bool has_failed;   /* postings count, but may lack something */
  struct ledger_posting *postings;
  size_t count;
};

/* Enters a read and finds the rests. As long as a more exact meter is read, a
 * rest is found once two reads show it; without one, at once. A posting that
 * there is no memory for is its own rest. */
void ledger_post(struct ledger_teller *teller, struct ledger_read *read);

/* One sum of the ledger. */
struct ledger_sum {
  enum ledger_bucket bucket;
  const char *netns; /* NULL: the host's own, or is_elsewhere */
  bool is_elsewhere; /* counted for the whole kernel, and in no namespace that a
                        more exact meter watches */
  bool is_read;      /* some teller still counts it */
  uint64_t lost;     /* packets since the ledger began */
};

/* Hands over the sums, by buckets, then namespaces: those that some teller has
 * counted. take() must not call the ledger. */
void ledger_each(struct ledger *ledger,
                 void (*take)(void *data, const struct ledger_sum *sum),
                 void *data);

/* The packets lost in a bucket, in all namespaces. Returns false if no teller
 * has ever counted them. */
bool ledger_lost(struct ledger *ledger, enum ledger_bucket bucket,
                 uint64_t *ret);

/* Whether a teller now reads a network namespace (NULL: the host's own), for
 * whatever bucket. */
bool ledger_watches(struct ledger *ledger, const char *netns);

#endif
