/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "drop_fixture.h"
#include "drop_source.h"
#include "drop_trace.h"
#include "fake_bpf.h"

struct scene {
  struct sysroot root;
  struct drop_trace *trace;
  struct drop_trace_error error;
  struct drop_trace_wish wish;
  const struct drop_row *rows;
  size_t count;
  struct drop_trace_gaps gaps;
};

static int scene_make(void **state) {
  struct scene *scene = calloc(1, sizeof(*scene));
  if (scene == NULL)
    return -1;
  fake_bpf_reset();
  drop_fixture_root("6.18", &scene->root);
  *state = scene;
  return 0;
}

static int scene_remove(void **state) {
  struct scene *scene = *state;
  drop_trace_close(scene->trace);
  sysroot_free(&scene->root);
  free(scene);
  return fake_bpf.open == 0 ? 0 : -1;
}

static int open_trace(struct scene *scene, unsigned places) {
  scene->wish.places = places;
  return drop_trace_open(&scene->trace, &scene->root, &scene->wish,
                         &scene->error);
}

static void use(struct scene *scene, const char *version) {
  sysroot_free(&scene->root);
  drop_fixture_root(version, &scene->root);
}

static void drop(uint32_t reason, uint64_t location, uint16_t ethertype) {
  fake_bpf_drop(reason, location, ethertype, 176);
}

static int read_trace(struct scene *scene) {
  return drop_trace_read(scene->trace, &scene->rows, &scene->count,
                         &scene->gaps);
}

static uint64_t row(const struct scene *scene, uint32_t reason,
                    uint64_t location, uint16_t protocol) {
  uint64_t sum = 0;
  for (size_t i = 0; i < scene->count; ++i)
    if (scene->rows[i].key.reason == reason &&
        scene->rows[i].key.location == location &&
        scene->rows[i].key.protocol == protocol)
      sum += scene->rows[i].count;
  return sum;
}

static void dropped_packets_are_read(void **state) {
  struct scene *scene = *state;
  assert_int_equal(open_trace(scene, 100), 0);
  assert_int_equal(fake_bpf.program_type, BPF_PROG_TYPE_TRACING);
  assert_string_equal(fake_bpf.tracepoint, "");
  const struct drop_trace_method *method = drop_trace_method(scene->trace);
  assert_int_equal(method->type, DROP_TYPED);
  assert_true(method->has_reason && method->has_protocol);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(scene->count, 0);
  for (unsigned cpu = 0; cpu < FAKE_BPF_CPUS; ++cpu) {
    fake_bpf.cpu = cpu;
    for (int i = 0; i < 10; ++i)
      drop(6, 0x1000, 0x0800);
    drop(3, 0x2000, 0x86dd);
  }
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(scene->count, 2);
  assert_int_equal(row(scene, 6, 0x1000, 0x0800), 40);
  assert_int_equal(row(scene, 3, 0x2000, 0x86dd), 4);
  assert_false(scene->gaps.is_full);
  assert_true(scene->gaps.has_uncounted);
  assert_int_equal(scene->gaps.uncounted, 0);
}

static void fill(unsigned keys) {
  for (unsigned i = 0; i < keys; ++i)
    drop(6, 0x1000 + i, 0x0800);
}

static void many_keys_are_read_in_batches_or_one_by_one(void **state) {
  struct scene *scene = *state;
  assert_int_equal(open_trace(scene, 400), 0);
  for (unsigned keys = 63; keys < 200; keys += 64) {
    fill(keys + 1);
    for (int way = 0; way < 2; ++way) {
      fake_bpf.has_no_batches = way == 1;
      assert_int_equal(read_trace(scene), 0);
      CHECK(scene->count == keys + 1, "%u keys: %zu", keys + 1, scene->count);
      for (unsigned i = 0; i <= keys; ++i)
        CHECK(row(scene, 6, 0x1000 + i, 0x0800) > 0, "%u", i);
    }
  }
}

static void batches_are_tried_once(void **state) {
  struct scene *scene = *state;
  fake_bpf.has_no_batches = true;
  assert_int_equal(open_trace(scene, 400), 0);
  fill(3);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(scene->count, 3);
  fake_bpf.has_no_batches = false;
  unsigned before = fake_bpf.lookups;
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(scene->count, 3);
  assert_true(fake_bpf.lookups - before >= 3);
}

static void a_full_map_is_reported_and_reasons_stay_exact(void **state) {
  struct scene *scene = *state;
  assert_int_equal(open_trace(scene, 1), 0);
  drop(6, 0x1000, 0x0800);
  for (int i = 0; i < 9; ++i)
    drop(3, 0x2000, 0x0800);
  drop(6, 0x3000, 0x0800);
  drop(0x20005, 0x3000, 0x0800);
  assert_int_equal(read_trace(scene), 0);
  assert_true(scene->gaps.is_full);
  assert_int_equal(row(scene, 6, 0x1000, 0x0800), 1);
  assert_int_equal(row(scene, 3, 0, DROP_PROTOCOL_OTHER), 9);
  assert_int_equal(row(scene, 6, 0, DROP_PROTOCOL_OTHER), 1);
  assert_int_equal(row(scene, DROP_OTHER_REASON, 0, DROP_PROTOCOL_OTHER), 1);
  assert_int_equal(scene->count, 4);
  for (size_t i = 0; i < scene->count; ++i)
    CHECK(scene->rows[i].key.netns == (scene->rows[i].key.location == 0
                                           ? DROP_NETNS_OTHER
                                           : DROP_NETNS_UNKNOWN),
          "row %zu", i);
  /* Without new packets, the elements are not read again. */
  unsigned before = fake_bpf.lookups;
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(scene->count, 4);
  assert_true(fake_bpf.lookups - before <= 2);
  drop(3, 0x2000, 0x0800);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(row(scene, 3, 0, DROP_PROTOCOL_OTHER), 10);
}

static void skipped_runs_are_counted(void **state) {
  struct scene *scene = *state;
  assert_int_equal(open_trace(scene, 10), 0);
  fake_bpf.misses = 17;
  assert_int_equal(read_trace(scene), 0);
  assert_true(scene->gaps.has_uncounted);
  assert_int_equal(scene->gaps.uncounted, 17);
  fake_bpf.counts_no_misses = true;
  assert_int_equal(read_trace(scene), 0);
  assert_false(scene->gaps.has_uncounted);
}

static void refused_programs_are_replaced_by_others(void **state) {
  struct scene *scene = *state;
  /* No typed programs on this machine. */
  fake_bpf.load_error[BPF_PROG_TYPE_TRACING] = -EINVAL;
  assert_int_equal(open_trace(scene, 10), 0);
  assert_int_equal(drop_trace_method(scene->trace)->type, DROP_RAW);
  assert_int_equal(fake_bpf.program_type, BPF_PROG_TYPE_RAW_TRACEPOINT);
  assert_string_equal(fake_bpf.tracepoint, "kfree_skb");
  drop(6, 0x1000, 0x0800);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(row(scene, 6, 0x1000, 0x0800), 1);
  drop_trace_close(scene->trace);
  scene->trace = NULL;
  /* Programs may not read memory either. */
  fake_bpf.helper_error = -EINVAL;
  assert_int_equal(open_trace(scene, 10), 0);
  assert_int_equal(drop_trace_method(scene->trace)->type, DROP_RAW_BLIND);
  assert_false(drop_trace_method(scene->trace)->has_protocol);
  drop(6, 0x1000, 0x0800);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(row(scene, 6, 0x1000, DROP_PROTOCOL_OTHER), 1);
  drop_trace_close(scene->trace);
  scene->trace = NULL;
  /* No raw tracepoints either. */
  fake_bpf.load_error[BPF_PROG_TYPE_RAW_TRACEPOINT] = -EINVAL;
  assert_int_equal(open_trace(scene, 10), 0);
  assert_int_equal(drop_trace_method(scene->trace)->type, DROP_TRACEPOINT);
  assert_int_equal(fake_bpf.tracepoint_id, 2310);
  uint8_t record[64] = {0};
  const uint64_t location = 0x4000;
  const uint16_t protocol = 0x86dd;
  const uint32_t reason = 6;
  memcpy(record + 16, &location, 8);
  memcpy(record + 32, &protocol, 2);
  memcpy(record + 36, &reason, 4);
  fake_bpf_event(record);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(row(scene, 6, 0x4000, 0x86dd), 1);
}

static void namespaces_are_counted_where_the_kernel_tells(void **state) {
  struct scene *scene = *state;
  static struct fake_owner owner;
  struct drop_source source;
  char reason[128];
  assert_int_equal(
      drop_source_from_btf(&source, &scene->root, reason, sizeof(reason)), 0);
  fake_owner_make(&owner, &source.plan.owner, 0xf0000042, 5);
  fake_bpf.task = owner.task;
  scene->wish.by_device = true;
  assert_int_equal(open_trace(scene, 10), 0);
  const struct drop_trace_method *method = drop_trace_method(scene->trace);
  assert_true(method->has_netns && method->has_device);
  struct fake_packet packet;
  fake_packet_make(&packet, 0x0800, 176);
  fake_point(packet.bytes, source.plan.owner.packet_device, owner.device);
  const uint64_t arguments[] = {(uintptr_t)&packet, 0x1000, 6, 0};
  fake_bpf_event(arguments);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(scene->count, 1);
  assert_int_equal(scene->rows[0].key.netns, 0xf0000042);
  assert_int_equal(scene->rows[0].key.device, 5);
  drop_trace_close(scene->trace);
  scene->trace = NULL;
  /* A program that reads through a helper does so on request only. */
  fake_bpf.load_error[BPF_PROG_TYPE_TRACING] = -EINVAL;
  assert_int_equal(open_trace(scene, 10), 0);
  method = drop_trace_method(scene->trace);
  assert_true(method->type == DROP_RAW && method->has_netns);
  drop_trace_close(scene->trace);
  scene->wish = (struct drop_trace_wish){.by_netns = false};
  assert_int_equal(open_trace(scene, 10), 0);
  method = drop_trace_method(scene->trace);
  assert_true(method->type == DROP_RAW && !method->has_netns);
  drop_trace_close(scene->trace);
  /* No program runs once before Linux 5.10. */
  fake_bpf.load_error[BPF_PROG_TYPE_TRACING] = 0;
  fake_bpf.run_error = -EINVAL;
  assert_int_equal(open_trace(scene, 10), 0);
  method = drop_trace_method(scene->trace);
  assert_true(method->type == DROP_TYPED && !method->has_netns);
  drop_source_free(&source);
}

static void a_kernel_without_reasons_counts_places(void **state) {
  struct scene *scene = *state;
  use(scene, "5.10");
  assert_int_equal(open_trace(scene, 1), 0);
  assert_false(drop_trace_method(scene->trace)->has_reason);
  fake_bpf_drop(99, 0x1000, 0x0800, 180);
  fake_bpf_drop(99, 0x2000, 0x0800, 180);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(row(scene, DROP_NO_REASON, 0x1000, 0x0800), 1);
  assert_int_equal(row(scene, DROP_NO_REASON, 0, DROP_PROTOCOL_OTHER), 1);
}

static void assert_fails(struct scene *scene, int expected, const char *words) {
  int r = open_trace(scene, 10);
  CHECK(r == expected && strstr(scene->error.text, words) != NULL, "%d: %s", r,
        scene->error.text);
  assert_null(scene->trace);
  assert_int_equal(fake_bpf.open, 0);
}

#define CAPABILITIES                                                           \
  "it needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, and a kernel that is "  \
  "not locked down"

static void failures_are_reported_and_leave_nothing_open(void **state) {
  struct scene *scene = *state;
  fake_bpf.map_error = -EPERM;
  assert_fails(scene, -EPERM, CAPABILITIES);
  fake_bpf.map_error = -ENOSYS;
  assert_fails(scene, -ENOSYS, "this kernel was built without bpf(2)");
  fake_bpf.map_error = -ENOMEM;
  assert_fails(scene, -ENOMEM, "no map for a BPF program: Cannot allocate");
  fake_bpf.map_error = 0;
  fake_bpf.load_error[BPF_PROG_TYPE_TRACING] = -EPERM;
  assert_fails(scene, -EPERM, "the BPF program is refused: Operation not");
  fake_bpf.load_error[BPF_PROG_TYPE_TRACING] = 0;
  fake_bpf.attach_error = -EPERM;
  assert_fails(scene, -EPERM, CAPABILITIES);
  fake_bpf.attach_error = -ENOENT;
  assert_fails(scene, -ENOENT,
               "the tracepoint kfree_skb takes no BPF program: No such file");
  fake_bpf.attach_error = 0;
  fake_bpf.read_error = -EIO;
  assert_fails(scene, -EIO, "a map of a BPF program cannot be read");
}

static void without_a_description_both_faults_are_reported(void **state) {
  struct scene *scene = *state;
  struct temp_tree tree;
  temp_tree_make(&tree);
  sysroot_free(&scene->root);
  assert_int_equal(sysroot_init(&scene->root, tree.proc, tree.sys), 0);
  assert_fails(scene, -ENOENT,
               "/sys/kernel/btf/vmlinux: No such file or directory, and "
               "tracefs is not mounted: mount -t tracefs tracefs "
               "/sys/kernel/tracing");
  temp_tree_remove(&tree);
}

static void a_failed_read_keeps_the_rows(void **state) {
  struct scene *scene = *state;
  assert_int_equal(open_trace(scene, 10), 0);
  drop(6, 0x1000, 0x0800);
  assert_int_equal(read_trace(scene), 0);
  const struct drop_row *before = scene->rows;
  fake_bpf.read_error = -EIO;
  assert_int_equal(read_trace(scene), -EIO);
  assert_ptr_equal(scene->rows, before);
  fake_bpf.read_error = 0;
  drop(6, 0x1000, 0x0800);
  assert_int_equal(read_trace(scene), 0);
  assert_int_equal(row(scene, 6, 0x1000, 0x0800), 2);
}

static void known_packets_allocate_nothing(void **state) {
  struct scene *scene = *state;
  assert_int_equal(open_trace(scene, 100), 0);
  fill(90);
  assert_int_equal(read_trace(scene), 0);
  size_t before = allocations_count();
  for (int i = 0; i < 50; ++i) {
    fill(90);
    assert_int_equal(read_trace(scene), 0);
  }
  assert_int_equal(allocations_count(), before);
}

#define SCENE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(dropped_packets_are_read),
      SCENE_TEST(many_keys_are_read_in_batches_or_one_by_one),
      SCENE_TEST(batches_are_tried_once),
      SCENE_TEST(a_full_map_is_reported_and_reasons_stay_exact),
      SCENE_TEST(skipped_runs_are_counted),
      SCENE_TEST(refused_programs_are_replaced_by_others),
      SCENE_TEST(namespaces_are_counted_where_the_kernel_tells),
      SCENE_TEST(a_kernel_without_reasons_counts_places),
      SCENE_TEST(failures_are_reported_and_leave_nothing_open),
      SCENE_TEST(without_a_description_both_faults_are_reported),
      SCENE_TEST(a_failed_read_keeps_the_rows),
      SCENE_TEST(known_packets_allocate_nothing),
  };
  return cmocka_run_group_tests_name("drop_trace", tests, NULL, NULL);
}
