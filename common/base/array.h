/* SPDX-License-Identifier: MIT */
/* Arrays that grow and shrink. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>

/* Makes room for one more element. items holds count elements of size bytes and
 * has room for *room; a full array doubles. Returns its new address, or NULL if
 * there is no memory: items and *room are unchanged then. */
void *array_room(void *items, size_t *room, size_t count, size_t size);

/* Gives back the room of an array that needs less than an eighth of it. Returns
 * its new address; count elements are kept. */
void *array_shrink(void *items, size_t *room, size_t count, size_t size);

#endif
