/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "interrupts.h"
#include "irq_tree.h"
#include "random.h"
#include "root_tree.h"

static int parse(struct interrupts *interrupts, const char *text,
                 const uint32_t *numbers, size_t count,
                 struct scan_error *error) {
  size_t length = strlen(text);
  char *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, text, length);
  int r = interrupts_parse(scan_text(exact, length), interrupts, numbers, count,
                           error);
  free(exact);
  return r;
}

/* The count of an interrupt on a CPU. */
static uint32_t count_of(const struct irq_table *table, uint32_t number,
                         uint32_t cpu) {
  ptrdiff_t row = irq_table_find(table, number);
  CHECK(row >= 0, "there is no interrupt %u", number);
  for (size_t i = 0; i < table->columns; i++)
    if (table->cpus[i] == cpu)
      return irq_table_counts(table, (size_t)row)[i];
  fail_msg("there is no CPU %u", cpu);
  return 0;
}

static const char x86[] =
    "            CPU0       CPU1       CPU3       \n"
    "   0:         23          0          1   IO-APIC    2-edge      timer\n"
    "   9:          1          2          3   IO-APIC    9-fasteoi   acpi, "
    "eth9\n"
    "  24: 4294967295          0          7  PCI-MSIX-0000:00:03.0   0-edge    "
    "  eth0-TxRx-0\n"
    " 120:          4          5          6  PCI-MSI 524288-edge      my card, "
    "the second\n"
    " NMI:          1          1          1   Non-maskable interrupts\n"
    " ERR:          0\n"
    " MIS:          0\n";

static void wanted_rows_are_taken(void **state) {
  (void)state;
  static const uint32_t numbers[] = {9, 24, 25, 120};
  struct interrupts interrupts = INTERRUPTS_INIT;
  assert_int_equal(parse(&interrupts, x86, numbers, 4, NULL), 0);
  const struct irq_table *table = &interrupts.table;
  assert_int_equal(table->columns, 3);
  assert_int_equal(table->cpus[2], 3);
  assert_int_equal(table->rows, 3);
  assert_int_equal(interrupts.misfits, 0);
  assert_int_equal(count_of(table, 9, 0), 1);
  assert_int_equal(count_of(table, 9, 1), 2);
  assert_int_equal(count_of(table, 9, 3), 3);
  assert_int_equal(count_of(table, 24, 0), UINT32_MAX);
  assert_int_equal(count_of(table, 24, 3), 7);
  assert_int_equal(count_of(table, 120, 1), 5);
  assert_int_equal(irq_table_find(table, 0), -1);
  assert_int_equal(irq_table_find(table, 25), -1);
  interrupts_free(&interrupts);
}

static void other_architectures(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t number, last_cpu, first, last;
  } rows[] = {
      /* arm64: the trigger behind the hardware's number, IPIs, Err */
      {"           CPU0       CPU1       CPU2       CPU3       \n"
       " 11:      10134      10001       9982      10877     GICv3  27 Level   "
       "  arch_timer\n"
       " 52:         77          0          0          5   ITS-PCI-MSIX-0000:"
       "01:00.0   1 Edge      eth0-TxRx-0\n"
       "IPI0:      1182       1411       1262       1189       Rescheduling "
       "interrupts\n"
       "IPI1:      5543       6011       5871       5907       Function call "
       "interrupts\n"
       "Err:          0\n",
       52, 3, 77, 5},
      /* powerpc */
      {"           CPU0       CPU8       \n"
       " 16:       1123          3 XIVE-IPI   0 Edge      IPI\n"
       " 23:        991         12  XIVE-IRQ 4868 Edge      eth3-2\n"
       "LOC:      40152      39991   Local timer interrupts for timer event "
       "device\n"
       "SPU:          0          0   Spurious interrupts\n",
       23, 8, 991, 12},
      /* s390: classes before the numbers */
      {"           CPU0       CPU1       \n"
       "EXT:       2201       1987\n"
       "I/O:        522         91\n"
       "  3:          8          9  PCI-MSI mlx5_comp0@pci:0000:00:00.0\n"
       "CLK:        100        200   [EXT] Clock Comparator\n",
       3, 1, 8, 9},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct interrupts interrupts = INTERRUPTS_INIT;
    assert_int_equal(parse(&interrupts, rows[i].text, &rows[i].number, 1, NULL),
                     0);
    CHECK(interrupts.table.rows == 1, "row %zu", i);
    assert_int_equal(interrupts.misfits, 0);
    assert_int_equal(count_of(&interrupts.table, rows[i].number, 0),
                     rows[i].first);
    assert_int_equal(
        count_of(&interrupts.table, rows[i].number, rows[i].last_cpu),
        rows[i].last);
    interrupts_free(&interrupts);
  }
}

static void rows_that_do_not_match_the_header_are_left_out(void **state) {
  (void)state;
  static const char text[] =
      "           CPU0       CPU1       CPU2       \n"
      "  1:          1          2          3   IO-APIC   1-edge      a\n"
      "  2:          1          2   IO-APIC   2-edge      gone\n"
      "  3:          1          2          3          4   IO-APIC   3-edge  b\n"
      "  4:          1          2 4294967296   IO-APIC   4-edge      c\n"
      "  5:          1          2         3x   IO-APIC   5-edge      d\n"
      "  6:\n"
      "  7:          7          8          9\n";
  static const uint32_t numbers[] = {1, 2, 3, 4, 5, 6, 7};
  struct interrupts interrupts = INTERRUPTS_INIT;
  assert_int_equal(parse(&interrupts, text, numbers, 7, NULL), 0);
  assert_int_equal(interrupts.table.rows, 2);
  assert_int_equal(interrupts.misfits, 5);
  assert_int_equal(count_of(&interrupts.table, 1, 2), 3);
  assert_int_equal(count_of(&interrupts.table, 7, 2), 9);

  /* A malformed row that is not wanted does no harm. */
  assert_int_equal(parse(&interrupts, text, numbers, 1, NULL), 0);
  assert_int_equal(interrupts.misfits, 0);
  interrupts_free(&interrupts);
}

static void the_first_of_two_rows_counts(void **state) {
  (void)state;
  static const char text[] = "           CPU0\n"
                             "  5:          1   x   a\n"
                             "  9:          2   x   b\n"
                             "  5:          3   x   a\n"
                             "  7:          4   x   c\n";
  static const uint32_t numbers[] = {5, 7, 9};
  struct interrupts interrupts = INTERRUPTS_INIT;
  assert_int_equal(parse(&interrupts, text, numbers, 3, NULL), 0);
  assert_int_equal(interrupts.table.rows, 3);
  assert_int_equal(count_of(&interrupts.table, 5, 0), 1);
  assert_int_equal(count_of(&interrupts.table, 7, 0), 4);
  assert_int_equal(count_of(&interrupts.table, 9, 0), 2);
  interrupts_free(&interrupts);
}

static void a_text_without_header_is_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "",
      "\n",
      "  5:          1   x   a\n",
      "CPU0 CPUs\n",
      "CPU0 CPU1 and more\n",
      "CPU1 CPU0\n",
      "CPU1 CPU1\n",
      "CPU 1\n",
      "CPU65536\n",
      "cpu0\n",
  };
  static const char good[] = "CPU4\n 8: 6 x   a\n";
  static const uint32_t number = 8;
  struct interrupts interrupts = INTERRUPTS_INIT;
  assert_int_equal(parse(&interrupts, good, &number, 1, NULL), 0);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scan_error error = {0};
    CHECK(parse(&interrupts, rows[i], &number, 1, &error) == -EBADMSG,
          "row %zu", i);
    CHECK(error.line == 1 && error.expected != NULL, "row %zu", i);
    assert_int_equal(count_of(&interrupts.table, 8, 4), 6);
  }
  interrupts_free(&interrupts);
}

/* Compares both parsers: of a cell in the usual format, and of one that a
 * further blank has moved. */
static void both_parsers_of_a_cell_agree(void **state) {
  (void)state;
  static const char characters[] = "0123456789          !/:x-\t\xb0";
  static const uint32_t number = 1;
  struct random random = {.state = 20};
  unsigned taken = 0, refused = 0;
  for (int i = 0; i < 200000; ++i) {
    char cell[12] = " ", straight[64], moved[64];
    if (i % 2 == 0) {
      uint64_t value = random_next(&random) >> (30 + random_next(&random) % 34);
      snprintf(cell, sizeof(cell), " %10llu",
               (unsigned long long)(value % 10000000000));
    } else {
      for (size_t j = 1; j < 11; ++j)
        cell[j] = characters[random_next(&random) % (sizeof(characters) - 1)];
    }
    if (i % 8 == 0)
      cell[1 + random_next(&random) % 10] =
          characters[random_next(&random) % (sizeof(characters) - 1)];
    snprintf(straight, sizeof(straight), "CPU5\n 1:%s chip  a\n", cell);
    snprintf(moved, sizeof(moved), "CPU5\n 1: %s chip  a\n", cell);
    struct interrupts one = INTERRUPTS_INIT, other = INTERRUPTS_INIT;
    assert_int_equal(parse(&one, straight, &number, 1, NULL), 0);
    assert_int_equal(parse(&other, moved, &number, 1, NULL), 0);
    CHECK(one.table.rows == other.table.rows, "\"%s\"", cell);
    if (one.table.rows == 1) {
      CHECK(one.table.counts[0] == other.table.counts[0], "\"%s\": %u", cell,
            one.table.counts[0]);
      CHECK(one.table.counts[0] == strtoull(cell, NULL, 10), "\"%s\": %u", cell,
            one.table.counts[0]);
      ++taken;
    } else {
      ++refused;
    }
    interrupts_free(&one);
    interrupts_free(&other);
  }
  assert_true(taken > 50000);
  assert_true(refused > 50000);
}

static void large_tables(void **state) {
  (void)state;
  static const struct {
    uint32_t cpus, step, rows;
  } sizes[] = {{256, 1, 2000}, {512, 1, 100}, {64, 2, 3}, {1, 1, 1}};
  for (size_t i = 0; i < COUNT_OF(sizes); ++i) {
    struct irq_text text =
        irq_tree_table(sizes[i].cpus, sizes[i].step, 30, sizes[i].rows);
    struct interrupts interrupts = INTERRUPTS_INIT;
    uint32_t numbers[64];
    for (uint32_t j = 0; j < 64; ++j)
      numbers[j] = 30 + j * 31;
    assert_int_equal(parse(&interrupts, text.text, numbers, 64, NULL), 0);
    assert_int_equal(interrupts.table.columns, sizes[i].cpus);
    assert_int_equal(interrupts.table.rows, (sizes[i].rows + 30) / 31 < 64
                                                ? (sizes[i].rows + 30) / 31
                                                : 64);
    for (size_t j = 0; j < interrupts.table.rows; ++j)
      for (size_t k = 0; k < interrupts.table.columns; ++k)
        if (irq_table_counts(&interrupts.table, j)[k] !=
            irq_tree_count(interrupts.table.numbers[j],
                           interrupts.table.cpus[k]))
          fail_msg("row %zu column %zu", j, k);
    interrupts_free(&interrupts);
    irq_text_free(&text);
  }
}

struct names {
  char text[2000];
  int stop_at;
};

static int take_names(uint32_t number, struct scan names, void *data) {
  struct names *all = data;
  if ((int)number == all->stop_at)
    return -ECANCELED;
  size_t length = strlen(all->text);
  snprintf(all->text + length, sizeof(all->text) - length, "%u=%.*s|", number,
           (int)(names.end - names.at), names.at);
  return 0;
}

static void names_are_listed(void **state) {
  (void)state;
  static const struct {
    const char *text, *names;
  } rows[] = {
      {x86, "0=timer|9=acpi, eth9|24=eth0-TxRx-0|120=my card, the second|"},
      /* No handler: only kernels up to 6.10 show such rows. */
      {"  CPU0\n  5:   3   IO-APIC   5-edge    \n  6:  4  None\n  7:   8\n"
       "ERR:   9\n",
       "5=|6=None|7=|"},
      {"  CPU0\n 52:  77   ITS-MSI   1 Edge      a b-0@pci:0000:00\n",
       "52=a b-0@pci:0000:00|"},
      {"", ""},
      {"1:", "1=|"},
      {"1:  ", "1=|"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct names names = {.stop_at = -1};
    assert_int_equal(
        interrupts_parse_names(scan_text(rows[i].text, strlen(rows[i].text)),
                               take_names, &names),
        0);
    CHECK(strcmp(names.text, rows[i].names) == 0, "%s", names.text);
  }
  struct names names = {.stop_at = 24};
  assert_int_equal(interrupts_parse_names(scan_text(x86, sizeof(x86) - 1),
                                          take_names, &names),
                   -ECANCELED);
  assert_string_equal(names.text, "0=timer|9=acpi, eth9|");
}

static void files_are_read_without_allocation(void **state) {
  (void)state;
  static const uint32_t numbers[] = {9, 24};
  struct temp_tree tree;
  struct sysroot root;
  struct interrupts interrupts = INTERRUPTS_INIT;
  root_tree_open(&tree, &root);
  assert_int_equal(interrupts_read(&root, &interrupts, numbers, 2, NULL),
                   -ENOENT);
  temp_tree_write(&tree, "proc/interrupts", x86);
  for (int i = 0; i < 2; ++i)
    assert_int_equal(interrupts_read(&root, &interrupts, numbers, 2, NULL), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += interrupts_read(&root, &interrupts, numbers, 2, NULL) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  assert_int_equal(interrupts.table.rows, 2);

  /* Columns that never match: the rows that do are kept. */
  temp_tree_write(&tree, "proc/interrupts",
                  "CPU0 CPU2\n 9: 1 x   a\n 24: 1 5 x   b\n");
  assert_int_equal(interrupts_read(&root, &interrupts, numbers, 2, NULL), 0);
  assert_int_equal(interrupts.misfits, 1);
  assert_int_equal(interrupts.table.rows, 1);
  assert_int_equal(count_of(&interrupts.table, 24, 2), 5);

  struct names names = {.stop_at = -1};
  assert_int_equal(interrupts_names(&root, &interrupts, take_names, &names), 0);
  assert_string_equal(names.text, "9=a|24=b|");
  temp_tree_write(&tree, "proc/interrupts", "nothing\n");
  assert_int_equal(interrupts_read(&root, &interrupts, numbers, 2, NULL),
                   -EBADMSG);
  assert_int_equal(interrupts.table.rows, 1);
  interrupts_free(&interrupts);
  assert_int_equal(interrupts.table.rows, 0);
  root_tree_close(&tree, &root);
}

static int remember_number(uint32_t number, struct scan names, void *data) {
  (void)names;
  *(uint32_t *)data = number;
  return 0;
}

/* Rows behind the last wanted one are not read, as long as all are found. */
static void reads_stop_behind_the_last_wanted_row(void **state) {
  (void)state;
  static const uint32_t early[] = {31, 35}, late[] = {31, 2020};
  static const uint32_t absent[] = {31, 5000};
  struct temp_tree tree;
  struct sysroot root;
  struct interrupts interrupts = INTERRUPTS_INIT;
  struct irq_text text = irq_tree_table(16, 1, 30, 2000);
  root_tree_open(&tree, &root);
  temp_tree_write_bytes(&tree, "proc/interrupts", text.text, text.length);
  for (int i = 0; i < 4; ++i) {
    assert_int_equal(interrupts_read(&root, &interrupts, early, 2, NULL), 0);
    assert_int_equal(interrupts.table.rows, 2);
    assert_int_equal(irq_table_counts(&interrupts.table, 1)[15],
                     irq_tree_count(35, 15));
    CHECK((interrupts.file.length < text.length / 10) == (i > 0), "read %d", i);
  }
  /* A wanted row moves to the end, or is absent. */
  for (int i = 0; i < 2; ++i) {
    assert_int_equal(interrupts_read(&root, &interrupts, late, 2, NULL), 0);
    assert_int_equal(interrupts.table.rows, 2);
    assert_int_equal(irq_table_counts(&interrupts.table, 1)[0],
                     irq_tree_count(2020, 0));
    assert_int_equal(interrupts_read(&root, &interrupts, early, 2, NULL), 0);
    assert_int_equal(interrupts_read(&root, &interrupts, absent, 2, NULL), 0);
    assert_int_equal(interrupts.table.rows, 1);
    assert_int_equal(interrupts.file.length, text.length);
  }
  /* The table shrinks to less than the limit. */
  assert_int_equal(interrupts_read(&root, &interrupts, early, 2, NULL), 0);
  irq_text_free(&text);
  text = irq_tree_table(16, 1, 34, 2);
  temp_tree_write_bytes(&tree, "proc/interrupts", text.text, text.length);
  assert_int_equal(interrupts_read(&root, &interrupts, early, 2, NULL), 0);
  assert_int_equal(interrupts.table.rows, 1);
  assert_int_equal(interrupts.table.numbers[0], 35);
  irq_text_free(&text);
  interrupts_free(&interrupts);
  root_tree_close(&tree, &root);
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct sysroot root;
  struct interrupts interrupts = INTERRUPTS_INIT;
  uint32_t last = UINT32_MAX;
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  int r = interrupts_names(&root, &interrupts, remember_number, &last);
  if (r < 0 || last == UINT32_MAX) {
    interrupts_free(&interrupts);
    sysroot_free(&root);
    skip();
  }
  assert_int_equal(interrupts_read(&root, &interrupts, &last, 1, NULL), 0);
  assert_int_equal(interrupts.table.rows, 1);
  assert_true(interrupts.file.is_open);
  interrupts_free(&interrupts);
  sysroot_free(&root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wanted_rows_are_taken),
      cmocka_unit_test(other_architectures),
      cmocka_unit_test(rows_that_do_not_match_the_header_are_left_out),
      cmocka_unit_test(the_first_of_two_rows_counts),
      cmocka_unit_test(a_text_without_header_is_refused),
      cmocka_unit_test(both_parsers_of_a_cell_agree),
      cmocka_unit_test(large_tables),
      cmocka_unit_test(names_are_listed),
      cmocka_unit_test(files_are_read_without_allocation),
      cmocka_unit_test(reads_stop_behind_the_last_wanted_row),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
