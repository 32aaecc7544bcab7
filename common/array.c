/* SPDX-License-Identifier: MIT */
#include "array.h"

#include <stdlib.h>

#define FIRST_ROOM 16

void *array_room(void *items, size_t *room, size_t count, size_t size) {
  if (count < *room)
    return items;
  size_t more = *room == 0 ? FIRST_ROOM : 2 * *room;
  void *grown = reallocarray(items, more, size);
  if (grown != NULL)
    *room = more;
  return grown;
}
