/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "irq_tree.h"
#include "root_tree.h"
#include "softirqs.h"

static const char table[] =
    "                    CPU0       CPU1       CPU2       CPU3       \n"
    "          HI:          1          0          0          0\n"
    "       TIMER:     100000     200000     300000          0\n"
    "      NET_TX:         11         12         13          0\n"
    "      NET_RX: 4294967295         22         23          0\n"
    "       BLOCK:          5          6          7          0\n";

static int parse(struct softirqs *softirqs, const char *text,
                 const char *online, struct scan_error *error) {
  struct cpulist list = {0};
  if (online != NULL)
    assert_int_equal(
        cpulist_add(&list, scan_text(online, strlen(online)), NULL), 0);
  size_t length = strlen(text);
  char *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, text, length);
  int r = softirqs_parse(scan_text(exact, length),
                         online != NULL ? &list : NULL, softirqs, error);
  free(exact);
  cpulist_free(&list);
  return r;
}

static void columns_of_online_cpus_are_taken(void **state) {
  (void)state;
  struct softirqs softirqs = SOFTIRQS_INIT;
  assert_int_equal(parse(&softirqs, table, "0,2", NULL), 0);
  assert_int_equal(softirqs.count, 2);
  assert_int_equal(softirqs.cpus[0].cpu, 0);
  assert_int_equal(softirqs.cpus[0].net_tx, 11);
  assert_int_equal(softirqs.cpus[0].net_rx, UINT32_MAX);
  assert_int_equal(softirqs.cpus[1].cpu, 2);
  assert_int_equal(softirqs.cpus[1].net_tx, 13);
  assert_int_equal(softirqs.cpus[1].net_rx, 23);
  assert_int_equal(parse(&softirqs, table, "0-3", NULL), 0);
  assert_int_equal(softirqs.count, 4);
  softirqs_free(&softirqs);
}

static void without_a_list_columns_that_count_are_taken(void **state) {
  (void)state;
  struct softirqs softirqs = SOFTIRQS_INIT;
  assert_int_equal(parse(&softirqs, table, NULL, NULL), 0);
  assert_int_equal(softirqs.count, 3);
  assert_int_equal(softirqs.cpus[2].cpu, 2);
  softirqs_free(&softirqs);
}

static void malformed_tables_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t line;
  } rows[] = {
      {"", 1},
      {"CPU0\n", 1},
      {"CPU0\nNET_RX: 1\n", 1},
      {"CPU0\nNET_TX: 1\n", 1},
      {"\nNET_TX: 1\nNET_RX: 1\n", 1},
      {"CPU0 x\nNET_TX: 1\nNET_RX: 1\n", 1},
      {"CPU1 CPU0\nNET_TX: 1 2\nNET_RX: 1 2\n", 1},
      {"CPU0 CPU1\nNET_TX: 1 2\nNET_RX: 1\n", 3},
      {"CPU0 CPU1\nNET_TX: 1\nNET_RX: 1 2\n", 2},
      {"CPU0\nNET_TX: 1\nTIMER: x\nNET_RX: 1 2\n", 4},
      {"CPU0\nNET_TX: x\nNET_RX: 1\n", 2},
      {"CPU0\nNET_TX: 4294967296\nNET_RX: 1\n", 2},
  };
  struct softirqs softirqs = SOFTIRQS_INIT;
  assert_int_equal(parse(&softirqs, table, "1", NULL), 0);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scan_error error = {0};
    CHECK(parse(&softirqs, rows[i].text, NULL, &error) == -EBADMSG, "row %zu",
          i);
    CHECK(error.line == rows[i].line, "row %zu: line %zu", i, error.line);
    assert_int_equal(softirqs.count, 1);
    assert_int_equal(softirqs.cpus[0].net_rx, 22);
  }
  softirqs_free(&softirqs);
}

static void files_are_read_without_allocation(void **state) {
  (void)state;
  struct temp_tree tree;
  struct sysroot root;
  struct softirqs softirqs = SOFTIRQS_INIT;
  root_tree_open(&tree, &root);
  assert_int_equal(softirqs_read(&root, NULL, &softirqs, NULL), -ENOENT);
  temp_tree_write(&tree, "proc/softirqs", table);
  assert_int_equal(softirqs_read(&root, NULL, &softirqs, NULL), 0);
  assert_int_equal(softirqs.count, 3);
  assert_int_equal(softirqs_read(&root, NULL, &softirqs, NULL), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += softirqs_read(&root, NULL, &softirqs, NULL) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  softirqs_free(&softirqs);
  assert_int_equal(softirqs_read(&root, NULL, &softirqs, NULL), 0);
  assert_int_equal(softirqs.count, 3);
  softirqs_free(&softirqs);
  root_tree_close(&tree, &root);
}

static void wide_tables(void **state) {
  (void)state;
  struct irq_text text = {0};
  static const char *const labels[] = {"", "NET_TX:", "TIMER:", "NET_RX:"};
  for (uint32_t i = 0; i < COUNT_OF(labels); ++i) {
    irq_text_add(&text, "%20s", labels[i]);
    for (uint32_t cpu = 0; cpu < 8192; ++cpu)
      irq_text_add(&text, i == 0 ? "CPU%-8u" : " %10u", i * 10000 + cpu);
    irq_text_add(&text, "\n");
  }
  struct softirqs softirqs = SOFTIRQS_INIT;
  assert_int_equal(parse(&softirqs, text.text, "0-511", NULL), 0);
  assert_int_equal(softirqs.count, 512);
  assert_int_equal(softirqs.cpus[511].cpu, 511);
  assert_int_equal(softirqs.cpus[511].net_tx, 10511);
  assert_int_equal(softirqs.cpus[511].net_rx, 30511);
  softirqs_free(&softirqs);
  irq_text_free(&text);
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct sysroot root;
  struct softirqs softirqs = SOFTIRQS_INIT;
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  int r = softirqs_read(&root, NULL, &softirqs, NULL);
  size_t count = softirqs.count;
  bool is_open = softirqs.table.is_open;
  softirqs_free(&softirqs);
  sysroot_free(&root);
  if (r == -ENOENT)
    skip();
  assert_int_equal(r, 0);
  assert_true(count > 0);
  assert_true(is_open);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_of_online_cpus_are_taken),
      cmocka_unit_test(without_a_list_columns_that_count_are_taken),
      cmocka_unit_test(malformed_tables_are_refused),
      cmocka_unit_test(files_are_read_without_allocation),
      cmocka_unit_test(wide_tables),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
