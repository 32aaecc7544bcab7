/* SPDX-License-Identifier: MIT */
/* What loss_ledger reports: the packets lost in each bucket. */
#ifndef LOSS_METERS_H
#define LOSS_METERS_H

#include "meter.h"

enum { LOSS_METER_COUNT = LEDGER_BUCKETS - 1 };

extern const struct meter loss_meters[LOSS_METER_COUNT];

/* The index of a bucket's meter. */
static inline unsigned loss_meter_of(enum ledger_bucket bucket) {
  return (unsigned)bucket - 1;
}

#endif
