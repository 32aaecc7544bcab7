/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "allocations.h"
#include "sock_ephemeral.h"

static const struct port_set nobody;

static void set_range(struct sock_ephemeral *ephemeral, uint16_t first,
                      uint16_t last) {
  for (unsigned port = first; port <= last; port++)
    port_set_add(&ephemeral->settings.range, (uint16_t)port);
  ephemeral->settings.reuse_delay = 1000;
}

/* From 192.0.2.SOURCE to 198.51.100.ADDRESS. */
static struct sock_diag_connection connection(uint16_t port, uint8_t source,
                                              uint32_t address,
                                              uint16_t peer_port) {
  struct sock_diag_connection made = {
      .state = TCP_ESTABLISHED, .port = port, .peer_port = peer_port};
  const uint8_t from[16] = {[10] = 0xff, 0xff, 192, 0, 2, source};
  const uint8_t to[16] = {[10] = 0xff,
                          0xff,
                          198,
                          (uint8_t)(address >> 16),
                          (uint8_t)(address >> 8),
                          (uint8_t)address};
  memcpy(made.address, from, sizeof(from));
  memcpy(made.peer, to, sizeof(to));
  return made;
}

static void add(struct sock_ephemeral *ephemeral, uint16_t port, uint8_t source,
                uint32_t address, uint16_t peer_port) {
  const struct sock_diag_connection one =
      connection(port, source, address, peer_port);
  sock_ephemeral_add(ephemeral, &one);
}

static uint32_t taken(const struct sock_ephemeral *ephemeral) {
  return ephemeral->busiest != NULL ? ephemeral->busiest->taken : 0;
}

static void the_busiest_destination(void **state) {
  (void)state;
  struct sock_ephemeral ephemeral = {.count = 0};
  set_range(&ephemeral, 40000, 40099);
  sock_ephemeral_begin(&ephemeral, &nobody);
  assert_int_equal(ephemeral.capacity, 100);
  assert_null(ephemeral.busiest);
  /* Each differs from the first in one thing. */
  for (uint16_t i = 0; i < 5; i++)
    add(&ephemeral, (uint16_t)(40000 + i), 1, 1, 443);
  for (uint16_t i = 0; i < 7; i++)
    add(&ephemeral, (uint16_t)(40000 + i), 2, 1, 443);
  for (uint16_t i = 0; i < 6; i++)
    add(&ephemeral, (uint16_t)(40000 + i), 1, 2, 443);
  for (uint16_t i = 0; i < 6; i++)
    add(&ephemeral, (uint16_t)(40090 + i), 1, 1, 444);
  assert_int_equal(taken(&ephemeral), 7);
  assert_int_equal(ephemeral.busiest->source[15], 2);
  assert_int_equal(ephemeral.busiest->port, 443);
  assert_int_equal(ephemeral.count, 4);
  assert_int_equal(port_set_count(&ephemeral.seen), 13);
  sock_ephemeral_begin(&ephemeral, &nobody);
  assert_int_equal(taken(&ephemeral), 0);
  assert_int_equal(port_set_count(&ephemeral.seen), 0);
  add(&ephemeral, 40000, 2, 1, 443);
  assert_int_equal(taken(&ephemeral), 1);
  sock_ephemeral_free(&ephemeral);
}

static void ports_that_are_not_given(void **state) {
  (void)state;
  static const uint16_t ports[] = {39999, 40100, 40007, 1, 65535, 0};
  struct sock_ephemeral ephemeral = {.count = 0};
  struct port_set listening = {{0}};
  port_set_add(&listening, 40007);
  port_set_add(&listening, 443);
  set_range(&ephemeral, 40000, 40099);
  sock_ephemeral_begin(&ephemeral, &listening);
  assert_int_equal(ephemeral.capacity, 99);
  for (size_t i = 0; i < COUNT_OF(ports); i++)
    add(&ephemeral, ports[i], 1, 1, 443);
  assert_int_equal(taken(&ephemeral), 0);
  add(&ephemeral, 40000, 1, 1, 443);
  add(&ephemeral, 40099, 1, 1, 443);
  assert_int_equal(taken(&ephemeral), 2);
  sock_ephemeral_free(&ephemeral);
}

static void time_wait(void **state) {
  (void)state;
  static const struct {
    enum local_ports_reuse reuse;
    bool is_loopback;
    uint32_t expires;
    uint32_t taken;
  } rows[] = {
      {LOCAL_PORTS_REUSE_NONE, true, 100, 1},
      {LOCAL_PORTS_REUSE_NONE, false, 100, 1},
      {LOCAL_PORTS_REUSE_ALL, false, 100, 0},
      {LOCAL_PORTS_REUSE_ALL, true, 100, 0},
      {LOCAL_PORTS_REUSE_LOOPBACK, true, 100, 0},
      {LOCAL_PORTS_REUSE_LOOPBACK, false, 100, 1},
      {LOCAL_PORTS_REUSE_ALL, false, 59000, 0},
      {LOCAL_PORTS_REUSE_ALL, false, 59001, 1},
      {LOCAL_PORTS_REUSE_ALL, false, UINT32_MAX, 1},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct sock_ephemeral ephemeral = {.settings.reuse = rows[i].reuse};
    set_range(&ephemeral, 40000, 40099);
    sock_ephemeral_begin(&ephemeral, &nobody);
    struct sock_diag_connection one = connection(40000, 1, 1, 443);
    one.state = TCP_TIME_WAIT;
    one.expires = rows[i].expires;
    if (rows[i].is_loopback)
      one.peer[12] = 127;
    sock_ephemeral_add(&ephemeral, &one);
    CHECK(taken(&ephemeral) == rows[i].taken, "row %zu: %u", i,
          taken(&ephemeral));
    CHECK(rows[i].taken == 0 || ephemeral.busiest->time_wait == 1, "row %zu",
          i);
    CHECK(port_set_count(&ephemeral.seen) == 1, "row %zu", i);
    /* Only TIME_WAIT is given up. */
    one.state = TCP_FIN_WAIT2;
    one.port++;
    sock_ephemeral_add(&ephemeral, &one);
    CHECK(taken(&ephemeral) == rows[i].taken + 1, "row %zu", i);
    sock_ephemeral_free(&ephemeral);
  }
}

static void the_loopback_of_ip6(void **state) {
  (void)state;
  struct sock_ephemeral ephemeral = {.settings.reuse =
                                         LOCAL_PORTS_REUSE_LOOPBACK};
  set_range(&ephemeral, 40000, 40099);
  sock_ephemeral_begin(&ephemeral, &nobody);
  struct sock_diag_connection one = {
      .state = TCP_TIME_WAIT, .port = 40000, .address = {[15] = 1}};
  one.peer[0] = 0x20;
  sock_ephemeral_add(&ephemeral, &one);
  assert_int_equal(taken(&ephemeral), 0);
  one.address[15] = 2;
  sock_ephemeral_add(&ephemeral, &one);
  assert_int_equal(taken(&ephemeral), 1);
  sock_ephemeral_free(&ephemeral);
}

static void many_destinations(void **state) {
  (void)state;
  struct sock_ephemeral ephemeral = {.count = 0};
  set_range(&ephemeral, 40000, 40099);
  for (int read = 0; read < 3; read++) {
    size_t before = allocations_count();
    sock_ephemeral_begin(&ephemeral, &nobody);
    for (uint16_t i = 0; i < 90; i++)
      for (uint32_t j = 0; j < 300; j++)
        add(&ephemeral, (uint16_t)(40000 + i), 1,
            i < 2 || j == 299 ? j : i * 1000 + j, (uint16_t)j);
    assert_int_equal(taken(&ephemeral), 90);
    assert_int_equal(ephemeral.busiest->port, 299);
    assert_int_equal(ephemeral.count, 300 + 88 * 299);
    assert_true(read == 0 || allocations_count() == before);
  }
  sock_ephemeral_free(&ephemeral);
}

/* A busy destination is found even where there are too many to count. */
static void more_destinations_than_can_be_counted(void **state) {
  (void)state;
  struct sock_ephemeral ephemeral = {.count = 0};
  set_range(&ephemeral, 40000, 40099);
  sock_ephemeral_begin(&ephemeral, &nobody);
  for (uint32_t i = 0; i < 2 * SOCK_EPHEMERAL_DESTINATIONS; i++) {
    add(&ephemeral, 40000, 1, i, 80);
    if (i % 1000 == 5)
      add(&ephemeral, (uint16_t)(40000 + i % 100), 1, 7, 443);
  }
  assert_int_equal(ephemeral.count, SOCK_EPHEMERAL_DESTINATIONS);
  assert_int_equal(ephemeral.room, 2 * SOCK_EPHEMERAL_DESTINATIONS);
  assert_int_equal(taken(&ephemeral), 132);
  assert_int_equal(ephemeral.busiest->port, 443);
  sock_ephemeral_free(&ephemeral);
}

static void no_memory(void **state) {
  (void)state;
#ifdef ALLOCATIONS_HOOK
  skip();
#endif
  struct sock_ephemeral ephemeral = {.count = 0};
  set_range(&ephemeral, 40000, 40099);
  for (size_t good = 0; good < 5; good++) {
    sock_ephemeral_free(&ephemeral);
    set_range(&ephemeral, 40000, 40099);
    sock_ephemeral_begin(&ephemeral, &nobody);
    allocations_fail(good, SIZE_MAX);
    for (uint32_t i = 0; i < 100; i++)
      add(&ephemeral, (uint16_t)(40000 + i), 1, i, 80);
    allocations_fail(0, 0);
    /* A table has two blocks. */
    CHECK(ephemeral.count == good / 2 * 32, "%zu: %zu", good, ephemeral.count);
  }
  sock_ephemeral_free(&ephemeral);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_busiest_destination),
      cmocka_unit_test(ports_that_are_not_given),
      cmocka_unit_test(time_wait),
      cmocka_unit_test(the_loopback_of_ip6),
      cmocka_unit_test(many_destinations),
      cmocka_unit_test(more_destinations_than_can_be_counted),
      cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
