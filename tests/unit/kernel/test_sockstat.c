/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "root_tree.h"
#include "sockstat.h"

struct place {
  struct temp_tree tree;
  struct sysroot root;
  struct sockstat_reader reader;
};

static int place_make(void **state) {
  struct place *place = calloc(1, sizeof(*place));
  if (place == NULL)
    return -1;
  root_tree_open(&place->tree, &place->root);
  place->reader = SOCKSTAT_READER;
  place->reader.page_size = 4096;
  *state = place;
  return 0;
}

static int place_remove(void **state) {
  struct place *place = *state;
  sockstat_free(&place->reader);
  root_tree_close(&place->tree, &place->root);
  free(place);
  return 0;
}

static const char four[] =
    "sockets: used 310\nTCP: inuse 21 orphan 3 tw 50 alloc 30 mem 400\n"
    "UDP: inuse 9 mem 200\nUDPLITE: inuse 77\nRAW: inuse 78\n"
    "FRAG: inuse 79 memory 4097\n";
static const char six[] =
    "TCP6: inuse 80\nUDP6: inuse 81\nUDPLITE6: inuse 0\nRAW6: inuse 1\n"
    "FRAG6: inuse 82 memory 8191\n";

static const struct sockstat untouched = {7, 7, 7, 7, 7, 7, 7,
                                          7, 7, 7, 7, 7, 7};

static int read_both(struct place *place, struct sockstat *ret,
                     struct scan_error *error) {
  *ret = untouched;
  return sockstat_read(&place->root, &place->reader, ret, error);
}

static void assert_untouched(const struct sockstat *stat) {
  assert_memory_equal(stat, &untouched, sizeof(untouched));
}

static void both_files_are_read(void **state) {
  struct place *place = *state;
  struct sockstat stat;
  temp_tree_write(&place->tree, "proc/net/sockstat", four);
  temp_tree_write(&place->tree, "proc/net/sockstat6", six);
  assert_int_equal(read_both(place, &stat, NULL), 0);
  assert_int_equal(stat.tcp_inuse, 21);
  assert_int_equal(stat.tcp_orphans, 3);
  assert_int_equal(stat.tcp_time_wait, 50);
  assert_int_equal(stat.tcp_alloc, 30);
  assert_int_equal(stat.tcp_memory, 400 * 4096);
  assert_int_equal(stat.udp_inuse, 9);
  assert_int_equal(stat.tcp6_inuse, 80);
  assert_int_equal(stat.udp6_inuse, 81);
  assert_int_equal(stat.udplite_inuse, 77);
  assert_int_equal(stat.udplite6_inuse, 0);
  assert_int_equal(stat.udp_memory, 200 * 4096);
  assert_int_equal(stat.fragment_memory, 4097);
  assert_int_equal(stat.fragment6_memory, 8191);
}

static void memory_is_counted_in_this_hosts_pages(void **state) {
  struct place *place = *state;
  struct sockstat stat;
  place->reader.page_size = 0;
  temp_tree_write(&place->tree, "proc/net/sockstat", "TCP: mem 1\n");
  assert_int_equal(read_both(place, &stat, NULL), 0);
  assert_int_equal(stat.tcp_memory, sysconf(_SC_PAGESIZE));
}

static void a_kernel_without_ipv6_has_one_file(void **state) {
  struct place *place = *state;
  struct sockstat stat;
  temp_tree_write(&place->tree, "proc/net/sockstat", four);
  assert_int_equal(read_both(place, &stat, NULL), 0);
  assert_int_equal(stat.fragment_memory, 4097);
  assert_int_equal(stat.fragment6_memory, -1);
}

static void without_sockstat_nothing_is_read(void **state) {
  struct place *place = *state;
  struct sockstat stat;
  temp_tree_write(&place->tree, "proc/net/sockstat6", six);
  assert_int_equal(read_both(place, &stat, NULL), -ENOENT);
  assert_untouched(&stat);
}

static void unreported_values_are_minus_one(void **state) {
  struct place *place = *state;
  static const struct {
    const char *text;
    int64_t inuse, orphans, memory, udp_memory, fragments;
  } rows[] = {
      {"", -1, -1, -1, -1, -1},
      {"sockets: used 3\n", -1, -1, -1, -1, -1},
      {"TCP: inuse 5\nUDP: inuse 6\n", 5, -1, -1, -1, -1},
      {"UDP: mem 2\nTCP: orphan 4 inuse 3\n", 3, 4, -1, 8192, -1},
      {"FRAG: memory 9\nTCPX: inuse 1\nNEW: mem 3 orphan 4\n", -1, -1, -1, -1,
       9},
      {"TCP: inuse 1 new 2 mem 0\n", 1, -1, 0, -1, -1},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct sockstat stat;
    temp_tree_write(&place->tree, "proc/net/sockstat", rows[i].text);
    CHECK(read_both(place, &stat, NULL) == 0 &&
              stat.tcp_inuse == rows[i].inuse &&
              stat.tcp_orphans == rows[i].orphans &&
              stat.tcp_memory == rows[i].memory &&
              stat.udp_memory == rows[i].udp_memory &&
              stat.fragment_memory == rows[i].fragments,
          "row %zu", i);
  }
}

static void malformed_tables_are_refused(void **state) {
  struct place *place = *state;
  static const struct {
    const char *four, *six;
    size_t line;
    const char *found;
  } rows[] = {
      {"TCP: inuse 1\nUDP: inuse\n", six, 2, ""},
      {"TCP inuse 1\n", six, 1, "TCP inuse 1"},
      {"TCP: inuse many\n", six, 1, " many"},
      {four, "TCP6: inuse 1\nFRAG6: inuse 1 memory 99999999999999999999\n", 2,
       " 99999999999999999999"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct sockstat stat;
    struct scan_error error = {.expected = NULL};
    temp_tree_write(&place->tree, "proc/net/sockstat", rows[i].four);
    temp_tree_write(&place->tree, "proc/net/sockstat6", rows[i].six);
    CHECK(read_both(place, &stat, &error) == -EBADMSG &&
              error.line == rows[i].line && error.expected != NULL &&
              strcmp(error.found, rows[i].found) == 0,
          "row %zu: line %zu, \"%s\"", i, error.line, error.found);
    assert_untouched(&stat);
  }
  struct sockstat stat;
  temp_tree_write(&place->tree, "proc/net/sockstat", four);
  temp_tree_write(&place->tree, "proc/net/sockstat6", six);
  assert_int_equal(read_both(place, &stat, NULL), 0);
}

static void a_repeated_read_allocates_nothing(void **state) {
  struct place *place = *state;
  struct sockstat stat;
  temp_tree_write(&place->tree, "proc/net/sockstat", four);
  temp_tree_write(&place->tree, "proc/net/sockstat6", six);
  assert_int_equal(read_both(place, &stat, NULL), 0);
  size_t allocations = allocations_count();
  for (int i = 0; i < 100; ++i)
    assert_int_equal(read_both(place, &stat, NULL), 0);
  assert_int_equal(allocations_count(), allocations);
}

#define PLACE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      PLACE_TEST(both_files_are_read),
      PLACE_TEST(memory_is_counted_in_this_hosts_pages),
      PLACE_TEST(a_kernel_without_ipv6_has_one_file),
      PLACE_TEST(without_sockstat_nothing_is_read),
      PLACE_TEST(unreported_values_are_minus_one),
      PLACE_TEST(malformed_tables_are_refused),
      PLACE_TEST(a_repeated_read_allocates_nothing),
  };
  return cmocka_run_group_tests_name("sockstat", tests, NULL, NULL);
}
