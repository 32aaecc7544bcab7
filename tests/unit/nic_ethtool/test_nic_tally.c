/* SPDX-License-Identifier: MIT */
/* What growth counts, by rules over several counters. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "nic_counters.h"
#include "nic_names.h"
#include "nic_sum.h"
#include "nic_tally.h"

enum { NUMBERS = 8 };

/* An adapter with a few counters of its own. */
struct scene {
  struct nic_names names;
  struct nic_sources sources;
  struct nic_tally tally;
  uint64_t values[NUMBERS];
  uint64_t link[NIC_LINK_MEMBERS];
  size_t count;
  double now;
};

static void scene_open(struct scene *scene, const char *driver,
                       const char *const *names) {
  char raw[NUMBERS][NIC_NAME_RAW] = {""};
  *scene = (struct scene){.now = 0};
  for (; names[scene->count] != NULL; scene->count++)
    strncpy(raw[scene->count], names[scene->count], NIC_NAME_RAW - 1);
  assert_int_equal(nic_names_set(&scene->names, raw[0], scene->count), 0);
  assert_int_equal(nic_counters_find(driver, &scene->names, 0, &scene->sources),
                   0);
  assert_int_equal(nic_tally_new(&scene->tally, &scene->sources), 0);
}

static void scene_close(struct scene *scene) {
  nic_names_free(&scene->names);
  nic_sources_free(&scene->sources);
  nic_tally_free(&scene->tally);
}

static void read_places(struct scene *scene, bool has_own) {
  struct nic_reading reading = {.now = scene->now += 10};
  if (has_own)
    reading.places[NIC_PLACE_ETHTOOL] =
        (struct nic_numbers){scene->values, scene->count};
  reading.places[NIC_PLACE_LINK] =
      (struct nic_numbers){scene->link, NIC_LINK_MEMBERS};
  nic_tally_take(&scene->tally, &scene->sources, &reading);
}

/* Sets the adapter's own counters and reads them. */
static void read_values(struct scene *scene, uint64_t a, uint64_t b,
                        uint64_t c) {
  scene->values[0] = a;
  scene->values[1] = b;
  scene->values[2] = c;
  read_places(scene, true);
}

static void expect(const struct scene *scene, enum nic_cause cause,
                   uint64_t value) {
  assert_true((scene->tally.present >> cause & 1) != 0);
  assert_int_equal(scene->tally.sums[cause].value, value);
}

/* igb: missed packets are the ring's only while its queues run out of
 * buffers. */
static void growth_moves_to_another_cause(void **state) {
  (void)state;
  static const char *const names[] = {"rx_missed_errors", "rx_no_buffer_count",
                                      "rx_queue_0_drops", NULL};
  struct scene scene;
  scene_open(&scene, "igb", names);
  read_values(&scene, 10, 1, 0);
  expect(&scene, NIC_RX_RING_FULL, 10);
  read_values(&scene, 15, 1, 0);
  expect(&scene, NIC_RX_RING_FULL, 10);
  expect(&scene, NIC_RX_FIFO_OVERRUN, 5);
  read_values(&scene, 18, 1, 2);
  expect(&scene, NIC_RX_RING_FULL, 15);
  expect(&scene, NIC_RX_FIFO_OVERRUN, 5);
  scene_close(&scene);
}

/* Without a counter to look at, the rule does not apply. */
static void growth_stays_without_a_condition(void **state) {
  (void)state;
  static const char *const names[] = {"rx_missed_errors", NULL};
  struct scene scene;
  scene_open(&scene, "igb", names);
  read_values(&scene, 10, 0, 0);
  expect(&scene, NIC_RX_RING_FULL, 10);
  assert_true((scene.tally.present >> NIC_RX_FIFO_OVERRUN & 1) == 0);
  scene_close(&scene);
}

/* bcmgenet: one counter is the adapter's, the other a standard member. */
static void the_counter_that_grew_most(void **state) {
  (void)state;
  static const char *const names[] = {"rbuf_ovflow_cnt", NULL};
  struct scene scene;
  scene_open(&scene, "bcmgenet", names);
  read_values(&scene, 5, 0, 0);
  expect(&scene, NIC_RX_FIFO_OVERRUN, 5);
  scene.link[11] = 9; /* rx_over_errors */
  read_values(&scene, 7, 0, 0);
  expect(&scene, NIC_RX_FIFO_OVERRUN, 14);
  read_values(&scene, 17, 0, 0);
  expect(&scene, NIC_RX_FIFO_OVERRUN, 24);
  scene_close(&scene);
}

/* A cause with counters in two places waits until both are read. */
static void a_cause_waits_for_its_places(void **state) {
  (void)state;
  static const char *const names[] = {"rbuf_ovflow_cnt", NULL};
  struct scene scene;
  scene_open(&scene, "bcmgenet", names);
  read_values(&scene, 5, 0, 0);
  scene.link[11] = 9;
  scene.values[0] = 15;
  read_places(&scene, false);
  assert_true((scene.tally.present >> NIC_RX_FIFO_OVERRUN & 1) == 0);
  read_places(&scene, true);
  expect(&scene, NIC_RX_FIFO_OVERRUN, 15);
  scene_close(&scene);
}

static void a_counter_wraps_at_its_own_width(void **state) {
  (void)state;
  static const char *const names[] = {"rx_missed", NULL};
  struct scene scene;
  scene_open(&scene, "r8169", names);
  read_values(&scene, 65535, 0, 0);
  read_values(&scene, 4, 0, 0);
  expect(&scene, NIC_RX_RING_FULL, 65540);
  scene_close(&scene);
}

/* One that is reset is a baseline; others go on. */
static void a_counter_that_is_reset(void **state) {
  (void)state;
  static const char *const names[] = {"rx_fifo_errors", "rx_queue_0_drops",
                                      "rx_queue_1_drops", NULL};
  struct scene scene;
  scene_open(&scene, "igb", names);
  read_values(&scene, 0, 100, 50);
  uint64_t before = scene.tally.sums[NIC_RX_RING_FULL].value;
  read_values(&scene, 0, 3, 57);
  expect(&scene, NIC_RX_RING_FULL, before + 7);
  scene_close(&scene);
}

static void parts_that_are_read_too_late(void **state) {
  (void)state;
  struct nic_sum sum = {0};
  nic_sum_add(&sum, 100, 40);
  assert_int_equal(sum.value, 60);
  nic_sum_add(&sum, 0, 10);
  assert_int_equal(sum.value, 60);
  nic_sum_add(&sum, 30, 20);
  assert_int_equal(sum.value, 60);
  nic_sum_add(&sum, 5, 0);
  assert_int_equal(sum.value, 65);
}

/* Parts that exceed the whole for ever do not hide what is lost later. */
static void the_noise_is_limited(void **state) {
  (void)state;
  struct nic_sum sum = {0};
  nic_sum_add(&sum, 0, UINT64_C(1) << 40);
  nic_sum_add(&sum, 5000, 0);
  assert_int_equal(sum.value, 5000 - NIC_SUM_NOISE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(growth_moves_to_another_cause),
      cmocka_unit_test(growth_stays_without_a_condition),
      cmocka_unit_test(the_counter_that_grew_most),
      cmocka_unit_test(a_cause_waits_for_its_places),
      cmocka_unit_test(a_counter_wraps_at_its_own_width),
      cmocka_unit_test(a_counter_that_is_reset),
      cmocka_unit_test(parts_that_are_read_too_late),
      cmocka_unit_test(the_noise_is_limited),
  };
  return cmocka_run_group_tests_name("nic_tally", tests, NULL, NULL);
}
