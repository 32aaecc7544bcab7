/* SPDX-License-Identifier: MIT */
/* Letters that a thread of their own delivers, in order: who puts one does not
 * wait, however slow the delivery is. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stddef.h>

/* The first member of what is to be delivered. */
struct outbox_letter {
  struct outbox_letter *next;
};

struct outbox;

/* Starts the thread, which calls deliver for each letter; the letter is then
 * deliver's to free. At most capacity letters wait.
 * Returns 0, or a negative errno: -ENOMEM, -EAGAIN. */
int outbox_new(struct outbox **ret, size_t capacity,
               void (*deliver)(struct outbox_letter *letter));

/* Returns 0, or -ENOBUFS if too many wait; the letter is then still the
 * caller's. */
int outbox_put(struct outbox *outbox, struct outbox_letter *letter);

/* Waits until all letters are delivered, and ends the thread. NULL is fine. */
void outbox_free(struct outbox *outbox);

#endif
