/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "fixture.h"
#include "softnet_stat.h"
#include "temp_tree.h"

/* A reader of a fixture or of a temporary tree. */
struct reader {
  struct sysroot root;
  struct softnet_stat stat;
};

static void reader_open(struct reader *reader, const char *tree) {
  char proc[600], sys[600];
  snprintf(proc, sizeof(proc), "%s/proc", tree);
  snprintf(sys, sizeof(sys), "%s/sys", tree);
  assert_int_equal(sysroot_init(&reader->root, proc, sys), 0);
  reader->stat = SOFTNET_STAT_INIT;
}

static void reader_open_fixture(struct reader *reader, const char *name) {
  char fixture[128], tree[512];
  snprintf(fixture, sizeof(fixture), "softnet/%s", name);
  fixture_path(fixture, tree, sizeof(tree));
  reader_open(reader, tree);
}

static int reader_read(struct reader *reader) {
  return softnet_stat_read(&reader->root, &reader->stat, NULL);
}

static void reader_close(struct reader *reader) {
  softnet_stat_free(&reader->stat);
  sysroot_free(&reader->root);
}

static void every_format_is_read(void **state) {
  (void)state;
  static const unsigned formats[] = {9, 10, 11, 13, 15};
  for (size_t i = 0; i < COUNT_OF(formats); ++i) {
    unsigned columns = formats[i];
    char name[32];
    struct reader reader;
    snprintf(name, sizeof(name), "columns-%u", columns);
    reader_open_fixture(&reader, name);
    CHECK(reader_read(&reader) == 0, "%s", name);
    CHECK(reader.stat.columns == columns, "%s: %u columns", name,
          reader.stat.columns);
    assert_int_equal(reader.stat.count, 2);

    const struct softnet_cpu *cpu = reader.stat.cpus;
    assert_int_equal(cpu[0].cpu, 0);
    assert_int_equal(cpu[0].processed, 0x1c8a2);
    assert_int_equal(cpu[0].dropped, 3);
    assert_int_equal(cpu[0].time_squeeze, 0x11);
    assert_int_equal(cpu[1].cpu, 1);
    assert_int_equal(cpu[1].processed, 0xfedcba98);
    assert_int_equal(cpu[1].dropped, 0x1234);
    assert_int_equal(cpu[1].time_squeeze, 0x80000001);
    if (columns >= SOFTNET_COLUMNS_RPS) {
      assert_int_equal(cpu[0].received_rps, 0x2f);
      assert_int_equal(cpu[1].received_rps, 0xffffffff);
    }
    if (columns >= SOFTNET_COLUMNS_FLOW_LIMIT) {
      assert_int_equal(cpu[0].flow_limited, 1);
      assert_int_equal(cpu[1].flow_limited, 0x10);
    }
    if (columns >= SOFTNET_COLUMNS_BACKLOG) {
      assert_int_equal(cpu[0].backlog, 3);
      assert_int_equal(cpu[1].backlog, 5);
    }
    if (columns >= SOFTNET_COLUMNS_QUEUES) {
      assert_int_equal(cpu[0].input, 2);
      assert_int_equal(cpu[0].process, 1);
      assert_int_equal(cpu[1].input, 0);
      assert_int_equal(cpu[1].process, 5);
    }
    reader_close(&reader);
  }
}

static void one_cpu(void **state) {
  (void)state;
  struct reader reader;
  reader_open_fixture(&reader, "cpus-1");
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.count, 1);
  assert_int_equal(reader.stat.cpus[0].cpu, 0);
  assert_int_equal(reader.stat.cpus[0].processed, 0x2ab59);
  reader_close(&reader);
}

static void many_cpus(void **state) {
  (void)state;
  struct reader reader;
  reader_open_fixture(&reader, "cpus-256");
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.count, 256);
  for (uint32_t i = 0; i < 256; ++i) {
    const struct softnet_cpu *cpu = &reader.stat.cpus[i];
    assert_int_equal(cpu->cpu, i);
    assert_int_equal(cpu->processed, 1000003 * (i + 1));
    assert_int_equal(cpu->dropped, 7 * i);
    assert_int_equal(cpu->time_squeeze, 3 * i);
    assert_int_equal(cpu->received_rps, i * i);
    assert_int_equal(cpu->flow_limited, i);
    assert_int_equal(cpu->backlog, i % 5 + i % 3);
    assert_int_equal(cpu->input, i % 5);
    assert_int_equal(cpu->process, i % 3);
  }
  reader_close(&reader);
}

static void rows_belong_to_online_cpus(void **state) {
  (void)state;
  static const char *const names[] = {"offline-11", "offline-13", "offline-15"};
  static const uint32_t cpus[] = {0, 2, 3};
  for (size_t i = 0; i < COUNT_OF(names); ++i) {
    struct reader reader;
    reader_open_fixture(&reader, names[i]);
    CHECK(reader_read(&reader) == 0, "%s", names[i]);
    CHECK(reader.stat.count == 3, "%s", names[i]);
    for (size_t j = 0; j < 3; ++j) {
      CHECK(reader.stat.cpus[j].cpu == cpus[j], "%s: row %zu is CPU %u",
            names[i], j, reader.stat.cpus[j].cpu);
      assert_int_equal(reader.stat.cpus[j].processed, 1000 * (cpus[j] + 1));
      assert_int_equal(reader.stat.cpus[j].dropped, 10 * (cpus[j] + 1));
    }
    reader_close(&reader);
  }
}

static void without_a_list_rows_are_numbered(void **state) {
  (void)state;
  static const char *const lists[] = {NULL, "nonsense\n"};
  for (size_t i = 0; i < COUNT_OF(lists); ++i) {
    struct temp_tree tree;
    struct reader reader;
    size_t length;
    char *table =
        fixture_read("softnet/offline-11/proc/net/softnet_stat", &length);
    temp_tree_make(&tree);
    temp_tree_write(&tree, "proc/net/softnet_stat", table);
    if (lists[i] != NULL)
      temp_tree_write(&tree, "sys/devices/system/cpu/online", lists[i]);
    reader_open(&reader, tree.root);
    CHECK(reader_read(&reader) == 0, "row %zu", i);
    assert_int_equal(reader.stat.count, 3);
    for (uint32_t j = 0; j < 3; ++j)
      assert_int_equal(reader.stat.cpus[j].cpu, j);
    reader_close(&reader);
    temp_tree_remove(&tree);
    free(table);
  }
}

static void a_list_that_no_longer_matches_is_refused_once(void **state) {
  (void)state;
  struct temp_tree tree;
  struct reader reader;
  size_t length;
  char *table =
      fixture_read("softnet/offline-11/proc/net/softnet_stat", &length);
  temp_tree_make(&tree);
  temp_tree_write(&tree, "proc/net/softnet_stat", table);
  temp_tree_write(&tree, "sys/devices/system/cpu/online", "0,2-3\n");
  reader_open(&reader, tree.root);
  assert_int_equal(reader_read(&reader), 0);
  static const char *const lists[] = {"0-3\n", "0,2\n"};
  for (size_t i = 0; i < COUNT_OF(lists); ++i) {
    temp_tree_write(&tree, "sys/devices/system/cpu/online", lists[i]);
    CHECK(reader_read(&reader) == -EAGAIN, "row %zu", i);
    assert_int_equal(reader.stat.count, 3);
    assert_int_equal(reader.stat.cpus[1].cpu, 2);
    assert_int_equal(reader.stat.cpus[1].processed, 3000);
    CHECK(reader_read(&reader) == 0, "row %zu", i);
    assert_int_equal(reader.stat.cpus[1].cpu, 1);
    temp_tree_write(&tree, "sys/devices/system/cpu/online", "0,2-3\n");
    assert_int_equal(reader_read(&reader), 0);
    assert_int_equal(reader.stat.cpus[1].cpu, 2);
  }
  temp_tree_write(&tree, "sys/devices/system/cpu/online", "1-3\n");
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.cpus[0].cpu, 1);
  temp_tree_write(&tree, "sys/devices/system/cpu/online", "\n");
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.cpus[0].cpu, 0);
  reader_close(&reader);
  temp_tree_remove(&tree);
  free(table);
}

static const char eleven_columns[] =
    "0000a000 0 0 0 0 0 0 0 0 0 0\n0000a001 0 0 0 0 0 0 0 0 0 0\n"
    "0000a002 0 0 0 0 0 0 0 0 0 0\n0000a003 0 0 0 0 0 0 0 0 0 0\n";

/* lxcfs shows a container the CPUs of its share. */
static void rows_that_match_no_list_are_numbered(void **state) {
  (void)state;
  struct temp_tree tree;
  struct reader reader;
  struct cpulist online = {0};
  temp_tree_make(&tree);
  temp_tree_write(&tree, "proc/net/softnet_stat", eleven_columns);
  temp_tree_write(&tree, "sys/devices/system/cpu/online", "0-1\n");
  reader_open(&reader, tree.root);
  for (int i = 0; i < 3; ++i) {
    assert_int_equal(reader_read(&reader), 0);
    assert_int_equal(reader.stat.count, 4);
    assert_int_equal(reader.stat.cpus[3].cpu, 3);
    assert_int_equal(reader.stat.cpus[3].processed, 0xa003);
    assert_true(reader.stat.are_numbered);
    assert_int_equal(softnet_stat_online(&reader.stat, &online), 0);
    assert_int_equal(online.count, 0);
  }
  cpulist_free(&online);
  reader_close(&reader);
  temp_tree_remove(&tree);
}

static void rows_are_the_online_cpus(void **state) {
  (void)state;
  static const struct {
    const char *table, *list;
    uint32_t last;
  } rows[] = {
      {eleven_columns, "1-3,9\n", 9},
      {"1 0 0 0 0 0 0 0 0 0 0 0 00000002\n"
       "1 0 0 0 0 0 0 0 0 0 0 0 00000007\n",
       "0-1\n", 7},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct temp_tree tree;
    struct reader reader;
    struct cpulist online = {0};
    temp_tree_make(&tree);
    temp_tree_write(&tree, "proc/net/softnet_stat", rows[i].table);
    temp_tree_write(&tree, "sys/devices/system/cpu/online", rows[i].list);
    reader_open(&reader, tree.root);
    assert_int_equal(reader_read(&reader), 0);
    assert_int_equal(softnet_stat_online(&reader.stat, &online), 0);
    CHECK(online.count == reader.stat.count, "row %zu", i);
    CHECK(cpulist_has(&online, rows[i].last), "row %zu", i);
    cpulist_free(&online);
    reader_close(&reader);
    temp_tree_remove(&tree);
  }
}

static void rows_that_name_their_cpu_need_no_list(void **state) {
  (void)state;
  struct temp_tree tree;
  struct reader reader;
  size_t length;
  char *table =
      fixture_read("softnet/offline-13/proc/net/softnet_stat", &length);
  temp_tree_make(&tree);
  temp_tree_write(&tree, "proc/net/softnet_stat", table);
  temp_tree_write(&tree, "sys/devices/system/cpu/online", "0-9\n");
  reader_open(&reader, tree.root);
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.count, 3);
  assert_int_equal(reader.stat.cpus[2].cpu, 3);
  reader_close(&reader);
  temp_tree_remove(&tree);
  free(table);
}

static void malformed_tables_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *fixture;
    size_t line;
  } rows[] = {
      {"not-hex", 2}, {"short-row", 2},    {"sixteen-digits", 2}, {"empty", 1},
      {"nul", 2},     {"mixed-widths", 2}, {"same-cpu-twice", 2},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char name[64];
    struct reader reader;
    struct scan_error error = {0};
    snprintf(name, sizeof(name), "hostile/%s", rows[i].fixture);
    reader_open_fixture(&reader, name);
    int result = softnet_stat_read(&reader.root, &reader.stat, &error);
    CHECK(result == -EBADMSG, "%s: %d", name, result);
    CHECK(error.line == rows[i].line, "%s: line %zu", name, error.line);
    CHECK(error.expected != NULL && error.expected[0] != '\0', "%s", name);
    CHECK(reader_read(&reader) == -EBADMSG, "%s", name);
    CHECK(reader.stat.count == 0, "%s", name);
    reader_close(&reader);
  }
}

static void the_last_row_need_not_end(void **state) {
  (void)state;
  struct reader reader;
  reader_open_fixture(&reader, "hostile/no-final-newline");
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.count, 2);
  assert_int_equal(reader.stat.cpus[1].processed, 2000);
  reader_close(&reader);
}

static int parse(struct softnet_stat *stat, const char *text, size_t length,
                 const struct cpulist *online, struct scan_error *error) {
  char *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, text, length);
  int result =
      softnet_stat_parse(scan_text(exact, length), online, stat, error);
  free(exact);
  return result;
}

static void a_very_long_line_is_survived(void **state) {
  (void)state;
  enum { LENGTH = 1 << 20 };
  struct softnet_stat stat = SOFTNET_STAT_INIT;
  char *line = malloc(LENGTH);
  assert_non_null(line);
  static const char fillers[] = "0 f\tx";
  for (size_t i = 0; fillers[i] != '\0'; ++i) {
    struct scan_error error = {0};
    memset(line, fillers[i], LENGTH);
    CHECK(parse(&stat, line, LENGTH, NULL, &error) == -EBADMSG, "'%c'",
          fillers[i]);
    assert_int_equal(error.line, 1);
    assert_true(strnlen(error.found, sizeof(error.found)) <
                sizeof(error.found));
  }

  for (size_t i = 0; i < LENGTH; ++i)
    line[i] = i % 9 == 8 ? ' ' : '0';
  line[LENGTH - 1] = '\n';
  assert_int_equal(parse(&stat, line, LENGTH, NULL, NULL), 0);
  assert_int_equal(stat.count, 1);
  softnet_stat_free(&stat);
  free(line);
}

static void further_columns_are_ignored_but_must_be_numbers(void **state) {
  (void)state;
  struct softnet_stat stat = SOFTNET_STAT_INIT;
  static const char more[] = "1 2 3 0 0 0 0 0 0 a b c 5 e f 11 12 13\n";
  static const char worse[] = "1 2 3 0 0 0 0 0 0 a b c 5 e f 11 12 x\n";
  assert_int_equal(parse(&stat, more, strlen(more), NULL, NULL), 0);
  assert_int_equal(stat.count, 1);
  assert_int_equal(stat.cpus[0].cpu, 5);
  assert_int_equal(stat.cpus[0].process, 0xf);
  assert_true(stat.columns >= SOFTNET_COLUMNS_QUEUES);
  assert_int_equal(parse(&stat, worse, strlen(worse), NULL, NULL), -EBADMSG);
  softnet_stat_free(&stat);
}

static void after_a_fault_the_last_table_stays(void **state) {
  (void)state;
  struct softnet_stat stat = SOFTNET_STAT_INIT;
  static const char good[] = "1 2 3 0 0 0 0 0 0\n4 5 6 0 0 0 0 0 0\n";
  static const char bad[] = "7 8 9 0 0 0 0 0 0\n7 8 9 0 0 0 0 0 0\nx\n";
  assert_int_equal(parse(&stat, good, strlen(good), NULL, NULL), 0);
  struct scan_error error = {0};
  assert_int_equal(parse(&stat, bad, strlen(bad), NULL, &error), -EBADMSG);
  assert_int_equal(error.line, 3);
  assert_string_equal(error.found, "x");
  assert_int_equal(stat.count, 2);
  assert_int_equal(stat.columns, 9);
  assert_int_equal(stat.cpus[0].processed, 1);
  assert_int_equal(stat.cpus[1].time_squeeze, 6);
  softnet_stat_free(&stat);
}

static void the_table_grows_and_shrinks(void **state) {
  (void)state;
  static const char *const names[] = {"columns-15", "cpus-256", "cpus-1",
                                      "cpus-256", "offline-15"};
  static const size_t counts[] = {2, 256, 1, 256, 3};
  struct softnet_stat stat = SOFTNET_STAT_INIT;
  for (size_t i = 0; i < COUNT_OF(names); ++i) {
    char name[128];
    size_t length;
    snprintf(name, sizeof(name), "softnet/%s/proc/net/softnet_stat", names[i]);
    char *table = fixture_read(name, &length);
    assert_int_equal(parse(&stat, table, length, NULL, NULL), 0);
    assert_int_equal(stat.count, counts[i]);
    free(table);
  }
  softnet_stat_free(&stat);
}

static void a_kernel_without_the_file(void **state) {
  (void)state;
  struct temp_tree tree;
  struct reader reader;
  temp_tree_make(&tree);
  reader_open(&reader, tree.root);
  assert_int_equal(reader_read(&reader), -ENOENT);
  assert_int_equal(reader.stat.count, 0);
  reader_close(&reader);
  temp_tree_remove(&tree);
}

static void a_freed_table_can_be_read_again(void **state) {
  (void)state;
  struct reader reader;
  reader_open_fixture(&reader, "offline-11");
  assert_int_equal(reader_read(&reader), 0);
  softnet_stat_free(&reader.stat);
  assert_int_equal(reader.stat.count, 0);
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.count, 3);
  reader_close(&reader);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  static const char *const names[] = {"cpus-256", "offline-11"};
  for (size_t i = 0; i < COUNT_OF(names); ++i) {
    struct reader reader;
    reader_open_fixture(&reader, names[i]);
    for (int j = 0; j < 2; ++j)
      assert_int_equal(reader_read(&reader), 0);
    size_t before = allocations_count();
    int failed = 0;
    for (int j = 0; j < 100; ++j)
      failed += reader_read(&reader) != 0;
    assert_int_equal(allocations_count(), before);
    assert_int_equal(failed, 0);
    reader_close(&reader);
  }
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct reader reader;
  assert_int_equal(sysroot_init(&reader.root, NULL, NULL), 0);
  reader.stat = SOFTNET_STAT_INIT;
  int result = reader_read(&reader);
  if (result == -ENOENT) {
    reader_close(&reader);
    skip();
  }
  assert_int_equal(result, 0);
  assert_true(reader.stat.count > 0);
  uint32_t processed = reader.stat.cpus[0].processed;
  int fd = reader.stat.table.fd;
  assert_true(fd >= 0);
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.table.fd, fd);
  /* The difference is right also if the counter wrapped between both reads. */
  assert_true(reader.stat.cpus[0].processed - processed < UINT32_MAX / 2);
  reader_close(&reader);
}

static void recordings_are_readable(void **state) {
  (void)state;
  char fixtures[512], command[1200];
  struct temp_tree tree;
  struct reader reader;
  fixture_path(".", fixtures, sizeof(fixtures));
  temp_tree_make(&tree);
  snprintf(command, sizeof(command), "'%s/../record.sh' '%s/recorded' >&2",
           fixtures, tree.root);
  assert_int_equal(system(command), 0);

  char path[600];
  snprintf(path, sizeof(path), "%s/recorded", tree.root);
  reader_open(&reader, path);
  int result = reader_read(&reader);
  assert_int_equal(result, 0);
  assert_true(reader.stat.count > 0);
  reader_close(&reader);

  /* Only these files: none names the host. */
  char origin[200], version[32], machine[32], cpus[100], rest;
  snprintf(path, sizeof(path), "%s/recorded/ORIGIN", tree.root);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(origin, sizeof(origin), file));
  assert_int_equal(fgetc(file), EOF);
  fclose(file);
  CHECK(sscanf(origin,
               "recorded from Linux %31[0-9.] on %31[a-z0-9_], CPUs online: "
               "%99[0-9,-] %c",
               version, machine, cpus, &rest) == 3,
        "%s", origin);
  temp_tree_remove(&tree);
}

static void fixtures_of_recorded_hosts_are_read(void **state) {
  (void)state;
  struct reader reader;
  reader_open_fixture(&reader, "linux-6.18-x86_64");
  assert_int_equal(reader_read(&reader), 0);
  assert_int_equal(reader.stat.columns, 15);
  assert_int_equal(reader.stat.count, 2);
  assert_int_equal(reader.stat.cpus[0].cpu, 0);
  assert_int_equal(reader.stat.cpus[1].cpu, 1);
  reader_close(&reader);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_is_read),
      cmocka_unit_test(one_cpu),
      cmocka_unit_test(many_cpus),
      cmocka_unit_test(rows_belong_to_online_cpus),
      cmocka_unit_test(without_a_list_rows_are_numbered),
      cmocka_unit_test(a_list_that_no_longer_matches_is_refused_once),
      cmocka_unit_test(rows_that_match_no_list_are_numbered),
      cmocka_unit_test(rows_are_the_online_cpus),
      cmocka_unit_test(rows_that_name_their_cpu_need_no_list),
      cmocka_unit_test(malformed_tables_are_refused),
      cmocka_unit_test(the_last_row_need_not_end),
      cmocka_unit_test(a_very_long_line_is_survived),
      cmocka_unit_test(further_columns_are_ignored_but_must_be_numbers),
      cmocka_unit_test(after_a_fault_the_last_table_stays),
      cmocka_unit_test(the_table_grows_and_shrinks),
      cmocka_unit_test(a_kernel_without_the_file),
      cmocka_unit_test(a_freed_table_can_be_read_again),
      cmocka_unit_test(the_steady_state_allocates_nothing),
      cmocka_unit_test(this_kernel_is_read),
      cmocka_unit_test(recordings_are_readable),
      cmocka_unit_test(fixtures_of_recorded_hosts_are_read),
  };
  return cmocka_run_group_tests_name("softnet_stat", tests, NULL, NULL);
}
