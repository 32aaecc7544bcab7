/* SPDX-License-Identifier: MIT */
#include "ledger_scene.h"

#include <pthread.h>
#include <string.h>

#include "allocations.h"

#define INTERVAL 10

/* A socket layer, a protocol layer and drop reasons, in one ledger. */
struct scene {
  struct ledger *ledger;
  struct ledger_teller *sockets, *protocols, *reasons;
};

static int begin(void **state) {
  static struct scene scene;
  if (ledger_new(&scene.ledger) != 0 ||
      ledger_join(scene.ledger, &scene.sockets) != 0 ||
      ledger_join(scene.ledger, &scene.protocols) != 0 ||
      ledger_join(scene.ledger, &scene.reasons) != 0)
    return -1;
  *state = &scene;
  return 0;
}

static int end(void **state) {
  struct scene *scene = *state;
  ledger_leave(scene->sockets);
  ledger_leave(scene->protocols);
  ledger_leave(scene->reasons);
  ledger_free(scene->ledger);
  return 0;
}

static void read_sockets(struct scene *scene, double now, uint64_t gain) {
  post_one(
      scene->sockets, now, INTERVAL,
      (struct post){LEDGER_UDP_RECEIVE, LEDGER_OBJECT, NULL, NULL, 0, gain});
}

static uint64_t read_protocols(struct scene *scene, double now, uint64_t gain) {
  return post_one(scene->protocols, now, INTERVAL,
                  (struct post){LEDGER_UDP_RECEIVE, LEDGER_HOST, NULL,
                                "Udp:RcvbufErrors", 0, gain});
}

static uint64_t read_reasons(struct scene *scene, double now, uint64_t gain) {
  return post_one(scene->reasons, now, INTERVAL,
                  (struct post){LEDGER_UDP_RECEIVE, LEDGER_KERNEL, NULL,
                                "socket_rcvbuff", 0, gain});
}

static void alone_a_meter_is_its_own_rest(void **state) {
  struct scene *scene = *state;
  assert_int_equal(read_protocols(scene, 0, 0), 0);
  assert_int_equal(read_protocols(scene, 10, 400), 400);
  assert_int_equal(read_protocols(scene, 20, 0), 0);
  assert_int_equal(read_reasons(scene, 20, 0), 0);
  assert_int_equal(lost_in(scene->ledger, LEDGER_UDP_RECEIVE), 400);
}

static void what_an_object_explains_is_no_rest(void **state) {
  struct scene *scene = *state;
  for (int i = 0; i < 10; i++) {
    read_sockets(scene, 10 * i, i > 0 ? 400 : 0);
    assert_int_equal(read_protocols(scene, 10 * i + 0.1, i > 0 ? 400 : 0), 0);
    assert_int_equal(read_reasons(scene, 10 * i + 0.2, i > 0 ? 400 : 0), 0);
  }
  assert_int_equal(lost_in(scene->ledger, LEDGER_UDP_RECEIVE), 9 * 400);
}

/* Whichever of both is read first, 400 more packets than the sockets explain
 * are a rest two intervals later at the latest. */
static void find_rest(struct scene *scene, bool sockets_come_first) {
  uint64_t found = 0;
  for (int i = 0; i < 7; i++) {
    if (sockets_come_first)
      read_sockets(scene, 10 * i, i > 1 ? 100 : 0);
    uint64_t gain = i == 4 ? 500 : i > 1 ? 100 : 0;
    uint64_t rest = read_protocols(scene, 10 * i + 1, gain);
    if (!sockets_come_first)
      read_sockets(scene, 10 * i + 2, i > 1 ? 100 : 0);
    assert_true(i > 4 || rest == 0);
    found += rest;
  }
  /* Less what sockets lost between the two reads. */
  CHECK(found >= 300 && found <= 400, "%llu", (unsigned long long)found);
}

static void a_rest_is_found_within_two_intervals(void **state) {
  find_rest(*state, true);
}

static void the_order_of_reads_does_not_matter(void **state) {
  find_rest(*state, false);
}

/* Only some ports are watched. */
static void a_steady_rest_keeps_its_rate(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i < 20; i++) {
    read_sockets(scene, 10 * i, 1000);
    uint64_t rest = read_protocols(scene, 10 * i + 0.05, 1300);
    found += rest;
    if (i > 5)
      assert_int_equal(rest, 300);
  }
  CHECK(found <= 300 * 20 && found >= 300 * 15, "%llu",
        (unsigned long long)found);
}

static void an_object_layer_that_stops_leaves_a_rest(void **state) {
  struct scene *scene = *state;
  for (int i = 0; i < 5; i++) {
    uint64_t gain = i > 1 ? 100 : 0;
    read_sockets(scene, 10 * i, gain);
    assert_int_equal(read_protocols(scene, 10 * i + 0.1, gain), 0);
  }
  uint64_t found = 0;
  for (int i = 5; i < 10; i++)
    found += read_protocols(scene, 10 * i + 0.1, 100);
  assert_int_equal(found, 500);
  assert_int_equal(read_protocols(scene, 100.1, 100), 100);
}

static void an_object_layer_that_leaves_leaves_a_rest(void **state) {
  struct scene *scene = *state;
  for (int i = 0; i < 5; i++) {
    uint64_t gain = i > 1 ? 100 : 0;
    read_sockets(scene, 10 * i, gain);
    assert_int_equal(read_protocols(scene, 10 * i + 0.1, gain), 0);
  }
  ledger_leave(scene->sockets);
  scene->sockets = NULL;
  assert_int_equal(read_protocols(scene, 50.1, 100), 100);
}

/* What was lost before the objects were watched is judged already. */
static void a_layer_that_comes_back_repeats_nothing(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i < 5; i++) {
    uint64_t gain = i > 1 ? 100 : 0;
    read_sockets(scene, 10 * i, gain);
    found += read_protocols(scene, 10 * i + 0.1, gain);
  }
  for (int i = 5; i < 10; i++)
    found += read_protocols(scene, 10 * i + 0.1, 100);
  for (int i = 10; i < 20; i++) {
    read_sockets(scene, 10 * i, i == 10 ? 600 : 100);
    found += read_protocols(scene, 10 * i + 0.1, 100);
  }
  assert_int_equal(found, 500);
}

static void a_read_that_failed_explains_nothing(void **state) {
  struct scene *scene = *state;
  read_sockets(scene, 0, 0);
  read_protocols(scene, 0.1, 0);
  uint64_t found = 0;
  for (int i = 1; i < 8; i++) {
    struct ledger_read read = {.begin = 10 * i,
                               .end = 10 * i + READ_SECONDS,
                               .interval = INTERVAL,
                               .has_failed = true};
    ledger_post(scene->sockets, &read);
    found += read_protocols(scene, 10 * i + 0.1, i > 1 ? 100 : 0);
  }
  assert_int_equal(found, 600);
}

/* A layer reads every second, the other once a minute. */
static void intervals_may_differ(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i <= 600; i++) {
    if (i % 60 == 0)
      post_one(scene->sockets, i, 60,
               (struct post){LEDGER_UDP_RECEIVE, LEDGER_OBJECT, NULL, NULL, 0,
                             i > 0 ? 600 : 0});
    found += post_one(scene->protocols, i + 0.01, 1,
                      (struct post){LEDGER_UDP_RECEIVE, LEDGER_HOST, NULL,
                                    "Udp:RcvbufErrors", 0, i > 0 ? 10 : 0});
  }
  assert_int_equal(found, 0);
}

/* A socket counts what a filter refuses, too; only later is something lost that
 * no socket counts. */
static void what_objects_count_beyond_hides_no_later_rest(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i < 20; i++) {
    read_sockets(scene, 10 * i, i < 5 ? 1000 : 0);
    found += read_protocols(scene, 10 * i + 0.1, i >= 12 ? 200 : 0);
  }
  CHECK(found >= 5 * 200 && found <= 8 * 200, "%llu",
        (unsigned long long)found);
}

/* A full buffer explains sk_drops before a wrong checksum does. */
static void the_likeliest_cause_is_explained_first(void **state) {
  struct scene *scene = *state;
  uint64_t buffer = 0, checksum = 0;
  for (int i = 0; i < 8; i++) {
    bool loses = i == 3;
    read_sockets(scene, 10 * i, loses ? 100 : 0);
    struct ledger_posting postings[] = {
        {.bucket = LEDGER_UDP_RECEIVE,
         .exactness = LEDGER_HOST,
         .meter = "Udp:InCsumErrors",
         .order = 3,
         .gain = loses ? 20 : 0},
        {.bucket = LEDGER_UDP_RECEIVE,
         .exactness = LEDGER_HOST,
         .meter = "Udp:RcvbufErrors",
         .order = 1,
         .gain = loses ? 100 : 0},
    };
    struct ledger_read read = {.begin = 10 * i + 0.1,
                               .end = 10 * i + 0.102,
                               .interval = INTERVAL,
                               .postings = postings,
                               .count = 2};
    ledger_post(scene->protocols, &read);
    checksum += postings[0].rest;
    buffer += postings[1].rest;
  }
  assert_int_equal(checksum, 20);
  assert_int_equal(buffer, 0);
}

/* No layer watches the namespace in which the kernel counts a loss. */
static void another_namespace_is_a_rest_of_the_kernel(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i < 8; i++) {
    read_sockets(scene, 10 * i, 0);
    assert_int_equal(read_protocols(scene, 10 * i + 0.1, 0), 0);
    found += read_reasons(scene, 10 * i + 0.2, i == 3 ? 1991 : 0);
  }
  assert_int_equal(found, 1991);
  assert_int_equal(lost_in(scene->ledger, LEDGER_UDP_RECEIVE), 1991);
}

static void namespaces_are_apart(void **state) {
  struct scene *scene = *state;
  uint64_t web = 0, reasons = 0;
  for (int i = 0; i < 8; i++) {
    read_sockets(scene, 10 * i, i > 0 ? 50 : 0);
    assert_int_equal(read_protocols(scene, 10 * i + 0.1, i > 0 ? 50 : 0), 0);
    web += post_one(scene->protocols, 10 * i + 0.15, INTERVAL,
                    (struct post){LEDGER_UDP_RECEIVE, LEDGER_HOST, "web",
                                  "Udp:RcvbufErrors", 0, i > 0 ? 70 : 0});
    reasons += read_reasons(scene, 10 * i + 0.2, i > 0 ? 120 : 0);
  }
  assert_int_equal(web, 7 * 70);
  assert_int_equal(reasons, 0);
  assert_int_equal(lost_in(scene->ledger, LEDGER_UDP_RECEIVE), 7 * 120);
}

/* SndbufErrors counts what a qdisc drops as well. */
static void another_bucket_explains_what_it_is_contained_in(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i < 8; i++) {
    post_one(scene->sockets, 10 * i, INTERVAL,
             (struct post){LEDGER_QDISC, LEDGER_OBJECT, NULL, NULL, 0,
                           i == 3 ? 93 : 0});
    found += post_one(scene->protocols, 10 * i + 0.1, INTERVAL,
                      (struct post){LEDGER_UDP_SEND, LEDGER_HOST, NULL,
                                    "Udp:SndbufErrors", 0, i == 3 ? 125 : 0});
  }
  assert_int_equal(found, 32);
  assert_int_equal(lost_in(scene->ledger, LEDGER_QDISC), 93);
  assert_int_equal(lost_in(scene->ledger, LEDGER_UDP_SEND), 32);
}

struct sums {
  size_t count;
  uint64_t lost, elsewhere;
};

static void add_sum(void *data, const struct ledger_sum *sum) {
  struct sums *sums = data;
  assert_int_equal(sum->bucket, LEDGER_UDP_RECEIVE);
  sums->count++;
  *(sum->is_elsewhere ? &sums->elsewhere : &sums->lost) += sum->lost;
}

static void the_sums_are_handed_over(void **state) {
  struct scene *scene = *state;
  uint64_t unused;
  assert_false(ledger_lost(scene->ledger, LEDGER_UDP_RECEIVE, &unused));
  for (int i = 0; i < 6; i++) {
    read_sockets(scene, 10 * i, i == 2 ? 40 : 0);
    read_protocols(scene, 10 * i + 0.1, i == 2 ? 50 : 0);
    read_reasons(scene, 10 * i + 0.2, i == 2 ? 75 : 0);
  }
  struct sums sums = {0};
  ledger_each(scene->ledger, add_sum, &sums);
  assert_int_equal(sums.count, 2);
  assert_int_equal(sums.lost, 50);
  assert_int_equal(sums.elsewhere, 25);
  assert_false(ledger_lost(scene->ledger, LEDGER_QDISC, &unused));
}

static void a_layer_that_only_watches_explains_nothing_yet(void **state) {
  struct scene *scene = *state;
  uint64_t found = 0;
  for (int i = 0; i < 6; i++) {
    post_one(
        scene->sockets, 10 * i, INTERVAL,
        (struct post){LEDGER_UDP_RECEIVE, LEDGER_WATCHES, NULL, NULL, 0, 0});
    uint64_t rest = read_protocols(scene, 10 * i + 0.1, i == 2 ? 50 : 0);
    assert_true(i > 2 || rest == 0);
    found += rest;
  }
  assert_int_equal(found, 50);
}

static void tellers_are_bounded(void **state) {
  struct scene *scene = *state;
  struct ledger_teller *tellers[LEDGER_TELLERS_MAX];
  size_t count = 0;
  while (ledger_join(scene->ledger, &tellers[count]) == 0)
    count++;
  assert_int_equal(count, LEDGER_TELLERS_MAX - 3);
  while (count > 0)
    ledger_leave(tellers[--count]);
}

static void what_was_seen_takes_no_more_memory(void **state) {
  struct scene *scene = *state;
  for (int i = 0; i < 3; i++) {
    size_t before = allocations_count();
    read_sockets(scene, 10 * i, 5);
    read_protocols(scene, 10 * i + 0.1, 5);
    read_reasons(scene, 10 * i + 0.2, 5);
    if (i > 0)
      assert_int_equal(allocations_count() - before, 0);
  }
}

struct parallel {
  struct scene *scene;
  struct ledger_teller *teller;
  struct post post;
  uint64_t rest;
};

static void *read_often(void *data) {
  struct parallel *parallel = data;
  for (int i = 1; i <= 2000; i++)
    parallel->rest += post_one(parallel->teller, i, 1, parallel->post);
  return NULL;
}

/* For the thread sanitizer above all. */
static void layers_read_in_parallel(void **state) {
  struct scene *scene = *state;
  struct parallel all[] = {
      {scene,
       scene->sockets,
       {LEDGER_UDP_RECEIVE, LEDGER_OBJECT, NULL, NULL, 0, 3},
       0},
      {scene,
       scene->protocols,
       {LEDGER_TCP_LISTEN, LEDGER_HOST, NULL, "TcpExt:ListenOverflows", 0, 7},
       0},
      {scene,
       scene->reasons,
       {LEDGER_MEMORY, LEDGER_KERNEL, NULL, "nomem", 0, 2},
       0},
  };
  pthread_t threads[COUNT_OF(all)];
  for (size_t i = 0; i < COUNT_OF(all); i++)
    assert_int_equal(pthread_create(&threads[i], NULL, read_often, &all[i]), 0);
  for (size_t i = 0; i < COUNT_OF(all); i++)
    pthread_join(threads[i], NULL);
  assert_int_equal(lost_in(scene->ledger, LEDGER_UDP_RECEIVE), 6000);
  assert_int_equal(lost_in(scene->ledger, LEDGER_TCP_LISTEN), 14000);
  assert_int_equal(all[1].rest, 14000);
  assert_int_equal(all[2].rest, 4000);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(alone_a_meter_is_its_own_rest),
      SCENE_TEST(what_an_object_explains_is_no_rest),
      SCENE_TEST(a_rest_is_found_within_two_intervals),
      SCENE_TEST(the_order_of_reads_does_not_matter),
      SCENE_TEST(a_steady_rest_keeps_its_rate),
      SCENE_TEST(an_object_layer_that_stops_leaves_a_rest),
      SCENE_TEST(an_object_layer_that_leaves_leaves_a_rest),
      SCENE_TEST(a_layer_that_comes_back_repeats_nothing),
      SCENE_TEST(a_read_that_failed_explains_nothing),
      SCENE_TEST(intervals_may_differ),
      SCENE_TEST(what_objects_count_beyond_hides_no_later_rest),
      SCENE_TEST(the_likeliest_cause_is_explained_first),
      SCENE_TEST(another_namespace_is_a_rest_of_the_kernel),
      SCENE_TEST(namespaces_are_apart),
      SCENE_TEST(another_bucket_explains_what_it_is_contained_in),
      SCENE_TEST(the_sums_are_handed_over),
      SCENE_TEST(a_layer_that_only_watches_explains_nothing_yet),
      SCENE_TEST(tellers_are_bounded),
      SCENE_TEST(what_was_seen_takes_no_more_memory),
      SCENE_TEST(layers_read_in_parallel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
