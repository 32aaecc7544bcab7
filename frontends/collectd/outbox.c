/* SPDX-License-Identifier: MIT */
#include "outbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct outbox {
  void (*deliver)(struct outbox_letter *letter);
  size_t capacity;
  pthread_t thread;

  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t changed;
  struct outbox_letter *first;
  struct outbox_letter **end; /* where the next letter is put */
  size_t count;
  bool closing;
};

/* The letter that has waited longest, NULL once the outbox is closed and
 * empty. */
static struct outbox_letter *take(struct outbox *outbox) {
  pthread_mutex_lock(&outbox->lock);
  while (outbox->first == NULL && !outbox->closing)
    pthread_cond_wait(&outbox->changed, &outbox->lock);
  struct outbox_letter *letter = outbox->first;
  if (letter != NULL) {
    outbox->first = letter->next;
    if (outbox->first == NULL)
      outbox->end = &outbox->first;
    outbox->count--;
  }
  pthread_mutex_unlock(&outbox->lock);
  return letter;
}

static void *run(void *data) {
  struct outbox *outbox = data;
  struct outbox_letter *letter;
  while ((letter = take(outbox)) != NULL)
    outbox->deliver(letter);
  return NULL;
}

int outbox_new(struct outbox **ret, size_t capacity,
               void (*deliver)(struct outbox_letter *letter)) {
  struct outbox *outbox = calloc(1, sizeof(*outbox));
  if (outbox == NULL)
    return -ENOMEM;
  outbox->deliver = deliver;
  outbox->capacity = capacity;
  outbox->end = &outbox->first;
  pthread_mutex_init(&outbox->lock, NULL);
  pthread_cond_init(&outbox->changed, NULL);
  int r = pthread_create(&outbox->thread, NULL, run, outbox);
  if (r != 0) {
    pthread_cond_destroy(&outbox->changed);
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
    return -r;
  }
  *ret = outbox;
  return 0;
}

int outbox_put(struct outbox *outbox, struct outbox_letter *letter) {
  int r = -ENOBUFS;
  pthread_mutex_lock(&outbox->lock);
  if (outbox->count < outbox->capacity) {
    letter->next = NULL;
    *outbox->end = letter;
    outbox->end = &letter->next;
    outbox->count++;
    pthread_cond_signal(&outbox->changed);
    r = 0;
  }
  pthread_mutex_unlock(&outbox->lock);
  return r;
}

void outbox_free(struct outbox *outbox) {
  if (outbox == NULL)
    return;
  pthread_mutex_lock(&outbox->lock);
  outbox->closing = true;
  pthread_cond_signal(&outbox->changed);
  pthread_mutex_unlock(&outbox->lock);
  pthread_join(outbox->thread, NULL);
  pthread_cond_destroy(&outbox->changed);
  pthread_mutex_destroy(&outbox->lock);
  free(outbox);
}
