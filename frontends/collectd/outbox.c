/* SPDX-License-Identifier: MIT */
#include "outbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct outbox {
  const struct outbox_functions *functions;
  size_t capacity;
  pthread_t thread;

  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t changed;
  struct outbox_letter *first;
  struct outbox_letter **end; /* where the next letter is put */
  size_t count;
  struct outbox_letter *in_delivery; /* or NULL */
  bool is_closing;                   /* no more letters come */
  bool is_done;                      /* and all are delivered */
  bool is_abandoned;                 /* the thread frees the outbox */
};

static void free_outbox(struct outbox *outbox) {
  pthread_cond_destroy(&outbox->changed);
  pthread_mutex_destroy(&outbox->lock);
  free(outbox);
}

/* Waits for the next letter. Returns NULL once the outbox is closing and
 * empty. */
static struct outbox_letter *wait_for_letter(struct outbox *outbox) {
  while (outbox->first == NULL && !outbox->is_closing)
    pthread_cond_wait(&outbox->changed, &outbox->lock);
  struct outbox_letter *letter = outbox->first;
  if (letter != NULL) {
    outbox->first = letter->next;
    if (outbox->first == NULL)
      outbox->end = &outbox->first;
    outbox->count--;
  }
  return letter;
}

static void *run(void *data) {
  struct outbox *outbox = data;
  pthread_mutex_lock(&outbox->lock);
  while ((outbox->in_delivery = wait_for_letter(outbox)) != NULL) {
    struct outbox_letter *letter = outbox->in_delivery;
    pthread_mutex_unlock(&outbox->lock);
    outbox->functions->deliver(letter);
    pthread_mutex_lock(&outbox->lock);
    outbox->functions->release(letter);
  }
  outbox->is_done = true;
  pthread_cond_broadcast(&outbox->changed);
  bool is_abandoned = outbox->is_abandoned;
  pthread_mutex_unlock(&outbox->lock);
  if (is_abandoned)
    free_outbox(outbox);
  return NULL;
}

static void init_condition(pthread_cond_t *condition) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(condition, &attributes);
  pthread_condattr_destroy(&attributes);
}

int outbox_new(struct outbox **ret, size_t capacity,
               const struct outbox_functions *functions) {
  struct outbox *outbox = calloc(1, sizeof(*outbox));
  if (outbox == NULL)
    return -ENOMEM;
  outbox->functions = functions;
  outbox->capacity = capacity;
  outbox->end = &outbox->first;
  pthread_mutex_init(&outbox->lock, NULL);
  init_condition(&outbox->changed);
  int r = pthread_create(&outbox->thread, NULL, run, outbox);
  if (r != 0) {
    free_outbox(outbox);
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
    pthread_cond_broadcast(&outbox->changed);
    r = 0;
  }
  pthread_mutex_unlock(&outbox->lock);
  return r;
}

static struct timespec in_seconds(double seconds) {
  struct timespec when;
  clock_gettime(CLOCK_MONOTONIC, &when);
  when.tv_sec += (time_t)seconds;
  when.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
  if (when.tv_nsec >= 1000000000L) {
    when.tv_nsec -= 1000000000L;
    when.tv_sec++;
  }
  return when;
}

static void give_up_all(struct outbox *outbox) {
  if (outbox->in_delivery != NULL)
    outbox->functions->give_up(outbox->in_delivery);
  struct outbox_letter *letter = outbox->first;
  while (letter != NULL) {
    struct outbox_letter *next = letter->next;
    outbox->functions->give_up(letter);
    outbox->functions->release(letter);
    letter = next;
  }
  outbox->first = NULL;
}

void outbox_close(struct outbox *outbox, double seconds) {
  if (outbox == NULL)
    return;
  struct timespec deadline = in_seconds(seconds);
  pthread_mutex_lock(&outbox->lock);
  outbox->is_closing = true;
  pthread_cond_broadcast(&outbox->changed);
  int r = 0;
  while (!outbox->is_done && r == 0)
    r = pthread_cond_timedwait(&outbox->changed, &outbox->lock, &deadline);
  bool is_done = outbox->is_done;
  if (!is_done) {
    give_up_all(outbox);
    outbox->is_abandoned = true;
    pthread_detach(outbox->thread);
  }
  pthread_mutex_unlock(&outbox->lock);
  if (is_done) {
    pthread_join(outbox->thread, NULL);
    free_outbox(outbox);
  }
}
