/* SPDX-License-Identifier: MIT */
#include "outbox.h"

#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* More seconds than any delivery takes here. */
#define PATIENCE 100

/* The letters delivered, on a thread that can be blocked. */
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static int delivered[1000];
static size_t delivered_count;

struct numbered {
  struct outbox_letter letter;
  int number;
};

static void deliver(struct outbox_letter *letter) {
  pthread_mutex_lock(&held);
  delivered[delivered_count++] = ((struct numbered *)letter)->number;
  pthread_mutex_unlock(&held);
}

static int given_up[1000];
static size_t given_up_count;

static void give_up(const struct outbox_letter *letter) {
  given_up[given_up_count++] = ((const struct numbered *)letter)->number;
}

static atomic_size_t released_count;

static void release(struct outbox_letter *letter) {
  atomic_fetch_add(&released_count, 1);
  free(letter);
}

static const struct outbox_functions functions = {
    .deliver = deliver, .give_up = give_up, .release = release};

static int put(struct outbox *outbox, int number) {
  struct numbered *numbered = calloc(1, sizeof(*numbered));
  assert_non_null(numbered);
  numbered->number = number;
  int r = outbox_put(outbox, &numbered->letter);
  if (r < 0)
    free(numbered);
  return r;
}

static struct outbox *make(size_t capacity) {
  struct outbox *outbox = NULL;
  delivered_count = given_up_count = 0;
  atomic_store(&released_count, 0);
  assert_int_equal(outbox_new(&outbox, capacity, &functions), 0);
  return outbox;
}

static void letters_are_delivered_in_order(void **state) {
  (void)state;
  struct outbox *outbox = make(1000);
  for (int i = 0; i < 1000; ++i)
    assert_int_equal(put(outbox, i), 0);
  outbox_close(outbox, PATIENCE);
  assert_int_equal(delivered_count, 1000);
  for (int i = 0; i < 1000; ++i)
    assert_int_equal(delivered[i], i);
}

/* The thread may hold one more than fits. */
static void a_full_outbox_refuses_letters(void **state) {
  (void)state;
  struct outbox *outbox = make(3);
  pthread_mutex_lock(&held);
  int taken = 0;
  while (taken < 10 && put(outbox, taken) == 0)
    ++taken;
  assert_in_range(taken, 3, 4);
  pthread_mutex_unlock(&held);
  outbox_close(outbox, PATIENCE);
  assert_int_equal(delivered_count, taken);
  for (int i = 0; i < taken; ++i)
    assert_int_equal(delivered[i], i);
}

static void delivery_makes_room(void **state) {
  (void)state;
  struct outbox *outbox = make(1);
  for (int i = 0; i < 100; ++i)
    while (put(outbox, i) == -ENOBUFS)
      sched_yield();
  outbox_close(outbox, PATIENCE);
  assert_int_equal(delivered_count, 100);
  assert_int_equal(delivered[99], 99);
}

static void an_empty_outbox_closes(void **state) {
  (void)state;
  outbox_close(make(1), PATIENCE);
  assert_int_equal(delivered_count, 0);
  outbox_close(NULL, PATIENCE);
}

/* The one in delivery and those that wait are given up, in order; the thread
 * frees the former once the sink lets it go. */
static void slow_deliveries_are_given_up(void **state) {
  (void)state;
  struct outbox *outbox = make(10);
  pthread_mutex_lock(&held);
  for (int i = 0; i < 5; ++i)
    assert_int_equal(put(outbox, i), 0);
  outbox_close(outbox, 0.05);
  assert_int_equal(given_up_count, 5);
  for (int i = 0; i < 5; ++i)
    assert_int_equal(given_up[i], i);
  pthread_mutex_unlock(&held);
  while (atomic_load(&released_count) < 5)
    sched_yield();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(letters_are_delivered_in_order),
      cmocka_unit_test(a_full_outbox_refuses_letters),
      cmocka_unit_test(delivery_makes_room),
      cmocka_unit_test(an_empty_outbox_closes),
      cmocka_unit_test(slow_deliveries_are_given_up),
  };
  return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
