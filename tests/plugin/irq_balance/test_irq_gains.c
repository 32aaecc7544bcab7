/* SPDX-License-Identifier: MIT */
/* Gains of interrupts and of CPUs, from read to read. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "cpu_gains.h"
#include "irq_gains.h"

/* Makes a table of interrupt 7, or of 7 and 9, on the CPUs of a mask. */
static void make_table(struct irq_table *table, unsigned cpus, size_t rows,
                       const uint32_t *counts) {
  static const uint32_t numbers[] = {7, 9};
  irq_table_clear(table);
  for (uint32_t cpu = 0; cpu < 32; cpu++)
    if (cpus >> cpu & 1)
      assert_int_equal(irq_table_add_cpu(table, cpu), 0);
  assert_int_equal(irq_table_reserve(table, rows), 0);
  memcpy(table->numbers, numbers, rows * sizeof(*numbers));
  memcpy(table->counts, counts, rows * table->columns * sizeof(*counts));
  table->rows = rows;
}

struct scene {
  struct irq_gains gains;
  struct irq_table table;
};

#define UPDATE(scene, now, cpus, rows, ...)                                    \
  do {                                                                         \
    make_table(&(scene)->table, cpus, rows, (const uint32_t[]){__VA_ARGS__});  \
    assert_int_equal(irq_gains_update(&(scene)->gains, &(scene)->table, now),  \
                     0);                                                       \
  } while (0)

/* A wanted -1 stands for: not known. */
#define EXPECT(scene, number, ...)                                             \
  expect(&(scene)->gains, number, (const double[]){__VA_ARGS__},               \
         COUNT_OF(((const double[]){__VA_ARGS__})))

static void expect(const struct irq_gains *gains, uint32_t number,
                   const double *wanted, size_t count) {
  double sum, all = -1;
  const double *found = irq_gains_of(gains, number, &sum);
  assert_int_equal(gains->last.columns, count);
  assert_non_null(found);
  for (size_t i = 0; i < count; i++)
    CHECK(isnan(found[i]) ? wanted[i] < 0 : found[i] == wanted[i],
          "column %zu of %u gained %f, not %f", i, number, found[i], wanted[i]);
  for (size_t i = 0; i < count; i++)
    if (wanted[i] >= 0)
      all = all < 0 ? wanted[i] : all + wanted[i];
  CHECK(all < 0 ? isnan(sum) || sum == 0 : sum == all,
        "interrupt %u gained %f, not %f", number, sum, all);
}

static void close_scene(struct scene *scene) {
  irq_gains_free(&scene->gains);
  irq_table_free(&scene->table);
}

static void interrupts_gain(void **state) {
  (void)state;
  struct scene scene = {0};
  assert_null(irq_gains_of(&scene.gains, 7, NULL));
  UPDATE(&scene, 5, 3, 2, 10, 20, 30, 40);
  EXPECT(&scene, 7, -1, -1);
  assert_true(isnan(scene.gains.elapsed));
  assert_null(irq_gains_of(&scene.gains, 8, NULL));
  UPDATE(&scene, 12, 3, 2, 11, 20, 33, 44);
  EXPECT(&scene, 7, 1, 0);
  EXPECT(&scene, 9, 3, 4);
  assert_true(scene.gains.elapsed == 7);
  assert_false(scene.gains.has_new_cpus);
  close_scene(&scene);
}

static void interrupts_come_and_go(void **state) {
  (void)state;
  struct scene scene = {0};
  UPDATE(&scene, 0, 3, 1, 10, 20);
  UPDATE(&scene, 1, 3, 2, 11, 22, 500, 600);
  EXPECT(&scene, 7, 1, 2);
  EXPECT(&scene, 9, -1, -1);
  UPDATE(&scene, 2, 3, 1, 12, 22);
  EXPECT(&scene, 7, 1, 0);
  assert_null(irq_gains_of(&scene.gains, 9, NULL));
  /* It comes back with its old counts. */
  UPDATE(&scene, 3, 3, 2, 12, 22, 500, 600);
  EXPECT(&scene, 9, -1, -1);
  close_scene(&scene);
}

static void cpus_come_and_go(void **state) {
  (void)state;
  struct scene scene = {0};
  UPDATE(&scene, 0, 1 | 4, 1, 10, 20);
  assert_true(scene.gains.has_new_cpus);
  UPDATE(&scene, 1, 1 | 2 | 4, 1, 11, 900, 22);
  EXPECT(&scene, 7, 1, -1, 2);
  assert_true(scene.gains.has_new_cpus);
  UPDATE(&scene, 2, 1, 1, 12);
  EXPECT(&scene, 7, 1, 0, 0);
  assert_false(scene.gains.has_new_cpus);
  assert_int_equal(irq_table_counts(&scene.gains.last, 0)[1], 900);
  UPDATE(&scene, 3, 2 | 4, 1, 905, 23);
  EXPECT(&scene, 7, 0, 5, 1);
  assert_int_equal(irq_table_counts(&scene.gains.last, 0)[0], 12);
  close_scene(&scene);
}

static void interrupts_wrap_or_are_reset(void **state) {
  (void)state;
  struct scene scene = {0};
  UPDATE(&scene, 0, 3, 2, UINT32_MAX, 5, 3000, 40);
  UPDATE(&scene, 1, 3, 2, 4, 6, 2000, 41);
  EXPECT(&scene, 7, 5, 1);
  EXPECT(&scene, 9, -1, 1);
  close_scene(&scene);
}

static void add(struct cpu_gains *gains, uint32_t cpu, uint32_t raw,
                double now) {
  assert_int_equal(cpu_gains_add(gains, cpu, raw, now), 0);
}

static void cpus_gain(void **state) {
  (void)state;
  struct cpu_gains gains = {0};
  cpu_gains_begin(&gains);
  assert_int_equal(cpu_gains_total(&gains), 0);
  add(&gains, 1, 100, 0);
  add(&gains, 4, UINT32_MAX, 0);
  assert_false(gains.is_known);
  assert_int_equal(cpu_gains_total(&gains), UINT64_C(99) + (UINT64_C(1) << 32));
  cpu_gains_begin(&gains);
  assert_false(gains.is_known);
  add(&gains, 1, 103, 10);
  add(&gains, 4, 4, 10);
  assert_true(gains.is_known);
  assert_int_equal(gains.count, 2);
  assert_int_equal(gains.cpus[1], 4);
  assert_true(gains.gains[0] == 3 && gains.gains[1] == 5);
  assert_true(gains.elapsed == 10);
  assert_int_equal(cpu_gains_total(&gains),
                   UINT64_C(107) + (UINT64_C(1) << 32));
  cpu_gains_free(&gains);
  assert_int_equal(cpu_gains_total(&gains), 0);
}

static void a_cpu_is_offline(void **state) {
  (void)state;
  struct cpu_gains gains = {0};
  for (unsigned i = 0; i < 4; i++) {
    cpu_gains_begin(&gains);
    add(&gains, 0, 10 * i, i);
    /* A CPU that comes later has old counts. */
    if (i >= 2)
      add(&gains, 2, 1000 + i, i);
    if (i != 1 && i != 2)
      add(&gains, 5, 7 * i, i);
  }
  assert_int_equal(gains.count, 3);
  assert_true(gains.gains[1] == 1 && gains.gains[2] == 21);
  assert_true(gains.elapsed == 1);
  assert_int_equal(cpu_gains_total(&gains), 30 + 21 + 1);
  cpu_gains_free(&gains);
}

static void a_cpu_is_reset(void **state) {
  (void)state;
  struct cpu_gains gains = {0};
  cpu_gains_begin(&gains);
  add(&gains, 0, 500000, 0);
  cpu_gains_begin(&gains);
  add(&gains, 0, 3, 1);
  assert_false(gains.is_known);
  assert_int_equal(cpu_gains_total(&gains), 500000);
  cpu_gains_begin(&gains);
  add(&gains, 0, 5, 2);
  assert_true(gains.is_known && gains.gains[0] == 2);
  assert_int_equal(cpu_gains_total(&gains), 500002);
  cpu_gains_free(&gains);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(interrupts_gain),
      cmocka_unit_test(interrupts_come_and_go),
      cmocka_unit_test(cpus_come_and_go),
      cmocka_unit_test(interrupts_wrap_or_are_reset),
      cmocka_unit_test(cpus_gain),
      cmocka_unit_test(a_cpu_is_offline),
      cmocka_unit_test(a_cpu_is_reset),
  };
  return cmocka_run_group_tests_name("irq_gains", tests, NULL, NULL);
}
