/* SPDX-License-Identifier: MIT */
/* drop_source and drop_names with kernels of several generations. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "drop_fixture.h"
#include "drop_source.h"
#include "drop_subsystems.h"
#include "root_tree.h"

static void assert_name(const struct drop_names *names, uint32_t number,
                        const char *expected) {
  char name[DROP_NAME_SIZE] = "";
  drop_names_write(names, number, name);
  CHECK(strcmp(name, expected) == 0, "%u: %s, not %s", number, name, expected);
}

static void every_kernel_is_described_by_btf(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_KERNELS; ++i) {
    const struct drop_kernel *kernel = &drop_kernels[i];
    struct sysroot root = {0};
    struct drop_source source;
    char reason[128] = "";
    drop_fixture_root(kernel->version, &root);
    CHECK(drop_source_from_btf(&source, &root, reason, sizeof(reason)) == 0,
          "%s: %s", kernel->version, reason);
    const struct drop_plan *plan = &source.plan;
    CHECK(
        plan->type == DROP_TYPED && plan->protocol == 0 &&
            plan->location == 1 && plan->has_reason == (kernel->reasons > 0) &&
            (!plan->has_reason || plan->reason == 2) &&
            plan->protocol_offset == kernel->protocol_offset && source.id != 0,
        "%s", kernel->version);
    drop_source_free(&source);
    sysroot_free(&root);
  }
}

static void every_kernel_is_described_by_tracefs(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_KERNELS; ++i) {
    const struct drop_kernel *kernel = &drop_kernels[i];
    struct sysroot root = {0};
    struct drop_source source;
    char reason[128] = "";
    drop_fixture_root(kernel->version, &root);
    CHECK(drop_source_from_tracefs(&source, &root, reason, sizeof(reason)) == 0,
          "%s: %s", kernel->version, reason);
    const struct drop_plan *plan = &source.plan;
    CHECK(plan->type == DROP_TRACEPOINT &&
              plan->location == kernel->record[0] &&
              plan->protocol == kernel->record[1] &&
              plan->has_reason == (kernel->record[2] != 0) &&
              plan->reason == kernel->record[2] && source.id > 0,
          "%s", kernel->version);
    drop_source_free(&source);
    sysroot_free(&root);
  }
}

static void both_give_the_same_names(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_KERNELS; ++i) {
    const struct drop_kernel *kernel = &drop_kernels[i];
    struct sysroot root = {0};
    struct drop_source types, format;
    char reason[128];
    drop_fixture_root(kernel->version, &root);
    assert_int_equal(
        drop_source_from_btf(&types, &root, reason, sizeof(reason)), 0);
    assert_int_equal(
        drop_source_from_tracefs(&format, &root, reason, sizeof(reason)), 0);
    for (uint32_t number = 2; number < kernel->reasons; ++number) {
      char one[DROP_NAME_SIZE] = "", other[DROP_NAME_SIZE] = "";
      drop_names_write(&types.names, number, one);
      drop_names_write(&format.names, number, other);
      CHECK(strcmp(one, other) == 0, "%s, %u: %s and %s", kernel->version,
            number, one, other);
      CHECK(strncmp(one, "reason_", 7) != 0, "%s, %u", kernel->version, number);
    }
    drop_source_free(&types);
    drop_source_free(&format);
    sysroot_free(&root);
  }
}

static void names_are_the_kernels(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_KERNELS; ++i) {
    const struct drop_kernel *kernel = &drop_kernels[i];
    struct sysroot root = {0};
    struct drop_source source;
    char reason[128], expected[DROP_NAME_SIZE];
    drop_fixture_root(kernel->version, &root);
    assert_int_equal(
        drop_source_from_btf(&source, &root, reason, sizeof(reason)), 0);
    CHECK(source.plan.reasons == kernel->reasons &&
              drop_names_end(&source.names) == kernel->reasons,
          "%s: %u", kernel->version, source.plan.reasons);
    if (kernel->rcvbuff != 0)
      assert_name(&source.names, kernel->rcvbuff, "socket_rcvbuff");
    if (kernel->no_socket != 0)
      assert_name(&source.names, kernel->no_socket, "no_socket");
    /* The end of the list is no reason; unknown reasons have numbers. */
    snprintf(expected, sizeof(expected), "reason_%u", kernel->reasons);
    assert_name(&source.names, kernel->reasons, expected);
    if (kernel->openvswitch != 0) {
      assert_name(&source.names, kernel->openvswitch << 16 | 7,
                  "openvswitch_reason_7");
      assert_name(&source.names, 1 << 16 | 3, "mac80211_unusable_reason_3");
      /* One more than the kernel has. */
      snprintf(expected, sizeof(expected), "subsystem_%u_reason_3",
               kernel->openvswitch + 1);
      assert_name(&source.names, (kernel->openvswitch + 1) << 16 | 3, expected);
    } else {
      assert_name(&source.names, 3 << 16 | 7, "subsystem_3_reason_7");
    }
    assert_name(&source.names, DROP_NO_REASON, "not_specified");
    assert_name(&source.names, DROP_OTHER_REASON, "other");
    drop_source_free(&source);
    sysroot_free(&root);
  }
}

static void open_source(const char *version, struct sysroot *root,
                        struct drop_source *source) {
  char reason[128] = "";
  drop_fixture_root(version, root);
  CHECK(drop_source_from_btf(source, root, reason, sizeof(reason)) == 0, "%s",
        reason);
}

static void modules_name_their_reasons(void **state) {
  (void)state;
  struct sysroot root = {0};
  struct drop_source source;
  struct drop_subsystems subsystems = {.has_looked = false};
  open_source("6.12", &root, &source);
  uint32_t end = drop_names_end(&source.names);
  assert_true(drop_names_lacks(&source.names, 3 << 16 | 5));
  assert_name(&source.names, 3 << 16 | 5, "openvswitch_reason_5");
  assert_int_equal(drop_subsystems_learn(&subsystems, &root, &source.names), 0);
  assert_false(drop_names_lacks(&source.names, 3 << 16 | 5));
  assert_name(&source.names, 3 << 16 | 1, "ovs_drop_last_action");
  assert_name(&source.names, 3 << 16 | 5, "ovs_drop_meter");
  assert_name(&source.names, 1 << 16, "rx_drop_unusable");
  assert_name(&source.names, 1 << 16 | 1, "rx_drop_u_mic_fail");
  assert_name(&source.names, 2 << 16 | 1, "rx_drop_m_unexpected_4addr_frame");
  /* The begin and the end of a list are no reasons, nor are core reasons. */
  assert_true(drop_names_lacks(&source.names, 3 << 16));
  assert_name(&source.names, 3 << 16, "openvswitch_reason_0");
  assert_name(&source.names, 3 << 16 | 12, "openvswitch_reason_12");
  assert_name(&source.names, 1, "consumed");
  assert_int_equal(drop_names_end(&source.names), end);
  assert_false(drop_names_lacks(&source.names, 200));
  assert_false(drop_names_lacks(&source.names, DROP_NO_REASON));
  /* Looking again adds nothing. */
  size_t count = source.names.count;
  drop_subsystems_free(&subsystems);
  assert_int_equal(drop_subsystems_learn(&subsystems, &root, &source.names), 0);
  assert_int_equal(source.names.count, count);
  drop_subsystems_free(&subsystems);
  drop_source_free(&source);
  sysroot_free(&root);
}

static void copy(const struct temp_tree *tree, const char *path) {
  char from[128];
  size_t length;
  snprintf(from, sizeof(from), "drop_reason/linux-6.12/%s", path);
  char *content = drop_fixture_read(from, &length);
  temp_tree_write_bytes(tree, path, content, length);
  free(content);
}

static void a_module_loaded_later_is_looked_at(void **state) {
  (void)state;
  struct temp_tree tree;
  struct sysroot root = {0};
  struct drop_source source;
  char reason[128];
  struct drop_subsystems subsystems = {.has_looked = false};
  root_tree_open(&tree, &root);
  copy(&tree, "sys/kernel/btf/vmlinux");
  temp_tree_write(&tree, "proc/modules", "tun 61440 2 - Live 0x0\n");
  assert_int_equal(drop_source_from_btf(&source, &root, reason, sizeof(reason)),
                   0);
  assert_int_equal(drop_subsystems_learn(&subsystems, &root, &source.names), 0);
  assert_true(drop_names_lacks(&source.names, 3 << 16 | 5));
  copy(&tree, "sys/kernel/btf/openvswitch");
  /* The list of modules is the same: nothing is read. */
  assert_int_equal(drop_subsystems_learn(&subsystems, &root, &source.names), 0);
  assert_true(drop_names_lacks(&source.names, 3 << 16 | 5));
  temp_tree_write(&tree, "sys/kernel/btf/broken", "no types");
  temp_tree_write(&tree, "proc/modules",
                  "openvswitch 200704 0 - Live 0x0\ntun 61440 2 - Live 0x0\n");
  assert_int_equal(drop_subsystems_learn(&subsystems, &root, &source.names), 0);
  assert_name(&source.names, 3 << 16 | 5, "ovs_drop_meter");
  temp_tree_unlink(&tree, "sys/kernel/btf/vmlinux");
  temp_tree_write(&tree, "proc/modules", "tun 61440 2 - Live 0x0\n");
  assert_int_equal(drop_subsystems_learn(&subsystems, &root, &source.names),
                   -ENOENT);
  assert_name(&source.names, 3 << 16 | 5, "ovs_drop_meter");
  drop_subsystems_free(&subsystems);
  drop_source_free(&source);
  root_tree_close(&tree, &root);
}

static void owners_are_described(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_KERNELS; ++i) {
    struct sysroot root = {0};
    struct drop_source source;
    open_source(drop_kernels[i].version, &root, &source);
    const struct drop_plan *plan = &source.plan;
    const struct drop_owner *owner = &plan->owner;
    CHECK(plan->by_netns && owner->packet_device == 16 &&
              owner->packet_socket == 24 && owner->packet_index > 24 &&
              owner->net_operations > 0 && owner->device_net > 0 &&
              owner->socket_net == 48 && owner->task_spaces > 0 &&
              owner->net_inode != owner->net_operations && !plan->by_device &&
              owner->operations == 0,
          "%s", drop_kernels[i].version);
    bool has_receiver = drop_kernels[i].has_receiver;
    CHECK(plan->has_receiver == has_receiver &&
              (!has_receiver || plan->receiver == 3),
          "%s", drop_kernels[i].version);
    drop_source_free(&source);
    sysroot_free(&root);
  }
}

static void special_reasons_have_names(void **state) {
  (void)state;
  struct sysroot root = {0};
  struct drop_source source;
  char reason[128];
  drop_fixture_root("6.18", &root);
  assert_int_equal(drop_source_from_btf(&source, &root, reason, sizeof(reason)),
                   0);
  assert_name(&source.names, 0, "not_dropped_yet");
  assert_name(&source.names, 1, "consumed");
  drop_source_free(&source);
  sysroot_free(&root);
}

/* A tree for one test. */
struct place {
  struct temp_tree tree;
  struct sysroot root;
  char reason[128];
};

static int place_make(void **state) {
  struct place *place = calloc(1, sizeof(*place));
  if (place == NULL)
    return -1;
  root_tree_open(&place->tree, &place->root);
  *state = place;
  return 0;
}

static int place_remove(void **state) {
  struct place *place = *state;
  root_tree_close(&place->tree, &place->root);
  free(place);
  return 0;
}

#define FORMAT_PATH "kernel/tracing/events/skb/kfree_skb/format"

static void assert_tracefs(struct place *place, int expected,
                           const char *words) {
  struct drop_source source;
  int r = drop_source_from_tracefs(&source, &place->root, place->reason,
                                   sizeof(place->reason));
  CHECK(r == expected && strstr(place->reason, words) != NULL, "%d: %s", r,
        place->reason);
  assert_int_equal(source.names.count, 0);
}

static void assert_btf(struct place *place, int expected, const char *words) {
  struct drop_source source;
  int r = drop_source_from_btf(&source, &place->root, place->reason,
                               sizeof(place->reason));
  CHECK(r == expected && strstr(place->reason, words) != NULL, "%d: %s", r,
        place->reason);
  assert_int_equal(source.names.count, 0);
}

static void missing_sources_are_reported(void **state) {
  struct place *place = *state;
  assert_btf(place, -ENOENT, "/sys/kernel/btf/vmlinux: No such file");
  assert_tracefs(place, -ENOENT,
                 "tracefs is not mounted: mount -t tracefs tracefs "
                 "/sys/kernel/tracing");
}

#define FIELD(name, offset, size)                                              \
  "\tfield:int " name ";\toffset:" offset ";\tsize:" size ";\tsigned:0;\n"

/* 32-bit kernels have pointers of 4 bytes. */
static void a_pointer_has_the_kernels_size(void **state) {
  static const char *const sizes[] = {"4", "8"};
  struct place *place = *state;
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    struct drop_source source;
    char text[512];
    snprintf(text, sizeof(text),
             "ID: 7\n\tfield:void * location;\toffset:16;\tsize:%s;"
             "\tsigned:0;\n" FIELD("protocol", "28", "2"),
             sizes[i]);
    temp_tree_write(&place->tree, "sys/" FORMAT_PATH, text);
    CHECK(drop_source_from_tracefs(&source, &place->root, place->reason,
                                   sizeof(place->reason)) == 0,
          "%s", place->reason);
    assert_int_equal(source.plan.location, 16);
    assert_int_equal(source.plan.location_size, strtoul(sizes[i], NULL, 10));
    drop_source_free(&source);
  }
}

static void malformed_sources_are_reported(void **state) {
  struct place *place = *state;
  temp_tree_write(&place->tree, "sys/kernel/btf/vmlinux", "no types");
  assert_btf(place, -EBADMSG, "vmlinux, byte 0: expected a header of BTF");
  temp_tree_write(&place->tree, "sys/" FORMAT_PATH, "ID: 7\n");
  assert_tracefs(place, -EBADMSG, "line 1: expected a number, and the fields");
}

static void tracefs_below_debugfs_is_found(void **state) {
  struct place *place = *state;
  char path[512], reason[128];
  size_t length;
  struct drop_source source;
  char *text = fixture_read("drop_reason/linux-6.1/sys/" FORMAT_PATH, &length);
  snprintf(path, sizeof(path), "sys/kernel/debug/tracing/%s",
           "events/skb/kfree_skb/format");
  temp_tree_write_bytes(&place->tree, path, text, length);
  assert_int_equal(
      drop_source_from_tracefs(&source, &place->root, reason, sizeof(reason)),
      0);
  assert_name(&source.names, 15, "socket_rcvbuff");
  drop_source_free(&source);
  free(text);
}

#define PLACE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kernel_is_described_by_btf),
      cmocka_unit_test(every_kernel_is_described_by_tracefs),
      cmocka_unit_test(both_give_the_same_names),
      cmocka_unit_test(names_are_the_kernels),
      cmocka_unit_test(modules_name_their_reasons),
      cmocka_unit_test(a_module_loaded_later_is_looked_at),
      cmocka_unit_test(owners_are_described),
      cmocka_unit_test(special_reasons_have_names),
      PLACE_TEST(missing_sources_are_reported),
      PLACE_TEST(a_pointer_has_the_kernels_size),
      PLACE_TEST(malformed_sources_are_reported),
      PLACE_TEST(tracefs_below_debugfs_is_found),
  };
  return cmocka_run_group_tests_name("drop_source", tests, NULL, NULL);
}
