/* SPDX-License-Identifier: MIT */
#include "array.h"

#include <stdlib.h>

#define FIRST_ROOM 4

/* An array of no more elements is never shrunk. */
#define SMALL_ROOM 64

void *array_room(void *items, size_t *room, size_t count, size_t size) {
  if (count < *room)
    return items;
  size_t more = *room == 0 ? FIRST_ROOM : 2 * *room;
  size_t bytes;
  if (__builtin_mul_overflow(more, size, &bytes))
    return NULL;
  void *grown = realloc(items, bytes);
  if (grown != NULL)
    *room = more;
  return grown;
}

void *array_shrink(void *items, size_t *room, size_t count, size_t size) {
  if (*room <= SMALL_ROOM || count >= *room / 8)
    return items;
  size_t less = 2 * count > SMALL_ROOM ? 2 * count : SMALL_ROOM;
  void *shrunk = realloc(items, less * size);
  if (shrunk == NULL)
    return items;
  *room = less;
  return shrunk;
}
