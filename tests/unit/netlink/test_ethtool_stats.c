/* SPDX-License-Identifier: MIT */
#include "fake_ioctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "allocations.h"
#include "ethtool_ioctl.h"
#include "ethtool_stats.h"

/* A driver with this many statistics, some of which may appear between two
 * calls. */
static struct {
  char driver[32];
  size_t count;
  size_t grows_at_names, grows_at_values; /* by so many, once */
  bool checks_room; /* refuses to write more than was asked for */
  bool no_set;      /* GSSET_INFO takes the bit away */
  int driver_error, count_error, names_error, values_error;
  size_t names_read, values_read;
} card;

static void write_name(char ret[static ETH_GSTRING_LEN], size_t i) {
  char name[64];
  snprintf(name, sizeof(name), "rx_queue_%zu_without_a_terminator", i);
  memcpy(ret, name, ETH_GSTRING_LEN);
}

static uint64_t value_of(size_t i) { return UINT64_C(0x1000000000) + 3 * i; }

static int answer_count(struct ethtool_sset_info *info) {
  assert_int_equal(info->sset_mask, UINT64_C(1) << ETH_SS_STATS);
  if (card.no_set)
    info->sset_mask = 0;
  else
    info->data[0] = (uint32_t)card.count;
  return card.count_error;
}

static void grow(size_t *by) {
  card.count += *by;
  *by = 0;
}

static int answer_names(struct ethtool_gstrings *strings) {
  assert_int_equal(strings->string_set, ETH_SS_STATS);
  if (card.names_error != 0)
    return card.names_error;
  card.names_read++;
  grow(&card.grows_at_names);
  if (card.checks_room && strings->len != card.count) {
    strings->len = 0;
    return 0;
  }
  strings->len = (uint32_t)card.count;
  for (size_t i = 0; i < card.count; ++i)
    write_name((char *)strings->data + i * ETH_GSTRING_LEN, i);
  return 0;
}

static int answer_values(struct ethtool_stats *stats) {
  if (card.values_error != 0)
    return card.values_error;
  card.values_read++;
  grow(&card.grows_at_values);
  if (card.checks_room && stats->n_stats != card.count) {
    stats->n_stats = 0;
    return 0;
  }
  stats->n_stats = (uint32_t)card.count;
  for (size_t i = 0; i < card.count; ++i)
    stats->data[i] = value_of(i);
  return 0;
}

static int answer(const char *interface, uint32_t command, void *request) {
  if (strcmp(interface, "eth0") != 0)
    return ENODEV;
  switch (command) {
  case ETHTOOL_GDRVINFO:
    memcpy(((struct ethtool_drvinfo *)request)->driver, card.driver,
           sizeof(card.driver));
    return card.driver_error;
  case ETHTOOL_GSSET_INFO:
    return answer_count(request);
  case ETHTOOL_GSTRINGS:
    return answer_names(request);
  case ETHTOOL_GSTATS:
    return answer_values(request);
  default:
    return EOPNOTSUPP;
  }
}

static int begin(void **state) {
  (void)state;
  memset(&card, 0, sizeof(card));
  memcpy(card.driver, "igb", 4);
  card.count = 100;
  fake_ioctl = answer;
  return 0;
}

static int end(void **state) {
  (void)state;
  fake_ioctl = NULL;
  return 0;
}

static int read_names(struct ethtool_statistics *stats) {
  return ethtool_stats_read_names(stats, 5, "eth0");
}

static int read_values(struct ethtool_statistics *stats, const uint64_t **ret) {
  return ethtool_stats_read(stats, 5, "eth0", ret);
}

/* Writes names and values in the present number. */
static void check_all(struct ethtool_statistics *stats) {
  const uint64_t *values = NULL;
  assert_int_equal(stats->count, card.count);
  assert_int_equal(read_values(stats, &values), 0);
  const char *names = ethtool_stats_names(stats);
  for (size_t i = 0; i < card.count; ++i) {
    char name[ETH_GSTRING_LEN];
    write_name(name, i);
    assert_memory_equal(names + i * NIC_NAME_RAW, name, sizeof(name));
    assert_int_equal(values[i], value_of(i));
  }
}

static void names_and_values_are_read(void **state) {
  (void)state;
  struct ethtool_statistics stats = {0};
  assert_int_equal(read_names(&stats), 0);
  assert_string_equal(stats.driver, "igb");
  check_all(&stats);
  ethtool_stats_free(&stats);
  assert_null(ethtool_stats_names(&stats));
  ethtool_stats_free(&stats);
}

static void a_drivers_name_is_terminated(void **state) {
  (void)state;
  struct ethtool_statistics stats = {0};
  memset(card.driver, 'x', sizeof(card.driver));
  memset(stats.driver, 'y', sizeof(stats.driver));
  assert_int_equal(read_names(&stats), 0);
  assert_int_equal(strlen(stats.driver), 31);
  ethtool_stats_free(&stats);
}

static void a_driver_without_a_name(void **state) {
  (void)state;
  struct ethtool_statistics stats = {0};
  assert_int_equal(read_names(&stats), 0);
  card.driver_error = EOPNOTSUPP;
  assert_int_equal(read_names(&stats), 0);
  assert_string_equal(stats.driver, "");
  check_all(&stats);
  ethtool_stats_free(&stats);
}

static void a_driver_without_statistics(void **state) {
  (void)state;
  static const struct {
    size_t count;
    bool no_set;
    int error;
  } rows[] = {{0, false, 0}, {100, true, 0}, {0, false, EOPNOTSUPP}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct ethtool_statistics stats = {0};
    const uint64_t *values = NULL;
    card.count = 100;
    card.no_set = false;
    card.count_error = 0;
    assert_int_equal(read_names(&stats), 0);
    card.count = rows[i].count;
    card.no_set = rows[i].no_set;
    card.count_error = rows[i].error;
    CHECK(read_names(&stats) == 0, "row %zu", i);
    CHECK(stats.count == 0, "row %zu", i);
    assert_string_equal(stats.driver, "igb");
    card.values_read = 0;
    assert_int_equal(read_values(&stats, &values), -EOPNOTSUPP);
    assert_null(values);
    assert_int_equal(card.values_read, 0);
    ethtool_stats_free(&stats);
  }
}

static void more_names_than_any_adapter_has(void **state) {
  (void)state;
  static const size_t counts[] = {65537, 0x7fffffff, 0xffffffff};
  struct ethtool_statistics stats = {0};
  card.names_error = EFAULT;
  for (size_t i = 0; i < COUNT_OF(counts); ++i) {
    card.count = counts[i];
    size_t before = allocations_count();
    int result = read_names(&stats);
    CHECK(result == -EMSGSIZE, "%zu names: %d", counts[i], result);
    assert_int_equal(stats.count, 0);
    assert_int_equal(allocations_count(), before);
  }
  card.names_error = 0;
  card.count = 65536;
  assert_int_equal(read_names(&stats), 0);
  check_all(&stats);
  ethtool_stats_free(&stats);
}

static void after_an_error_nothing_is_known(void **state) {
  (void)state;
  static int *const errors[] = {&card.count_error, &card.names_error};
  static const int numbers[] = {EBUSY, EPERM, EIO, ENODEV};
  for (size_t i = 0; i < COUNT_OF(errors); ++i)
    for (size_t j = 0; j < COUNT_OF(numbers); ++j) {
      struct ethtool_statistics stats = {0};
      const uint64_t *values = NULL;
      assert_int_equal(read_names(&stats), 0);
      *errors[i] = numbers[j];
      int result = read_names(&stats);
      CHECK(result == -numbers[j], "row %zu, %zu: %d", i, j, result);
      assert_int_equal(stats.count, 0);
      assert_int_equal(read_values(&stats, &values), -EOPNOTSUPP);
      *errors[i] = 0;
      assert_int_equal(read_names(&stats), 0);
      check_all(&stats);
      ethtool_stats_free(&stats);
    }
}

static void a_removed_interface(void **state) {
  (void)state;
  struct ethtool_statistics stats = {0};
  const uint64_t *values = NULL;
  assert_int_equal(read_names(&stats), 0);
  assert_int_equal(ethtool_stats_read(&stats, 5, "eth1", &values), -ENODEV);
  assert_int_equal(ethtool_stats_read_names(&stats, 5, "eth1"), -ENODEV);
  assert_int_equal(stats.count, 0);
  assert_string_equal(stats.driver, "");
  /* No interface can have such a name. */
  assert_int_equal(ethtool_stats_read_names(&stats, 5, "sixteen-letters-"),
                   -ENODEV);
  assert_null(values);
  ethtool_stats_free(&stats);
}

static void values_that_cannot_be_read(void **state) {
  (void)state;
  static const int numbers[] = {EBUSY, EIO, ENODEV, EOPNOTSUPP};
  struct ethtool_statistics stats = {0};
  assert_int_equal(read_names(&stats), 0);
  for (size_t i = 0; i < COUNT_OF(numbers); ++i) {
    const uint64_t *values = NULL;
    card.values_error = numbers[i];
    assert_int_equal(read_values(&stats, &values), -numbers[i]);
    assert_null(values);
    card.values_error = 0;
    check_all(&stats);
  }
  ethtool_stats_free(&stats);
}

/* As many as a large adapter has for its queues. */
#define GROWTH 900

static void values_that_become_more(void **state) {
  (void)state;
  for (int checks_room = 0; checks_room < 2; ++checks_room) {
    struct ethtool_statistics stats = {0};
    const uint64_t *values = NULL;
    card.count = 100;
    card.checks_room = checks_room;
    assert_int_equal(read_names(&stats), 0);
    card.grows_at_values = GROWTH;
    assert_int_equal(read_values(&stats, &values), -EAGAIN);
    assert_null(values);
    /* It stays so until the names are read. */
    assert_int_equal(read_values(&stats, &values), -EAGAIN);
    assert_int_equal(read_names(&stats), 0);
    assert_int_equal(stats.count, 100 + GROWTH);
    check_all(&stats);
    ethtool_stats_free(&stats);
  }
}

static void values_that_become_fewer(void **state) {
  (void)state;
  for (int checks_room = 0; checks_room < 2; ++checks_room) {
    static const size_t counts[] = {99, 1, 0};
    for (size_t i = 0; i < COUNT_OF(counts); ++i) {
      struct ethtool_statistics stats = {0};
      const uint64_t *values = NULL;
      card.count = 100;
      card.checks_room = checks_room;
      assert_int_equal(read_names(&stats), 0);
      card.count = counts[i];
      assert_int_equal(read_values(&stats, &values), -EAGAIN);
      assert_null(values);
      assert_int_equal(read_names(&stats), 0);
      assert_int_equal(stats.count, counts[i]);
      ethtool_stats_free(&stats);
    }
  }
}

static void names_that_become_more_between_two_calls(void **state) {
  (void)state;
  for (int checks_room = 0; checks_room < 2; ++checks_room) {
    struct ethtool_statistics stats = {0};
    card.count = 100;
    card.checks_room = checks_room;
    card.grows_at_names = GROWTH;
    assert_int_equal(read_names(&stats), -EAGAIN);
    assert_int_equal(stats.count, 0);
    assert_int_equal(read_names(&stats), 0);
    check_all(&stats);
    ethtool_stats_free(&stats);
  }
}

/* It works after any number of failures. */
static void there_is_always_room_for_more(void **state) {
  (void)state;
  struct ethtool_statistics stats = {0};
  const uint64_t *values = NULL;
  for (int i = 0; i < 20; ++i) {
    assert_int_equal(read_names(&stats), 0);
    check_all(&stats);
    card.grows_at_values = GROWTH;
    assert_int_equal(read_values(&stats, &values), -EAGAIN);
    card.grows_at_names = GROWTH;
    assert_int_equal(read_names(&stats), -EAGAIN);
  }
  ethtool_stats_free(&stats);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  struct ethtool_statistics stats = {0};
  card.count = 3000;
  assert_int_equal(read_names(&stats), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i) {
    const uint64_t *values;
    failed += read_values(&stats, &values) != 0;
    failed += read_names(&stats) != 0;
  }
  /* Fewer statistics, and as many as before, fit into the same memory. */
  card.count = 5;
  failed += read_names(&stats) != 0;
  card.count = 3000;
  failed += read_names(&stats) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  ethtool_stats_free(&stats);
}

static void direct_requests(void **state) {
  (void)state;
  struct ethtool_value value = {.cmd = ETHTOOL_GGRO};
  struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
  assert_int_equal(ethtool_ioctl_ask(5, "eth0", &value), -EOPNOTSUPP);
  assert_int_equal(ethtool_ioctl_ask(5, "eth1", &value), -ENODEV);
  assert_int_equal(ethtool_ioctl_ask(5, "", &value), -ENODEV);
  assert_int_equal(ethtool_ioctl_ask(5, "eth0", &info), 0);
  assert_string_equal(info.driver, "igb");
}

static void this_kernel_is_read(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct ethtool_statistics stats = {0};
  int fd = ethtool_ioctl_open();
  assert_true(fd >= 0);
  struct if_nameindex *interfaces = if_nameindex();
  assert_non_null(interfaces);
  for (const struct if_nameindex *one = interfaces; one->if_index != 0; ++one) {
    const uint64_t *values = NULL;
    int result = ethtool_stats_read_names(&stats, fd, one->if_name);
    CHECK(result == 0, "%s: %d", one->if_name, result);
    assert_true(strlen(stats.driver) < sizeof(stats.driver));
    if (strcmp(one->if_name, "lo") == 0)
      assert_int_equal(stats.count, 0);
    result = ethtool_stats_read(&stats, fd, one->if_name, &values);
    CHECK(result == (stats.count == 0 ? -EOPNOTSUPP : 0), "%s: %d",
          one->if_name, result);
    const char *names = ethtool_stats_names(&stats);
    for (size_t i = 0; i < stats.count; ++i)
      CHECK(names[i * NIC_NAME_RAW] != '\0', "%s: %zu has no name",
            one->if_name, i);
  }
  assert_int_equal(ethtool_stats_read_names(&stats, fd, "netloss-none"),
                   -ENODEV);
  if_freenameindex(interfaces);
  ethtool_stats_free(&stats);
  close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(names_and_values_are_read),
      TEST(a_drivers_name_is_terminated),
      TEST(a_driver_without_a_name),
      TEST(a_driver_without_statistics),
      TEST(more_names_than_any_adapter_has),
      TEST(after_an_error_nothing_is_known),
      TEST(a_removed_interface),
      TEST(values_that_cannot_be_read),
      TEST(values_that_become_more),
      TEST(values_that_become_fewer),
      TEST(names_that_become_more_between_two_calls),
      TEST(there_is_always_room_for_more),
      TEST(the_steady_state_allocates_nothing),
      TEST(direct_requests),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests_name("ethtool_stats", tests, NULL, NULL);
}
