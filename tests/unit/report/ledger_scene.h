/* SPDX-License-Identifier: MIT */
/* A ledger and layers that read at given times. */
#ifndef LEDGER_SCENE_H
#define LEDGER_SCENE_H

#include "unit.h"

#include "ledger.h"

/* How long a read takes, in seconds. */
#define READ_SECONDS 0.002

struct post {
  enum ledger_bucket bucket;
  enum ledger_exactness exactness;
  const char *netns;
  const char *meter;
  unsigned order;
  uint64_t gain;
};

/* Enters a read of one posting that begins at now. Returns its rest. */
static inline uint64_t post_one(struct ledger_teller *teller, double now,
                                double interval, struct post post) {
  struct ledger_posting posting = {.bucket = post.bucket,
                                   .exactness = post.exactness,
                                   .netns = post.netns,
                                   .meter = post.meter,
                                   .order = post.order,
                                   .gain = post.gain};
  struct ledger_read read = {.begin = now,
                             .end = now + READ_SECONDS,
                             .interval = interval,
                             .postings = &posting,
                             .count = 1};
  ledger_post(teller, &read);
  return posting.rest;
}

static inline uint64_t lost_in(struct ledger *ledger,
                               enum ledger_bucket bucket) {
  uint64_t lost = UINT64_MAX;
  ledger_lost(ledger, bucket, &lost);
  return lost;
}

#endif
