/* SPDX-License-Identifier: MIT */
/* A queue of letters that a thread of its own delivers in order, so that a slow
 * delivery holds up nobody who puts one in. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stddef.h>

/* The first member of a letter. */
struct outbox_letter {
  struct outbox_letter *next;
};

struct outbox_functions {
  /* Delivers a letter, on the outbox's thread; may take long. */
  void (*deliver)(struct outbox_letter *letter);
  /* Notes that the outbox closes before a letter is delivered; called by
   * outbox_close(), perhaps while that letter is being delivered. */
  void (*give_up)(const struct outbox_letter *letter);
  /* Frees a letter. */
  void (*release)(struct outbox_letter *letter);
};

struct outbox;

/* Starts the thread; at most capacity letters wait. functions must outlive the
 * outbox. Returns 0, -ENOMEM, or -EAGAIN. */
int outbox_new(struct outbox **ret, size_t capacity,
               const struct outbox_functions *functions);

/* Puts a letter in. Returns 0, or -ENOBUFS if too many wait; the letter is then
 * still the caller's. */
int outbox_put(struct outbox *outbox, struct outbox_letter *letter);

/* Waits at most so many seconds until all letters are delivered, gives up those
 * that are not, and frees the outbox. A delivery that has begun goes on; its
 * thread frees what is left. Accepts NULL. */
void outbox_close(struct outbox *outbox, double seconds);

#endif
