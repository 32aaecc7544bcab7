/* SPDX-License-Identifier: MIT */
/* Bounds how often something happens: each time takes tokens, which come back
 * at a steady rate. */
#ifndef TOKEN_BUCKET_H
#define TOKEN_BUCKET_H

#include <stdbool.h>

struct token_bucket {
  double room;       /* the most tokens that are kept */
  double per_second; /* come back */
  double level;      /* tokens that are there; may begin above
                          room, and then drains at the same rate */
  double time;       /* of the last look, in monotonic seconds */
};

/* Takes count tokens at now, or as many as the bucket has room for. Returns
 * false, and takes none, if fewer are there. */
bool token_bucket_take(struct token_bucket *bucket, double count, double now);

#endif
