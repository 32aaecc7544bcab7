/* SPDX-License-Identifier: MIT */
#include "drop_share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void drop_share_begin(struct drop_share *share) {
  for (size_t i = 0; i < share->count; i++)
    share->portions[i].gained = 0;
  for (size_t i = 0; i < DROP_CLASSES; i++)
    share->classes[i].gained = 0;
}

static int make_room(struct drop_share *share, size_t number) {
  if (number < share->count)
    return 0;
  size_t count = number + 1;
  struct drop_portion *portions =
      reallocarray(share->portions, count, sizeof(*portions));
  if (portions == NULL)
    return -ENOMEM;
  memset(portions + share->count, 0,
         (count - share->count) * sizeof(*portions));
  share->portions = portions;
  share->count = count;
  return 0;
}

static void add(struct drop_portion *portion, uint64_t gained) {
  portion->count += gained;
  portion->gained += gained;
}

int drop_share_add(struct drop_share *share, const struct drop_reason *reason,
                   uint64_t gained) {
  int r = make_room(share, reason->number);
  if (r < 0)
    return r;
  add(&share->portions[reason->number], gained);
  add(&share->classes[reason->class], gained);
  return 0;
}

struct drop_portion drop_share_of(const struct drop_share *share,
                                  const struct drop_reason *reason) {
  return reason->number < share->count ? share->portions[reason->number]
                                       : (struct drop_portion){.count = 0};
}

void drop_share_free(struct drop_share *share) {
  free(share->portions);
  *share = (struct drop_share){.count = 0};
}
