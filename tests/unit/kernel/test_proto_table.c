/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "fixture.h"
#include "proto_table.h"
#include "root_tree.h"

static const char *const prefixes[] = {"Ip6", "Icmp6", "Udp6", "UdpLite6",
                                       NULL};

static int parse(struct proto_table *table, const char *text) {
  return proto_table_parse(table, scan_text(text, strlen(text)), NULL);
}

/* All counters, as "Udp:InErrors=5 ...". */
static const char *all(const struct proto_table *table) {
  static char text[1024];
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 0; i < table->count && length < sizeof(text); ++i)
    length += (size_t)snprintf(
        text + length, sizeof(text) - length, "%s%s:%s=%" PRId64,
        i > 0 ? " " : "", table->counters[i].protocol, table->counters[i].name,
        (int64_t)table->counters[i].value);
  return text;
}

static const struct proto_counter *
find(const struct proto_table *table, const char *protocol, const char *name) {
  for (size_t i = 0; i < table->count; ++i)
    if (strcmp(table->counters[i].protocol, protocol) == 0 &&
        strcmp(table->counters[i].name, name) == 0)
      return &table->counters[i];
  return NULL;
}

/* Texts for one table, in turn: the resulting counters, and whether names
 * changed. */
static void names_stay_while_the_text_has_them(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int result;
    bool changes;
    const char *counters;
  } steps[] = {
      {"Udp: A B\nUdp: 1 2\n", 0, true, "Udp:A=1 Udp:B=2"},
      {"Udp: A B\nUdp: 3 4\n", 0, false, "Udp:A=3 Udp:B=4"},
      {"Udp: A B\nUdp: 5\n", -EBADMSG, false, "Udp:A=3 Udp:B=4"},
      {"Udp: A C\nUdp: 5 x\n", -EBADMSG, false, "Udp:A=3 Udp:B=4"},
      {"Udp: A B\nUdp: 6 7\n", 0, false, "Udp:A=6 Udp:B=7"},
      {"Udp: B A\nUdp: 8 9\n", 0, true, "Udp:B=8 Udp:A=9"},
      {"Udp: B A X\nUdp: 8 9 1\n", 0, true, "Udp:B=8 Udp:A=9 Udp:X=1"},
      {"Tcp: B A X\nTcp: 8 9 2\n", 0, true, "Tcp:B=8 Tcp:A=9 Tcp:X=2"},
      {"Tcp: B A XY\nTcp: 8 9 3\n", 0, true, "Tcp:B=8 Tcp:A=9 Tcp:XY=3"},
      {"Tcp: B A\nTcp: 8 9\nUdp: X\nUdp: 4\n", 0, true,
       "Tcp:B=8 Tcp:A=9 Udp:X=4"},
      {"", 0, true, ""},
      {"", 0, false, ""},
      {"Tcp: A\nTcp: -1\n", 0, true, "Tcp:A=-1"},
      {"Tcp: A\nTcp: 9223372036854775807\n", 0, false,
       "Tcp:A=9223372036854775807"},
      {"Tcp: A\nTcp: 18446744073709551615\n", 0, false, "Tcp:A=-1"},
      {"Tcp: A\nTcp: 18446744073709551616\n", -EBADMSG, false, "Tcp:A=-1"},
      {"Tcp: A\nTcp: 00000000000000000000000000000007\n", 0, false, "Tcp:A=7"},
      {"Tcp: A\nTcp: -9223372036854775808\n", 0, false,
       "Tcp:A=-9223372036854775808"},
      {"Tcp: A\nTcp: -9223372036854775809\n", -EBADMSG, false,
       "Tcp:A=-9223372036854775808"},
      {"Tcp: A\nTcp: -\n", -EBADMSG, false, "Tcp:A=-9223372036854775808"},
      {"Tcp: A\nTcp: 7x\n", -EBADMSG, false, "Tcp:A=-9223372036854775808"},
      {"Tcp: A\nTcp: 7", 0, false, "Tcp:A=7"},
      {"Tcp:  A\nTcp:\t8 ", 0, false, "Tcp:A=8"},
      {"Tcp:  A\nTcp:\t9 1", -EBADMSG, false, "Tcp:A=8"},
  };
  struct proto_table table = PROTO_TABLE("none", PROTO_PAIRS, NULL);
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    unsigned generation = table.generation;
    int r = parse(&table, steps[i].text);
    CHECK(r == steps[i].result && strcmp(all(&table), steps[i].counters) == 0,
          "step %zu: %d, %s", i, r, all(&table));
    CHECK((table.generation != generation) == steps[i].changes,
          "step %zu: %u to %u", i, generation, table.generation);
  }
  proto_table_free(&table);
}

/* A text that differs only in its numbers is not parsed as a whole. */
static void known_names_need_no_parser(void **state) {
  (void)state;
  static const struct {
    enum proto_layout layout;
    const char *texts[2];
    const char *counters;
  } tables[] = {
      {PROTO_PAIRS,
       {"Udp: A B\nUdp: 1 2\nTcp: A\nTcp: 3\n",
        "Udp: A B\nUdp: 10 -2\nTcp: A\nTcp: 0\n"},
       "Udp:A=10 Udp:B=-2 Tcp:A=0"},
      {PROTO_LINES,
       {"Ip6A  \t1\nIp6B 2\n", "Ip6A  \t30\nIp6B 4\n"},
       "Ip6:A=30 Ip6:B=4"},
      {PROTO_FIELDS,
       {"TCP: a 1 b 2\nUDP: c 3\n", "TCP: a 4 b 50\nUDP: c 6\n"},
       "TCP:a=4 TCP:b=50 UDP:c=6"},
  };
  for (size_t i = 0; i < COUNT_OF(tables); ++i) {
    struct proto_table table = PROTO_TABLE("none", tables[i].layout, prefixes);
    assert_int_equal(parse(&table, tables[i].texts[0]), 0);
    for (size_t j = 0; j < table.text.count; ++j)
      table.text.found[j].value = 99;
    assert_int_equal(parse(&table, tables[i].texts[1]), 0);
    assert_string_equal(all(&table), tables[i].counters);
    for (size_t j = 0; j < table.text.count; ++j)
      CHECK(table.text.found[j].value == 99, "layout %zu was parsed", i);
    proto_table_free(&table);
  }
}

static void the_first_of_two_equal_names_counts(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool changes;
    const char *counters;
  } steps[] = {
      {"Udp: A B A\nUdp: 1 2 3\n", true, "Udp:A=1 Udp:B=2"},
      {"Udp: A B A\nUdp: 4 5 6\n", false, "Udp:A=4 Udp:B=5"},
      /* The same number of columns, one of them new. */
      {"Udp: A B C\nUdp: 7 8 9\n", true, "Udp:A=7 Udp:B=8 Udp:C=9"},
      {"Udp: A B B\nUdp: 1 2 3\n", true, "Udp:A=1 Udp:B=2"},
      {"Udp: A A A\nUdp: 1 2 3\n", true, "Udp:A=1"},
      {"Udp: A\nUdp: 1\nTcp: A\nTcp: 2\nUdp: A B\nUdp: 3 4\n", true,
       "Udp:A=1 Tcp:A=2 Udp:B=4"},
  };
  struct proto_table table = PROTO_TABLE("none", PROTO_PAIRS, NULL);
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    unsigned generation = table.generation;
    CHECK(parse(&table, steps[i].text) == 0 &&
              strcmp(all(&table), steps[i].counters) == 0,
          "step %zu: %s", i, all(&table));
    CHECK((table.generation != generation) == steps[i].changes, "step %zu", i);
  }
  proto_table_free(&table);
}

static void protocol_and_name_are_separate(void **state) {
  (void)state;
  /* The same letters, split elsewhere. */
  struct proto_table table = PROTO_TABLE("none", PROTO_PAIRS, NULL);
  assert_int_equal(parse(&table, "AB: C\nAB: 1\nA: BC\nA: 2\n"), 0);
  assert_string_equal(all(&table), "AB:C=1 A:BC=2");
  proto_table_free(&table);
}

static void a_name_with_a_nul_is_refused(void **state) {
  (void)state;
  static const char text[] = "Udp: A\nUdp: 1\nTcp: B\0C\nTcp: 2\n";
  struct proto_table table = PROTO_TABLE("none", PROTO_PAIRS, NULL);
  struct scan_error error = {.expected = NULL};
  assert_int_equal(parse(&table, "Udp: A\nUdp: 5\n"), 0);
  assert_int_equal(
      proto_table_parse(&table, scan_text(text, sizeof(text) - 1), &error),
      -EBADMSG);
  assert_int_equal(error.line, 3);
  assert_string_equal(all(&table), "Udp:A=5");
  proto_table_free(&table);
}

static void names_outlive_the_text(void **state) {
  (void)state;
  struct proto_table table = PROTO_TABLE("none", PROTO_LINES, prefixes);
  char text[] = "Udp6InErrors 5\nOther 6\n";
  assert_int_equal(parse(&table, text), 0);
  memset(text, 'x', sizeof(text) - 1);
  assert_string_equal(all(&table), "Udp6:InErrors=5 :Other=6");
  proto_table_free(&table);
}

static void known_names_allocate_nothing(void **state) {
  (void)state;
  struct proto_table table = PROTO_TABLE("none", PROTO_PAIRS, NULL);
  assert_int_equal(parse(&table, "Udp: A B A\nUdp: 1 2 3\n"), 0);
  size_t allocations = allocations_count();
  for (int i = 0; i < 100; ++i)
    assert_int_equal(parse(&table, "Udp: A B A\nUdp: 4 5 6\n"), 0);
  assert_int_equal(allocations_count(), allocations);
  proto_table_free(&table);
}

static void a_freed_table_can_be_read_again(void **state) {
  (void)state;
  struct proto_table table = PROTO_TABLE("none", PROTO_LINES, prefixes);
  proto_table_free(&table);
  assert_int_equal(parse(&table, "Udp6A 1\n"), 0);
  proto_table_free(&table);
  assert_int_equal(table.count, 0);
  assert_int_equal(parse(&table, "Udp6A 2\n"), 0);
  assert_string_equal(all(&table), "Udp6:A=2");
  proto_table_free(&table);
}

static const char *const generations[] = {"linux-2.6.32", "linux-3.10",
                                          "linux-4.19",   "linux-5.10",
                                          "linux-6.1",    "linux-6.18-x86_64"};

/* How many counters each kernel has. */
static void tables_of_many_kernels_are_read(void **state) {
  (void)state;
  static const struct {
    const char *path;
    enum proto_layout layout;
    const char *const *prefixes;
    size_t counts[COUNT_OF(generations)];
    const char *protocol, *name; /* which they all have */
    uint64_t values[COUNT_OF(generations)];
  } rows[] = {
      {"proc/net/snmp",
       PROTO_PAIRS,
       NULL,
       {74, 78, 80, 80, 82, 84},
       "Tcp",
       "MaxConn",
       {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
        UINT64_MAX}},
      {"proc/net/netstat",
       PROTO_PAIRS,
       NULL,
       {86, 106, 134, 161, 199, 229},
       "TcpExt",
       "ListenOverflows",
       {26908, 310616, 419623, 510623, 601637, 0}},
      {"proc/net/snmp6",
       PROTO_LINES,
       prefixes,
       {69, 79, 84, 84, 86, 90},
       "Ip6",
       "InReceives",
       {27377, 311225, 420435, 511624, 602904, 21}},
      {"proc/net/stat/nf_conntrack",
       PROTO_ROWS,
       NULL,
       {16, 17, 17, 17, 17, 17},
       "",
       "entries",
       {49, 49, 49, 49, 49, 0}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    for (size_t j = 0; j < COUNT_OF(generations); ++j) {
      char name[128], tree[512], proc[600];
      snprintf(name, sizeof(name), "snmp_proto/%s", generations[j]);
      fixture_path(name, tree, sizeof(tree));
      snprintf(proc, sizeof(proc), "%s/proc", tree);
      struct sysroot root;
      assert_int_equal(sysroot_init(&root, proc, NULL), 0);
      struct proto_table table =
          PROTO_TABLE(rows[i].path, rows[i].layout, rows[i].prefixes);
      struct scan_error error = {.expected = "nothing"};
      CHECK(proto_table_read(&root, &table, &error) == 0,
            "%s/%s, line %zu: expected %s, found %s", generations[j],
            rows[i].path, error.line, error.expected, error.found);
      CHECK(table.count == rows[i].counts[j], "%s/%s: %zu", generations[j],
            rows[i].path, table.count);
      const struct proto_counter *counter =
          find(&table, rows[i].protocol, rows[i].name);
      assert_non_null(counter);
      assert_true(counter->value == rows[i].values[j]);
      proto_table_free(&table);
      sysroot_free(&root);
    }
}

static void files_come_and_go(void **state) {
  (void)state;
  struct temp_tree tree = {.root = ""};
  struct sysroot root;
  root_tree_open(&tree, &root);
  struct proto_table table = PROTO_TABLE("proc/net/snmp", PROTO_PAIRS, NULL);
  assert_int_equal(proto_table_read(&root, &table, NULL), -ENOENT);
  temp_tree_write(&tree, "proc/net/snmp", "Udp: A\nUdp: 1\n");
  assert_int_equal(proto_table_read(&root, &table, NULL), 0);
  temp_tree_write(&tree, "proc/net/snmp", "Udp: A\nUdp: \n");
  assert_int_equal(proto_table_read(&root, &table, NULL), -EBADMSG);
  assert_string_equal(all(&table), "Udp:A=1");
  temp_tree_unlink(&tree, "proc/net/snmp");
  assert_int_equal(proto_table_read(&root, &table, NULL), -ENOENT);
  assert_string_equal(all(&table), "Udp:A=1");
  temp_tree_write(&tree, "proc/net/snmp", "Udp: A\nUdp: 2\n");
  assert_int_equal(proto_table_read(&root, &table, NULL), 0);
  assert_string_equal(all(&table), "Udp:A=2");
  assert_int_equal(table.generation, 1);
  proto_table_free(&table);
  root_tree_close(&tree, &root);
}

static void a_line_of_a_megabyte_is_read(void **state) {
  (void)state;
  enum { COLUMNS = 100000 };
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_non_null(stream);
  fprintf(stream, "Udp:");
  for (int i = 0; i < COLUMNS; ++i)
    fprintf(stream, " Column%05d", i);
  fprintf(stream, "\nUdp:");
  for (int i = 0; i < COLUMNS; ++i)
    fprintf(stream, " %d", i);
  fclose(stream);
  assert_true(size > 1 << 20);
  struct proto_table table = PROTO_TABLE("none", PROTO_PAIRS, NULL);
  for (int i = 0; i < 2; ++i) {
    assert_int_equal(proto_table_parse(&table, scan_text(text, size), NULL), 0);
    assert_int_equal(table.count, COLUMNS);
    assert_string_equal(table.counters[COLUMNS - 1].name, "Column99999");
    assert_int_equal(table.counters[COLUMNS - 1].value, COLUMNS - 1);
    assert_int_equal(table.generation, 1);
  }
  free(text);
  proto_table_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_stay_while_the_text_has_them),
      cmocka_unit_test(known_names_need_no_parser),
      cmocka_unit_test(the_first_of_two_equal_names_counts),
      cmocka_unit_test(protocol_and_name_are_separate),
      cmocka_unit_test(a_name_with_a_nul_is_refused),
      cmocka_unit_test(names_outlive_the_text),
      cmocka_unit_test(known_names_allocate_nothing),
      cmocka_unit_test(a_freed_table_can_be_read_again),
      cmocka_unit_test(tables_of_many_kernels_are_read),
      cmocka_unit_test(files_come_and_go),
      cmocka_unit_test(a_line_of_a_megabyte_is_read),
  };
  return cmocka_run_group_tests_name("proto_table", tests, NULL, NULL);
}
