/* SPDX-License-Identifier: MIT */
#include "token_bucket.h"

#include <math.h>

/* What there is no room for drains as fast. */
static void refill(struct token_bucket *bucket, double now) {
  double more = (now - bucket->time) * bucket->per_second;
  bucket->time = now;
  if (!(more > 0))
    return;
  if (bucket->level > bucket->room)
    bucket->level = fmax(bucket->level - more, bucket->room);
  else
    bucket->level = fmin(bucket->level + more, bucket->room);
}

bool token_bucket_take(struct token_bucket *bucket, double count, double now) {
  refill(bucket, now);
  double taken = fmin(count, bucket->room);
  if (bucket->level < taken)
    return false;
  bucket->level -= taken;
  return true;
}
