/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "allocations.h"
#include "local_ports.h"
#include "root_tree.h"

struct place {
  struct temp_tree tree;
  struct sysroot root;
  struct local_ports ports;
};

static void setting(struct place *place, const char *name, const char *value) {
  char path[128];
  snprintf(path, sizeof(path), "proc/sys/net/ipv4/%s", name);
  temp_tree_write(&place->tree, path, value);
}

static int place_make(void **state) {
  struct place *place = calloc(1, sizeof(*place));
  if (place == NULL)
    return -1;
  root_tree_open(&place->tree, &place->root);
  setting(place, "ip_local_port_range", "32768\t60999\n");
  *state = place;
  return 0;
}

static int place_remove(void **state) {
  struct place *place = *state;
  local_ports_free(&place->ports);
  root_tree_close(&place->tree, &place->root);
  free(place);
  return 0;
}

static void read_ports(struct place *place) {
  int r = local_ports_read(&place->root, &place->ports);
  CHECK(r == 0, "%d", r);
}

static void an_old_kernel(void **state) {
  struct place *place = *state;
  read_ports(place);
  assert_int_equal(port_set_count(&place->ports.range), 28232);
  assert_false(port_set_has(&place->ports.range, 32767));
  assert_true(port_set_has(&place->ports.range, 32768));
  assert_true(port_set_has(&place->ports.range, 60999));
  assert_false(port_set_has(&place->ports.range, 61000));
  assert_int_equal(place->ports.reuse, LOCAL_PORTS_REUSE_NONE);
  assert_int_equal(place->ports.reuse_delay, 1000);
}

static void the_greatest_range(void **state) {
  struct place *place = *state;
  setting(place, "ip_local_port_range", "1\t65535\n");
  setting(place, "ip_local_reserved_ports", "\n");
  read_ports(place);
  assert_int_equal(port_set_count(&place->ports.range), 65535);
  setting(place, "ip_local_reserved_ports", "1-65534\n");
  read_ports(place);
  assert_int_equal(port_set_count(&place->ports.range), 1);
  assert_true(port_set_has(&place->ports.range, 65535));
}

static void reserved_ports(void **state) {
  struct place *place = *state;
  setting(place, "ip_local_port_range", "40000\t40099\n");
  setting(place, "ip_local_reserved_ports", "8080,39999-40001,40050,40099\n");
  read_ports(place);
  assert_int_equal(port_set_count(&place->ports.range), 96);
  assert_false(port_set_has(&place->ports.range, 40050));
  /* The reservation can be lifted. */
  setting(place, "ip_local_reserved_ports", "40050\n");
  read_ports(place);
  assert_int_equal(port_set_count(&place->ports.range), 99);
}

static void reuse(void **state) {
  struct place *place = *state;
  static const struct {
    const char *reuse, *timestamps;
    enum local_ports_reuse expected;
  } rows[] = {
      {"0\n", "1\n", LOCAL_PORTS_REUSE_NONE},
      {"1\n", "1\n", LOCAL_PORTS_REUSE_ALL},
      {"2\n", "1\n", LOCAL_PORTS_REUSE_LOOPBACK},
      {"2\n", "2\n", LOCAL_PORTS_REUSE_LOOPBACK},
      {"1\n", "0\n", LOCAL_PORTS_REUSE_NONE},
      {"3\n", "1\n", LOCAL_PORTS_REUSE_NONE},
      {"-1\n", "1\n", LOCAL_PORTS_REUSE_NONE},
      {"\n", "1\n", LOCAL_PORTS_REUSE_NONE},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    setting(place, "tcp_tw_reuse", rows[i].reuse);
    setting(place, "tcp_timestamps", rows[i].timestamps);
    read_ports(place);
    CHECK(place->ports.reuse == rows[i].expected, "row %zu: %d", i,
          place->ports.reuse);
  }
  setting(place, "tcp_tw_reuse_delay", "250\n");
  read_ports(place);
  assert_int_equal(place->ports.reuse_delay, 250);
  setting(place, "tcp_tw_reuse_delay", "-250\n");
  read_ports(place);
  assert_int_equal(place->ports.reuse_delay, 1000);
}

static void invalid_ranges_are_refused(void **state) {
  struct place *place = *state;
  static const char *const ranges[] = {"",           "\n",        "32768\n",
                                       "0\t100\n",   "-1\t100\n", "500\t499\n",
                                       "1\t65536\n", "a\tb\n"};
  for (size_t i = 0; i < COUNT_OF(ranges); i++) {
    setting(place, "ip_local_port_range", "1\t100\n");
    read_ports(place);
    setting(place, "ip_local_port_range", ranges[i]);
    int r = local_ports_read(&place->root, &place->ports);
    CHECK(r == -EBADMSG, "row %zu: %d", i, r);
    CHECK(port_set_count(&place->ports.range) == 0, "row %zu", i);
  }
  setting(place, "ip_local_port_range", "1\t100\n");
  setting(place, "ip_local_reserved_ports", "65536\n");
  assert_int_equal(local_ports_read(&place->root, &place->ports), -EBADMSG);
  assert_int_equal(port_set_count(&place->ports.range), 0);
}

static void nothing_is_allocated_again(void **state) {
  struct place *place = *state;
  setting(place, "ip_local_reserved_ports", "40050,50000-50010\n");
  read_ports(place);
  size_t before = allocations_count();
  read_ports(place);
  assert_int_equal(allocations_count(), before);
}

static void sets_of_ports(void **state) {
  (void)state;
  struct port_set all = {{0}}, some = {{0}};
  static const uint16_t ports[] = {0, 63, 64, 443, 65535};
  for (size_t i = 0; i < COUNT_OF(ports); i++) {
    assert_false(port_set_has(&all, ports[i]));
    port_set_add(&all, ports[i]);
    port_set_add(&all, ports[i]);
    assert_true(port_set_has(&all, ports[i]));
    assert_int_equal(port_set_count(&all), i + 1);
  }
  port_set_add(&some, 64);
  port_set_add(&some, 65535);
  port_set_add(&some, 100);
  port_set_subtract(&all, &some);
  assert_int_equal(port_set_count(&all), 3);
  assert_false(port_set_has(&all, 64));
  assert_false(port_set_has(&all, 100));
}

int main(void) {
#define TEST(name)                                                             \
  cmocka_unit_test_setup_teardown(name, place_make, place_remove)
  const struct CMUnitTest tests[] = {
      TEST(an_old_kernel),
      TEST(the_greatest_range),
      TEST(reserved_ports),
      TEST(reuse),
      TEST(invalid_ranges_are_refused),
      TEST(nothing_is_allocated_again),
      cmocka_unit_test(sets_of_ports),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
