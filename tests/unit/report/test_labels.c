/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "labels.h"

static void joins_in_a_fixed_order(void **state) {
  (void)state;
  static const struct {
    struct labels labels;
    const char *name;
  } cases[] = {
      {{0}, ""},
      {{.cpu = "3"}, "3"},
      {{.device = "eth0"}, "eth0"},
      {{.device = "eth0", .direction = "rx", .queue = "3"}, "eth0-rx-3"},
      {{.device = "eth0", .cpu = "7"}, "eth0-cpu-7"},
      {{.device = "eth0", .vf = "3"}, "eth0-vf-3"},
      {{.protocol = "Tcp"}, "Tcp"},
      {{.netns = "web", .protocol = "Tcp"}, "web-Tcp"},
      {{.protocol = "tcp", .port = "443"}, "tcp-443"},
      {{.netns = "web", .protocol = "tcp", .port = "443"}, "web-tcp-443"},
      {{.protocol = "unix", .path = "/run/x"}, "unix-/run/x"},
      {{.protocol = "unix", .path = "/run/x", .owner = "33"},
       "unix-/run/x-uid-33"},
      {{.group = "place"}, "place"},
      {{.device = ""}, ""},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    char name[LABELS_NAME_SIZE];
    size_t length = labels_join(&cases[i].labels, name, sizeof(name));
    assert_string_equal(name, cases[i].name);
    assert_int_equal(length, strlen(name));
  }
}

static void a_name_is_cut_to_fit(void **state) {
  (void)state;
  char name[8];
  const struct labels labels = {.netns = "web", .protocol = "tcp", .port = "1"};
  assert_int_equal(labels_join(&labels, name, sizeof(name)), 7);
  assert_string_equal(name, "web-tcp");
  assert_int_equal(labels_join(&labels, name, 4), 3);
  assert_string_equal(name, "web");
  assert_int_equal(labels_join(&labels, name, 1), 0);
  assert_string_equal(name, "");
}

static void bytes_stay_as_they_are(void **state) {
  (void)state;
  char name[LABELS_NAME_SIZE];
  const struct labels labels = {.protocol = "unix", .path = "@\xc3\xbc\n"};
  labels_join(&labels, name, sizeof(name));
  assert_string_equal(name, "unix-@\xc3\xbc\n");
}

static void every_label_has_a_key_and_a_value(void **state) {
  (void)state;
  const struct labels labels = {.netns = "0",
                                .device = "1",
                                .vf = "2",
                                .protocol = "3",
                                .port = "4",
                                .path = "5",
                                .owner = "6",
                                .direction = "7",
                                .queue = "8",
                                .cpu = "9",
                                .group = ":"};
  static const char *const keys[LABELS_COUNT] = {
      "netns", "device",    "vf",    "protocol", "port", "path",
      "owner", "direction", "queue", "cpu",      "group"};
  for (size_t i = 0; i < LABELS_COUNT; i++) {
    assert_string_equal(labels_key(i), keys[i]);
    assert_int_equal(labels_value(&labels, i)[0], '0' + i);
    assert_null(labels_value(&(struct labels){0}, i));
  }
}

static void a_copy_owns_its_values(void **state) {
  (void)state;
  char device[] = "eth0", cpu[] = "12";
  const struct labels labels = {.device = device, .cpu = cpu};
  struct labels copy;
  void *block;
  assert_int_equal(labels_copy(&copy, &block, &labels), 0);
  device[0] = cpu[0] = '?';
  assert_string_equal(copy.device, "eth0");
  assert_string_equal(copy.cpu, "12");
  assert_null(copy.netns);
  free(block);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(joins_in_a_fixed_order),
      cmocka_unit_test(a_name_is_cut_to_fit),
      cmocka_unit_test(bytes_stay_as_they_are),
      cmocka_unit_test(every_label_has_a_key_and_a_value),
      cmocka_unit_test(a_copy_owns_its_values),
  };
  return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
