/* SPDX-License-Identifier: MIT */
#include "outbox.h"

#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

/* What was delivered, by a thread that can be held up. */
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
  free(letter);
}

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
  delivered_count = 0;
  assert_int_equal(outbox_new(&outbox, capacity, deliver), 0);
  return outbox;
}

static void all_are_delivered_in_order(void **state) {
  (void)state;
  struct outbox *outbox = make(1000);
  for (int i = 0; i < 1000; ++i)
    assert_int_equal(put(outbox, i), 0);
  outbox_free(outbox);
  assert_int_equal(delivered_count, 1000);
  for (int i = 0; i < 1000; ++i)
    assert_int_equal(delivered[i], i);
}

/* One more than fits may be in the hands of the thread. */
static void what_does_not_fit_is_refused_and_the_rest_is_kept(void **state) {
  (void)state;
  struct outbox *outbox = make(3);
  pthread_mutex_lock(&held);
  int taken = 0;
  while (taken < 10 && put(outbox, taken) == 0)
    ++taken;
  assert_in_range(taken, 3, 4);
  pthread_mutex_unlock(&held);
  outbox_free(outbox);
  assert_int_equal(delivered_count, taken);
  for (int i = 0; i < taken; ++i)
    assert_int_equal(delivered[i], i);
}

static void there_is_room_again_after_delivery(void **state) {
  (void)state;
  struct outbox *outbox = make(1);
  for (int i = 0; i < 100; ++i)
    while (put(outbox, i) == -ENOBUFS)
      sched_yield();
  outbox_free(outbox);
  assert_int_equal(delivered_count, 100);
  assert_int_equal(delivered[99], 99);
}

static void an_empty_one_ends_and_so_does_none(void **state) {
  (void)state;
  outbox_free(make(1));
  assert_int_equal(delivered_count, 0);
  outbox_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_are_delivered_in_order),
      cmocka_unit_test(what_does_not_fit_is_refused_and_the_rest_is_kept),
      cmocka_unit_test(there_is_room_again_after_delivery),
      cmocka_unit_test(an_empty_one_ends_and_so_does_none),
  };
  return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
