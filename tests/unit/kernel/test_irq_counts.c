/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "interrupts.h"
#include "irq_counts.h"
#include "irq_tree.h"
#include "open_files.h"
#include "random.h"
#include "root_tree.h"

static int parse(const char *text, uint32_t *ret, size_t columns) {
  size_t length = strlen(text);
  char *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, text, length);
  int r = irq_counts_parse(scan_text(exact, length), ret, columns);
  free(exact);
  return r;
}

static void counts_are_parsed(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int result;
  } rows[] = {
      {"1,2,4294967295\n", 0},
      {"", -EMSGSIZE},
      {"1,2", -EMSGSIZE},
      {"1,2,3", -EMSGSIZE},
      {"1,2\n", -EBADMSG},
      {"1,2,3,4\n", -EBADMSG},
      {"1,2,4294967296\n", -EBADMSG},
      {"1,2,x\n", -EBADMSG},
      {"1,2,3 \n", -EBADMSG},
      {"\n", -EBADMSG},
      {",,\n", -EBADMSG},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    uint32_t counts[3] = {0};
    int r = parse(rows[i].text, counts, 3);
    CHECK(r == rows[i].result, "\"%s\": %d", rows[i].text, r);
    CHECK(r != 0 || counts[2] == UINT32_MAX, "\"%s\"", rows[i].text);
  }
}

/* Writes counts of up to three digits. */
static void make_counts(struct random *random, char *ret, size_t size,
                        size_t columns) {
  static const size_t limits[] = {10, 100, 1000};
  size_t length = 0;
  for (size_t i = 0; i < columns; ++i)
    length += (size_t)snprintf(
        ret + length, size - length, "%s%zu", i > 0 ? "," : "",
        random_below(random, limits[random_below(random, COUNT_OF(limits))]));
  snprintf(ret + length, size - length, "\n");
}

/* Texts of the same length that differ in some counts, in the widths of some,
 * or in anything. */
static void changes_are_parsed_like_the_whole(void **state) {
  (void)state;
  struct random random = {.state = 21};
  unsigned well_formed = 0, malformed = 0;
  for (int i = 0; i < 300000; ++i) {
    char before[128], text[128];
    uint32_t counts[8], whole[8] = {0};
    size_t columns = 1 + random_below(&random, 8);
    make_counts(&random, before, sizeof(before), columns);
    if (i % 2 == 0) {
      make_counts(&random, text, sizeof(text), columns);
    } else {
      strcpy(text, before);
      for (size_t j = random_below(&random, 4); j > 0; --j)
        text[random_below(&random, strlen(text) - 1)] =
            "0123456789,,x"[random_below(&random, 13)];
    }
    if (strlen(text) != strlen(before))
      continue;
    assert_int_equal(parse(before, counts, columns), 0);
    int r = irq_counts_parse_changes(scan_text(text, strlen(text)), before,
                                     counts, columns);
    CHECK(r == parse(text, whole, columns), "%s%s%d", before, text, r);
    if (r == 0)
      CHECK(memcmp(counts, whole, columns * sizeof(*counts)) == 0, "%s%s",
            before, text);
    well_formed += r == 0;
    malformed += r != 0;
  }
  assert_true(well_formed > 10000);
  assert_true(malformed > 10000);
  uint32_t count = 1;
  assert_int_equal(irq_counts_parse_changes(scan_text("1", 1), "1", &count, 1),
                   -EMSGSIZE);
}

static void write_counts(const struct temp_tree *tree, uint32_t number,
                         const char *text) {
  char path[64];
  snprintf(path, sizeof(path), "sys/kernel/irq/%u/per_cpu_count", number);
  temp_tree_write(tree, path, text);
}

static void interrupts_come_and_go(void **state) {
  (void)state;
  static const uint32_t numbers[] = {3, 8, 9};
  struct temp_tree tree;
  struct sysroot root;
  struct irq_counts counts = {0};
  root_tree_open(&tree, &root);
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 3), -ENOENT);
  temp_tree_write(&tree, "sys/devices/system/cpu/possible", "0-1,4\n");
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 3), -ENOENT);
  write_counts(&tree, 3, "1,2,3\n");
  write_counts(&tree, 9, "7,8,9\n");
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 3), 0);
  assert_int_equal(counts.table.columns, 3);
  assert_int_equal(counts.table.cpus[2], 4);
  assert_int_equal(counts.table.rows, 2);
  assert_int_equal(counts.table.numbers[1], 9);
  assert_int_equal(irq_table_counts(&counts.table, 1)[2], 9);

  write_counts(&tree, 8, "4,5,6\n");
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 3), 0);
  assert_int_equal(counts.table.rows, 3);
  assert_int_equal(irq_table_counts(&counts.table, 1)[0], 4);

  /* After a text cut off, or a changed number of counts, the table stays. */
  write_counts(&tree, 9, "7,8");
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 3), -EMSGSIZE);
  write_counts(&tree, 9, "7,8\n");
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 3), -EBADMSG);
  assert_int_equal(counts.table.rows, 3);
  assert_int_equal(irq_table_counts(&counts.table, 2)[2], 9);

  /* Fewer, none. */
  assert_int_equal(irq_counts_read(&root, &counts, numbers + 1, 1), 0);
  assert_int_equal(counts.table.rows, 1);
  assert_int_equal(counts.table.numbers[0], 8);
  assert_int_equal(irq_counts_read(&root, &counts, numbers, 0), 0);
  assert_int_equal(counts.table.rows, 0);
  irq_counts_free(&counts);
  root_tree_close(&tree, &root);
}

/* A read that failed is not the one to compare with. */
static void counts_change_between_reads(void **state) {
  (void)state;
  static const uint32_t numbers[] = {3, 8};
  static const struct {
    const char *one, *other;
    int result;
    uint32_t counts[4];
  } steps[] = {
      {"1,2\n", "10,20\n", 0, {1, 2, 10, 20}},
      {"1,3\n", "10,20\n", 0, {1, 3, 10, 20}},
      {"4,3\n", "1x,20\n", -EBADMSG, {1, 3, 10, 20}},
      {"4,3\n", "10,29\n", 0, {4, 3, 10, 29}},
      {"12,3\n", "9,291\n", 0, {12, 3, 9, 291}},
      {"12,3\n", "", -EMSGSIZE, {12, 3, 9, 291}},
      {"1,23\n", "19,30\n", 0, {1, 23, 19, 30}},
  };
  struct temp_tree tree;
  struct sysroot root;
  struct irq_counts counts = {0};
  root_tree_open(&tree, &root);
  temp_tree_write(&tree, "sys/devices/system/cpu/possible", "0-1\n");
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    write_counts(&tree, 3, steps[i].one);
    write_counts(&tree, 8, steps[i].other);
    int r = irq_counts_read(&root, &counts, numbers, 2);
    CHECK(r == steps[i].result, "step %zu: %d", i, r);
    CHECK(memcmp(counts.table.counts, steps[i].counts,
                 sizeof(steps[i].counts)) == 0,
          "step %zu", i);
  }
  irq_counts_free(&counts);
  root_tree_close(&tree, &root);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  static const uint32_t numbers[] = {3, 8};
  struct temp_tree tree;
  struct sysroot root;
  struct irq_counts counts = {0};
  root_tree_open(&tree, &root);
  temp_tree_write(&tree, "sys/devices/system/cpu/possible", "0-1\n");
  write_counts(&tree, 3, "1,2\n");
  write_counts(&tree, 8, "1,2\n");
  for (int i = 0; i < 2; ++i)
    assert_int_equal(irq_counts_read(&root, &counts, numbers, 2), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += irq_counts_read(&root, &counts, numbers, 2) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  irq_counts_free(&counts);
  root_tree_close(&tree, &root);
}

static void names_of_handlers_are_read(void **state) {
  (void)state;
  struct temp_tree tree;
  struct sysroot root;
  char text[16] = "before";
  root_tree_open(&tree, &root);
  assert_int_equal(irq_counts_actions(&root, 5, text, sizeof(text)), -ENOENT);
  assert_string_equal(text, "before");
  temp_tree_write(&tree, "sys/kernel/irq/5/actions", "eth0-TxRx-0,b\n");
  assert_int_equal(irq_counts_actions(&root, 5, text, sizeof(text)), 0);
  assert_string_equal(text, "eth0-TxRx-0,b");
  temp_tree_write(&tree, "sys/kernel/irq/5/actions", "a name that is long\n");
  assert_int_equal(irq_counts_actions(&root, 5, text, sizeof(text)), 0);
  assert_string_equal(text, "a name that ...");
  temp_tree_write(&tree, "sys/kernel/irq/5/actions", "");
  assert_int_equal(irq_counts_actions(&root, 5, text, sizeof(text)), 0);
  assert_string_equal(text, "");
  root_tree_close(&tree, &root);
}

/* The numbers of all interrupts of this machine. */
struct all {
  uint32_t numbers[4096];
  size_t count;
};

static int add_number(uint32_t number, struct scan names, void *data) {
  struct all *all = data;
  (void)names;
  if (all->count < COUNT_OF(all->numbers))
    all->numbers[all->count++] = number;
  return 0;
}

static uint64_t sum_of(const struct irq_table *table, size_t row) {
  uint64_t sum = 0;
  for (size_t i = 0; i < table->columns; ++i)
    sum += irq_table_counts(table, row)[i];
  return sum;
}

static void both_sources_agree_on_this_kernel(void **state) {
  (void)state;
  static struct all all;
  struct sysroot root;
  struct interrupts interrupts = INTERRUPTS_INIT;
  struct irq_counts counts = {0}, later = {0};
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  size_t files = open_files();
  int r = interrupts_names(&root, &interrupts, add_number, &all);
  if (r == 0)
    r = irq_counts_read(&root, &counts, all.numbers, all.count);
  if (r == 0)
    r = interrupts_read(&root, &interrupts, all.numbers, all.count, NULL);
  if (r == 0)
    r = irq_counts_read(&root, &later, all.numbers, all.count);
  for (size_t i = 0; r == 0 && i < interrupts.table.rows; ++i) {
    uint32_t number = interrupts.table.numbers[i];
    ptrdiff_t first = irq_table_find(&counts.table, number);
    ptrdiff_t last = irq_table_find(&later.table, number);
    CHECK(first >= 0 && last >= 0, "interrupt %u", number);
    uint64_t sum = sum_of(&interrupts.table, i);
    CHECK(sum_of(&counts.table, (size_t)first) <= sum &&
              sum <= sum_of(&later.table, (size_t)last),
          "interrupt %u", number);
  }
  interrupts_free(&interrupts);
  irq_counts_free(&counts);
  irq_counts_free(&later);
  sysroot_free(&root);
  assert_int_equal(open_files(), files);
  if (r == -ENOENT || r == -EMSGSIZE)
    skip();
  assert_int_equal(r, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_are_parsed),
      cmocka_unit_test(changes_are_parsed_like_the_whole),
      cmocka_unit_test(counts_change_between_reads),
      cmocka_unit_test(interrupts_come_and_go),
      cmocka_unit_test(the_steady_state_allocates_nothing),
      cmocka_unit_test(names_of_handlers_are_read),
      cmocka_unit_test(both_sources_agree_on_this_kernel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
