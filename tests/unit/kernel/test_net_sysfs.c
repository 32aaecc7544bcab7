/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <net/if.h>

#include "net_sysfs.h"
#include "root_tree.h"

/* A tree with one interface, whose index is 3. */
struct place {
  struct temp_tree tree;
  struct sysroot root;
};

static void place_make(struct place *place) {
  root_tree_open(&place->tree, &place->root);
  temp_tree_write(&place->tree, "sys/class/net/eth0/ifindex", "3\n");
}

static void place_remove(struct place *place) {
  root_tree_close(&place->tree, &place->root);
}

static void place_write(struct place *place, const char *file,
                        const char *text) {
  char path[256];
  snprintf(path, sizeof(path), "sys/class/net/eth0/%s", file);
  temp_tree_write(&place->tree, path, text);
}

static void write_queue(struct place *place, unsigned number, const char *file,
                        const char *text) {
  char path[128];
  snprintf(path, sizeof(path), "queues/tx-%u/%s", number, file);
  place_write(place, path, text);
}

static int read_queues(struct place *place, struct net_sysfs_queues *ret) {
  return net_sysfs_read_queues(&place->root, "eth0", 3, ret);
}

static void an_interface_has_a_device_or_not(void **state) {
  (void)state;
  struct place place;
  place_make(&place);
  assert_false(net_sysfs_has_device(&place.root, "eth0", 3));
  place_write(&place, "device/vendor", "0x8086\n");
  assert_true(net_sysfs_has_device(&place.root, "eth0", 3));
  assert_false(net_sysfs_has_device(&place.root, "eth1", 3));
  assert_false(net_sysfs_has_device(&place.root, "", 3));
  place_remove(&place);
}

static void an_interface_of_another_namespace_is_not_taken(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool same;
  } rows[] = {
      {"3\n", true}, {"3", true},    {"4\n", false},          {"33\n", false},
      {"", false},   {"x\n", false}, {"3 x\n", false},        {"-3\n", false},
      {"\n", false}, {"0\n", false}, {"4294967299\n", false},
  };
  struct place place;
  place_make(&place);
  place_write(&place, "device/vendor", "0x8086\n");
  write_queue(&place, 0, "tx_timeout", "1\n");
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct net_sysfs_queues queues = {.count = 99};
    place_write(&place, "ifindex", rows[i].text);
    CHECK(net_sysfs_has_device(&place.root, "eth0", 3) == rows[i].same,
          "row %zu", i);
    int result = read_queues(&place, &queues);
    CHECK(result == (rows[i].same ? 0 : -ENOENT), "row %zu: %d", i, result);
    assert_int_equal(queues.count, rows[i].same ? 1 : 99);
  }
  place_remove(&place);
}

static void queues_are_added_up(void **state) {
  (void)state;
  struct place place;
  struct net_sysfs_queues queues = {0};
  place_make(&place);
  for (unsigned i = 0; i < 12; ++i) {
    char number[32];
    snprintf(number, sizeof(number), "%u\n", i);
    write_queue(&place, i, "tx_timeout", number);
    write_queue(&place, i, "byte_queue_limits/limit", "1000\n");
    write_queue(&place, i, "byte_queue_limits/inflight", "10\n");
    write_queue(&place, i, "byte_queue_limits/stall_cnt", "2\n");
  }
  /* Receive queues do not count. */
  place_write(&place, "queues/rx-0/tx_timeout", "1000\n");
  place_write(&place, "queues/rx-0/rps_cpus", "0\n");
  assert_int_equal(read_queues(&place, &queues), 0);
  assert_int_equal(queues.count, 12);
  assert_true(queues.has_timeouts);
  assert_int_equal(queues.timeouts, 66);
  assert_true(queues.has_limits);
  assert_int_equal(queues.limit, 12000);
  assert_int_equal(queues.inflight, 120);
  assert_true(queues.has_stalls);
  assert_int_equal(queues.stalls, 24);
  place_remove(&place);
}

static void files_that_the_kernel_lacks_are_not_reported(void **state) {
  (void)state;
  struct place place;
  struct net_sysfs_queues queues = {0};
  place_make(&place);
  write_queue(&place, 0, "traffic_class", "\n");
  assert_int_equal(read_queues(&place, &queues), 0);
  assert_int_equal(queues.count, 1);
  assert_false(queues.has_timeouts);
  assert_false(queues.has_limits);
  assert_false(queues.has_stalls);
  write_queue(&place, 0, "tx_timeout", "18446744073709551615\n");
  assert_int_equal(read_queues(&place, &queues), 0);
  assert_true(queues.has_timeouts);
  assert_true(queues.timeouts == UINT64_MAX);
  assert_false(queues.has_limits);
  place_remove(&place);
}

static void malformed_numbers_are_not_reported(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",
      "\n",
      "x\n",
      "-1\n",
      "1x\n",
      "18446744073709551616\n",
      "11111111111111111111111111111111111111111111111111\n"};
  struct place place;
  place_make(&place);
  write_queue(&place, 1, "tx_timeout", "5\n");
  for (size_t i = 0; i < COUNT_OF(texts); ++i) {
    struct net_sysfs_queues queues = {0};
    write_queue(&place, 0, "tx_timeout", texts[i]);
    write_queue(&place, 0, "byte_queue_limits/limit", texts[i]);
    assert_int_equal(read_queues(&place, &queues), 0);
    assert_int_equal(queues.count, 2);
    /* A file that the first queue lacks is not looked for in others. */
    CHECK(queues.timeouts == (queues.has_timeouts ? 5 : 0), "row %zu", i);
    CHECK(!queues.has_limits, "row %zu", i);
  }
  place_remove(&place);
}

static void an_interface_without_queues(void **state) {
  (void)state;
  struct place place;
  struct net_sysfs_queues queues = {.count = 99};
  place_make(&place);
  assert_int_equal(read_queues(&place, &queues), -ENOENT);
  assert_int_equal(queues.count, 99);
  place_write(&place, "queues/rx-0/rps_cpus", "0\n");
  assert_int_equal(read_queues(&place, &queues), 0);
  assert_int_equal(queues.count, 0);
  assert_false(queues.has_timeouts);
  assert_int_equal(net_sysfs_read_queues(&place.root, "eth1", 3, &queues),
                   -ENOENT);
  place_remove(&place);
}

static void names_that_are_too_long_for_a_path(void **state) {
  (void)state;
  struct place place;
  struct net_sysfs_queues queues = {.count = 99};
  char name[5000];
  memset(name, 'a', sizeof(name) - 1);
  name[sizeof(name) - 1] = '\0';
  place_make(&place);
  assert_false(net_sysfs_has_device(&place.root, name, 3));
  assert_true(net_sysfs_read_queues(&place.root, name, 3, &queues) < 0);
  assert_int_equal(queues.count, 99);
  place_remove(&place);
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct sysroot root;
  struct net_sysfs_queues queues = {0};
  uint32_t index = if_nametoindex("lo");
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  int result = net_sysfs_read_queues(&root, "lo", index, &queues);
  bool has_device = net_sysfs_has_device(&root, "lo", index);
  int other = net_sysfs_read_queues(&root, "lo", index + 1, &queues);
  sysroot_free(&root);
  if (result == -ENOENT)
    skip();
  assert_int_equal(result, 0);
  assert_false(has_device);
  assert_true(queues.count >= 1);
  assert_true(queues.timeouts <= INT64_MAX);
  assert_int_equal(other, -ENOENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_interface_has_a_device_or_not),
      cmocka_unit_test(an_interface_of_another_namespace_is_not_taken),
      cmocka_unit_test(queues_are_added_up),
      cmocka_unit_test(files_that_the_kernel_lacks_are_not_reported),
      cmocka_unit_test(malformed_numbers_are_not_reported),
      cmocka_unit_test(an_interface_without_queues),
      cmocka_unit_test(names_that_are_too_long_for_a_path),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests_name("net_sysfs", tests, NULL, NULL);
}
