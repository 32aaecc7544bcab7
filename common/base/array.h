/* SPDX-License-Identifier: MIT */
/* Arrays that grow. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>

/* Makes sure that there is room for one element more than count in items, which
 * has room for *room elements of that size: doubles it when it is full. Returns
 * where they are now, or NULL when there is no memory; items and *room are then
 * as they were. */
void *array_room(void *items, size_t *room, size_t count, size_t size);

#endif
