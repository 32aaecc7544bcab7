/* SPDX-License-Identifier: MIT */
/* The program, run by a fake kernel, and checked by the verifier of the real
 * one if permitted. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drop_program.h"
#include "drop_source.h"
#include "fake_bpf.h"
#include "sysroot.h"

int __real_bpf_map_new(enum bpf_map_type type, uint32_t key_size,
                       uint32_t value_size, uint32_t entries, const char *name);
int __real_bpf_program_load(enum bpf_prog_type type, uint32_t btf_trace,
                            const struct bpf_insn *code, size_t count,
                            const char *name, char *log, size_t size);
int __real_bpf_map_set(int map, const void *key, const void *value);
int __real_bpf_map_take(int map, const void *key, void *value);
int __real_close(int fd);

enum { OFFSET = 100, REASONS = 20 };

/* A program of one type, with its maps. */
struct scene {
  struct drop_plan plan;
  struct bpf_insn code[DROP_PROGRAM_SIZE];
  size_t size;
};

static struct scene scene(enum drop_program_type type, uint32_t places) {
  fake_bpf_reset();
  struct scene scene = {.plan = {
                            .type = type,
                            .has_reason = true,
                            .location = type == DROP_TRACEPOINT ? 16 : 1,
                            .location_size = 8,
                            .reason = type == DROP_TRACEPOINT ? 28 : 2,
                            .protocol = type == DROP_TRACEPOINT ? 24 : 0,
                            .protocol_offset = OFFSET,
                            .reasons = REASONS,
                        }};
  scene.plan.places = bpf_map_new(BPF_MAP_TYPE_PERCPU_HASH,
                                  sizeof(struct drop_key), 8, places, "p");
  scene.plan.spill = bpf_map_new(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8,
                                 DROP_SPILL_REASON + REASONS, "s");
  return scene;
}

static void finish(struct scene *scene) {
  scene->size = drop_program_make(&scene->plan, scene->code);
}

static void drop(const struct scene *scene, uint32_t reason, uint64_t location,
                 uint16_t ethertype) {
  struct fake_packet packet;
  fake_packet_make(&packet, ethertype, OFFSET);
  uint64_t arguments[] = {(uintptr_t)&packet, location,
                          0xdead00000000 | reason};
  uint8_t record[64] = {0};
  memcpy(record + 16, &location, 8);
  memcpy(record + 24, &ethertype, 2);
  memcpy(record + 28, &reason, 4);
  const void *context =
      scene->plan.type == DROP_TRACEPOINT ? (void *)record : (void *)arguments;
  assert_int_equal(fake_bpf_run(scene->code, scene->size, context), 0);
}

static uint64_t sum(const uint64_t *values) {
  uint64_t total = 0;
  for (int i = 0; i < FAKE_BPF_CPUS; ++i)
    total += values[i];
  return total;
}

static uint64_t place(const struct scene *scene, uint32_t reason,
                      uint64_t location, uint16_t protocol) {
  uint64_t values[FAKE_BPF_CPUS];
  const struct drop_key key = {
      .location = location, .reason = reason, .protocol = protocol};
  return bpf_map_lookup(scene->plan.places, &key, values) == 0 ? sum(values)
                                                               : 0;
}

static uint64_t spilled(const struct scene *scene, uint32_t element) {
  uint64_t values[FAKE_BPF_CPUS];
  assert_int_equal(bpf_map_lookup(scene->plan.spill, &element, values), 0);
  return sum(values);
}

static const enum drop_program_type types[] = {DROP_TYPED, DROP_RAW,
                                               DROP_TRACEPOINT};

static void packets_are_counted_by_reason_place_and_protocol(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(types); ++i) {
    struct scene it = scene(types[i], 16);
    finish(&it);
    for (int n = 0; n < 5; ++n)
      drop(&it, 6, 0xffffffff81000010, 0x0800);
    drop(&it, 6, 0xffffffff81000010, 0x86dd);
    drop(&it, 6, 0xffffffff81000020, 0x0800);
    drop(&it, 7, 0xffffffff81000010, 0x0800);
    drop(&it, 0x30002, 0xffffffff81000010, 0x0806);
    CHECK(place(&it, 6, 0xffffffff81000010, 0x0800) == 5 &&
              place(&it, 6, 0xffffffff81000010, 0x86dd) == 1 &&
              place(&it, 6, 0xffffffff81000020, 0x0800) == 1 &&
              place(&it, 7, 0xffffffff81000010, 0x0800) == 1 &&
              place(&it, 0x30002, 0xffffffff81000010, 0x0806) == 1,
          "type %d", types[i]);
    assert_int_equal(spilled(&it, DROP_SPILLED), 0);
  }
}

/* A 32-bit kernel's record: the protocol follows the location directly. */
static void a_location_of_4_bytes_is_read_alone(void **state) {
  (void)state;
  struct scene it = scene(DROP_TRACEPOINT, 16);
  it.plan.location_size = 4;
  it.plan.protocol = 20;
  it.plan.reason = 24;
  finish(&it);
  uint8_t record[64] = {0};
  memcpy(record + 16, &(uint32_t){0xc0de1000}, 4);
  memcpy(record + 20, &(uint16_t){0x0800}, 2);
  memcpy(record + 24, &(uint32_t){6}, 4);
  assert_int_equal(fake_bpf_run(it.code, it.size, record), 0);
  assert_int_equal(place(&it, 6, 0xc0de1000, 0x0800), 1);
}

static void each_cpu_has_its_own_count(void **state) {
  (void)state;
  struct scene it = scene(DROP_TYPED, 16);
  finish(&it);
  for (unsigned cpu = 0; cpu < FAKE_BPF_CPUS; ++cpu) {
    fake_bpf.cpu = cpu;
    for (unsigned n = 0; n <= cpu; ++n)
      drop(&it, 6, 0x1000, 0x0800);
  }
  uint64_t values[FAKE_BPF_CPUS];
  const struct drop_key key = {
      .location = 0x1000, .reason = 6, .protocol = 0x0800};
  assert_int_equal(bpf_map_lookup(it.plan.places, &key, values), 0);
  for (unsigned cpu = 0; cpu < FAKE_BPF_CPUS; ++cpu)
    assert_int_equal(values[cpu], cpu + 1);
}

static void unnamed_protocols_are_counted_together(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(types); ++i) {
    struct scene it = scene(types[i], 64);
    finish(&it);
    for (uint32_t type = 0x9000; type < 0x9100; ++type)
      drop(&it, 6, 0x1000, (uint16_t)type);
    assert_int_equal(place(&it, 6, 0x1000, DROP_PROTOCOL_OTHER), 0x100);
    for (size_t j = 0; j < drop_program_protocol_count; ++j) {
      uint16_t type = drop_program_protocols[j].ethertype;
      drop(&it, 6, 0x1000, type);
      CHECK(place(&it, 6, 0x1000, type) == 1, "%x", type);
    }
    assert_int_equal(spilled(&it, DROP_SPILLED), 0);
  }
}

static void a_kernel_that_hides_packets_has_one_protocol(void **state) {
  (void)state;
  struct scene it = scene(DROP_RAW_BLIND, 16);
  finish(&it);
  drop(&it, 6, 0x1000, 0x0800);
  drop(&it, 6, 0x1000, 0x86dd);
  assert_int_equal(place(&it, 6, 0x1000, DROP_PROTOCOL_OTHER), 2);
}

static void a_packet_that_cannot_be_read_has_no_protocol(void **state) {
  (void)state;
  struct scene it = scene(DROP_RAW, 16);
  finish(&it);
  const uint64_t arguments[] = {0, 0x1000, 6};
  assert_int_equal(fake_bpf_run(it.code, it.size, arguments), 0);
  assert_int_equal(place(&it, 6, 0x1000, 0), 1);
}

static void a_kernel_without_reasons_counts_by_place(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(types); ++i) {
    struct scene it = scene(types[i], 1);
    it.plan.has_reason = false;
    it.plan.reasons = 0;
    finish(&it);
    drop(&it, 6, 0x1000, 0x0800);
    drop(&it, 7, 0x1000, 0x0800);
    assert_int_equal(place(&it, DROP_NO_REASON, 0x1000, 0x0800), 2);
    drop(&it, 7, 0x2000, 0x0800);
    assert_int_equal(spilled(&it, DROP_SPILL_OTHER), 1);
    assert_int_equal(spilled(&it, DROP_SPILLED), 1);
  }
}

static void reasons_stay_exact_with_a_full_map(void **state) {
  (void)state;
  struct scene it = scene(DROP_TYPED, 2);
  finish(&it);
  drop(&it, 1, 0x1000, 0x0800);
  drop(&it, 2, 0x1000, 0x0800);
  for (int n = 0; n < 7; ++n)
    drop(&it, 3, 0x1000, 0x0800);
  drop(&it, 0, 0x1000, 0x0800);
  drop(&it, REASONS - 1, 0x1000, 0x0800);
  drop(&it, REASONS, 0x1000, 0x0800);
  drop(&it, 0x10000, 0x1000, 0x0800);
  drop(&it, 0x10003, 0x1000, 0x0800);
  drop(&it, UINT32_MAX, 0x1000, 0x0800);
  drop(&it, UINT32_MAX - DROP_SPILL_REASON, 0x1000, 0x0800);
  /* Keys in the map are still counted. */
  drop(&it, 1, 0x1000, 0x0800);
  assert_int_equal(place(&it, 1, 0x1000, 0x0800), 2);
  assert_int_equal(place(&it, 2, 0x1000, 0x0800), 1);
  assert_int_equal(spilled(&it, DROP_SPILL_REASON + 3), 7);
  assert_int_equal(spilled(&it, DROP_SPILL_REASON + 0), 1);
  assert_int_equal(spilled(&it, DROP_SPILL_REASON + REASONS - 1), 1);
  assert_int_equal(spilled(&it, DROP_SPILL_OTHER), 5);
  assert_int_equal(spilled(&it, DROP_SPILLED), 14);
  /* The full map is not tried again. */
  assert_int_equal(spilled(&it, DROP_FULL), 1);
}

static void a_map_that_is_busy_is_not_full(void **state) {
  (void)state;
  struct scene it = scene(DROP_TYPED, 16);
  finish(&it);
  fake_bpf.is_busy = true;
  drop(&it, 3, 0x1000, 0x0800);
  assert_int_equal(spilled(&it, DROP_SPILL_REASON + 3), 1);
  assert_int_equal(spilled(&it, DROP_FULL), 0);
  fake_bpf.is_busy = false;
  drop(&it, 3, 0x1000, 0x0800);
  assert_int_equal(place(&it, 3, 0x1000, 0x0800), 1);
  assert_int_equal(spilled(&it, DROP_SPILLED), 1);
}

/* --- Owners ----------------------------------------------------------------
 */

/* Offsets that such structs may have. */
static const struct drop_owner offsets = {.packet_device = 16,
                                          .packet_index = 144,
                                          .packet_socket = 24,
                                          .device_net = 1280,
                                          .device_index = 224,
                                          .socket_net = 48,
                                          .net_operations = 120,
                                          .net_inode = 128,
                                          .task_spaces = 2760,
                                          .spaces_net = 40,
                                          .operations = FAKE_OPERATIONS};

static const enum drop_program_type owner_types[] = {DROP_TYPED, DROP_RAW};

/* Whose a packet seems to be; NULL: none. */
struct packet_owners {
  const void *device, *receiver, *socket;
  uint32_t index; /* skb_iif */
};

static struct scene owner_scene(enum drop_program_type type) {
  struct scene it = scene(type, 16);
  it.plan.by_netns = it.plan.by_device = it.plan.has_receiver = true;
  it.plan.receiver = 3;
  it.plan.owner = offsets;
  return it;
}

static void drop_owned(const struct scene *scene,
                       const struct packet_owners *owners) {
  struct fake_packet packet;
  fake_packet_make(&packet, 0x0800, OFFSET);
  fake_point(packet.bytes, offsets.packet_device, owners->device);
  fake_point(packet.bytes, offsets.packet_socket, owners->socket);
  memcpy(packet.bytes + offsets.packet_index, &owners->index, 4);
  uint64_t receiver =
      owners->receiver != NULL ? (uintptr_t)owners->receiver | FAKE_KERNEL : 0;
  const uint64_t arguments[] = {(uintptr_t)&packet, 0x1000, 6, receiver};
  assert_int_equal(fake_bpf_run(scene->code, scene->size, arguments), 0);
}

static uint64_t owned(const struct scene *scene, uint32_t netns,
                      uint32_t device) {
  uint64_t values[FAKE_BPF_CPUS];
  const struct drop_key key = {.location = 0x1000,
                               .reason = 6,
                               .protocol = 0x0800,
                               .netns = netns,
                               .device = device};
  return bpf_map_lookup(scene->plan.places, &key, values) == 0 ? sum(values)
                                                               : 0;
}

static struct fake_owner sender, receiver, other;

static void make_owners(void) {
  fake_owner_make(&sender, &offsets, 0xf0000001, 3);
  fake_owner_make(&receiver, &offsets, 0xf0000002, 7);
  fake_owner_make(&other, &offsets, 0xf0000003, 9);
}

static void the_device_comes_before_sockets(void **state) {
  (void)state;
  make_owners();
  for (size_t i = 0; i < COUNT_OF(owner_types); ++i) {
    struct scene it = owner_scene(owner_types[i]);
    finish(&it);
    /* The sender's socket, on a device of the receiver. */
    drop_owned(&it, &(const struct packet_owners){.device = receiver.device,
                                                  .socket = sender.socket,
                                                  .receiver = other.socket,
                                                  .index = 5});
    CHECK(owned(&it, 0xf0000002, 7) == 1, "type %d", owner_types[i]);
    /* Without a device: its index is that of the interface it came by. */
    drop_owned(&it, &(const struct packet_owners){.socket = sender.socket,
                                                  .receiver = other.socket,
                                                  .index = 5});
    CHECK(owned(&it, 0xf0000003, 5) == 1, "type %d", owner_types[i]);
    drop_owned(&it, &(const struct packet_owners){.socket = sender.socket});
    CHECK(owned(&it, 0xf0000001, 0) == 1, "type %d", owner_types[i]);
    drop_owned(&it, &(const struct packet_owners){.index = 5});
    CHECK(owned(&it, DROP_NETNS_UNKNOWN, 5) == 1, "type %d", owner_types[i]);
  }
}

/* The device's pointer may be anything: a number, another pointer. */
static void a_false_device_is_not_believed(void **state) {
  (void)state;
  make_owners();
  static struct fake_owner garbage;
  for (size_t i = 0; i < COUNT_OF(owner_types); ++i) {
    struct scene it = owner_scene(owner_types[i]);
    finish(&it);
    memset(&garbage, 0, sizeof(garbage));
    const void *pointers[] = {garbage.device, garbage.net, &garbage};
    /* Leads to NULL, to no address, and to a namespace of another kind. */
    fake_point(garbage.net, offsets.device_net, (const void *)64);
    fake_owner_make(&other, &offsets, 0xf0000003, 9);
    memset(other.net + offsets.net_operations, 0x77, 8);
    fake_point((uint8_t *)&garbage, offsets.device_net, other.net);
    for (size_t j = 0; j < COUNT_OF(pointers); ++j)
      drop_owned(&it, &(const struct packet_owners){.device = pointers[j],
                                                    .socket = sender.socket,
                                                    .index = 4});
    CHECK(owned(&it, 0xf0000001, 4) == 3, "type %d", owner_types[i]);
    /* A false socket too. */
    drop_owned(&it, &(const struct packet_owners){.receiver = other.socket,
                                                  .socket = garbage.device});
    CHECK(owned(&it, DROP_NETNS_UNKNOWN, 0) == 1, "type %d", owner_types[i]);
  }
}

/* Numbers are found in the place of the device (dev_scratch) and the socket
 * (ip_defrag_offset). */
static void numbers_are_no_pointers(void **state) {
  (void)state;
  make_owners();
  for (size_t i = 0; i < COUNT_OF(owner_types); ++i) {
    struct scene it = owner_scene(owner_types[i]);
    finish(&it);
    struct fake_packet packet;
    const uint64_t number = 0x7fffffffffffffff;
    const uint32_t index = 0;
    fake_packet_make(&packet, 0x0800, OFFSET);
    memcpy(packet.bytes + offsets.packet_device, &number, 8);
    memcpy(packet.bytes + offsets.packet_socket, &number, 8);
    memcpy(packet.bytes + offsets.packet_index, &index, 4);
    const uint64_t arguments[] = {(uintptr_t)&packet, 0x1000, 6, number};
    assert_int_equal(fake_bpf_run(it.code, it.size, arguments), 0);
    CHECK(owned(&it, DROP_NETNS_UNKNOWN, 0) == 1, "type %d", owner_types[i]);
  }
}

static void interfaces_are_counted_on_request(void **state) {
  (void)state;
  make_owners();
  struct scene it = owner_scene(DROP_TYPED);
  it.plan.by_device = false;
  finish(&it);
  drop_owned(&it, &(const struct packet_owners){.device = sender.device});
  drop_owned(&it, &(const struct packet_owners){.index = 5});
  assert_int_equal(owned(&it, 0xf0000001, 0), 1);
  assert_int_equal(owned(&it, DROP_NETNS_UNKNOWN, 0), 1);
}

static void the_operations_are_found_by_a_run(void **state) {
  (void)state;
  make_owners();
  struct drop_owner found = offsets;
  fake_bpf_reset();
  found.operations = 0;
  fake_bpf.task = sender.task;
  assert_int_equal(drop_owner_find_operations(&found), 0);
  CHECK(found.operations == FAKE_OPERATIONS, "%llx",
        (unsigned long long)found.operations);
  assert_int_equal(fake_bpf.open, 0);
  /* A process that is ending has no namespaces. */
  found.operations = 0;
  fake_point(sender.task, offsets.task_spaces, NULL);
  assert_int_equal(drop_owner_find_operations(&found), -ENOENT);
  fake_bpf.run_error = -EINVAL;
  assert_int_equal(drop_owner_find_operations(&found), -EINVAL);
  fake_bpf.load_error[BPF_PROG_TYPE_RAW_TRACEPOINT] = -EPERM;
  assert_int_equal(drop_owner_find_operations(&found), -EPERM);
  assert_int_equal(found.operations, 0);
  assert_int_equal(fake_bpf.open, 0);
}

/* Nearly all packets take this path. */
static void a_known_place_takes_few_instructions(void **state) {
  (void)state;
  struct scene it = scene(DROP_TYPED, 16);
  finish(&it);
  drop(&it, 3, 0x1000, 0x0800);
  drop(&it, 3, 0x1000, 0x0800);
  CHECK(fake_bpf_steps() <= 26, "%zu", fake_bpf_steps());
  make_owners();
  it = owner_scene(DROP_TYPED);
  finish(&it);
  for (int i = 0; i < 2; ++i)
    drop_owned(&it, &(const struct packet_owners){.device = sender.device});
  CHECK(fake_bpf_steps() <= 40, "%zu", fake_bpf_steps());
}

/* No jump leads out of the program or into the middle of a double instruction,
 * and every path ends. */
static void jumps_stay_inside_the_program(void **state) {
  (void)state;
  for (int type = DROP_TYPED; type <= DROP_TRACEPOINT; ++type) {
    struct scene it = scene((enum drop_program_type)type, 1);
    finish(&it);
    assert_true(it.size < DROP_PROGRAM_SIZE);
    assert_int_equal(it.code[it.size - 1].code, BPF_JMP | BPF_EXIT);
    for (size_t i = 0; i < it.size; ++i) {
      uint8_t code = it.code[i].code;
      if (code == (BPF_LD | BPF_DW | BPF_IMM)) {
        i++;
        continue;
      }
      if ((code & 7) != BPF_JMP || code == (BPF_JMP | BPF_EXIT) ||
          code == (BPF_JMP | BPF_CALL))
        continue;
      size_t to = i + 1 + (uint16_t)it.code[i].off;
      CHECK(it.code[i].off >= 0 && to < it.size && it.code[to].code != 0,
            "type %d: %zu leads to %zu", type, i, to);
    }
  }
}

/* Loads a program into the running kernel. */
static int load(const struct scene *it, uint32_t tracepoint) {
  static const enum bpf_prog_type types_of_bpf[] = {
      [DROP_TYPED] = BPF_PROG_TYPE_TRACING,
      [DROP_RAW] = BPF_PROG_TYPE_RAW_TRACEPOINT,
      [DROP_RAW_BLIND] = BPF_PROG_TYPE_RAW_TRACEPOINT,
      [DROP_TRACEPOINT] = BPF_PROG_TYPE_TRACEPOINT};
  static char log[1 << 20];
  int fd =
      __real_bpf_program_load(types_of_bpf[it->plan.type], tracepoint, it->code,
                              it->size, "netloss_test", log, sizeof(log));
  if (fd == -EPERM)
    skip();
  CHECK(fd >= 0, "type %d, netns %d, device %d, receiver %d: %s\n%s",
        it->plan.type, it->plan.by_netns, it->plan.by_device,
        it->plan.has_receiver, strerror(-fd), log);
  return fd;
}

/* Gives the program real maps and loads it. */
static void verify(struct scene *it, uint32_t tracepoint) {
  it->plan.places = __real_bpf_map_new(
      BPF_MAP_TYPE_PERCPU_HASH, sizeof(struct drop_key), 8, 16, "netloss_test");
  if (it->plan.places < 0)
    skip();
  it->plan.spill =
      __real_bpf_map_new(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8,
                         DROP_SPILL_REASON + REASONS, "netloss_test");
  assert_true(it->plan.spill >= 0);
  finish(it);
  __real_close(load(it, tracepoint));
  __real_close(it->plan.places);
  __real_close(it->plan.spill);
}

/* Loads the types that need no BTF. */
static void the_real_verifier_accepts_it(void **state) {
  (void)state;
  static const enum drop_program_type rows[] = {DROP_RAW, DROP_RAW_BLIND,
                                                DROP_TRACEPOINT};
  for (size_t i = 0; i < 2 * COUNT_OF(rows); ++i) {
    struct scene it = scene(rows[i / 2], 1);
    it.plan.has_reason = i % 2 == 0;
    verify(&it, 0);
  }
}

/* Loads each variant of what this kernel's BTF describes. */
static void the_real_verifier_accepts_owners(void **state) {
  (void)state;
  struct sysroot root = {0};
  struct drop_source source;
  char reason[256];
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  int r = drop_source_from_btf(&source, &root, reason, sizeof(reason));
  sysroot_free(&root);
  if (r < 0 || !source.plan.by_netns) {
    drop_source_free(&source);
    skip();
  }
  for (unsigned variant = 0; variant < 16; ++variant) {
    struct scene it = scene(DROP_TYPED, 1);
    it.plan = source.plan;
    it.plan.type = (variant & 1) != 0 ? DROP_TYPED : DROP_RAW;
    it.plan.by_netns = (variant & 2) != 0;
    it.plan.by_device = (variant & 4) != 0;
    it.plan.has_receiver = source.plan.has_receiver && (variant & 8) != 0;
    it.plan.reasons = REASONS;
    it.plan.owner.operations = FAKE_OPERATIONS;
    verify(&it, it.plan.type == DROP_TYPED ? source.id : 0);
  }
  drop_source_free(&source);
}

/* The running kernel removes a key and says what it had come to. */
static void a_key_is_taken_from_a_real_map(void **state) {
  (void)state;
  static uint64_t values[16384], taken[16384];
  const struct drop_key key = {.location = 0x1000, .reason = 6};
  int map = __real_bpf_map_new(BPF_MAP_TYPE_PERCPU_HASH, sizeof(key), 8, 16,
                               "netloss_test");
  if (map < 0)
    skip();
  values[0] = 7;
  assert_int_equal(__real_bpf_map_set(map, &key, values), 0);
  int r = __real_bpf_map_take(map, &key, taken);
  if (r != -EINVAL && r != -524) { /* Linux before 5.14 */
    assert_int_equal(r, 0);
    assert_int_equal(taken[0], 7);
    assert_int_equal(__real_bpf_map_take(map, &key, taken), -ENOENT);
  }
  __real_close(map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(packets_are_counted_by_reason_place_and_protocol),
      cmocka_unit_test(a_location_of_4_bytes_is_read_alone),
      cmocka_unit_test(each_cpu_has_its_own_count),
      cmocka_unit_test(unnamed_protocols_are_counted_together),
      cmocka_unit_test(a_kernel_that_hides_packets_has_one_protocol),
      cmocka_unit_test(a_packet_that_cannot_be_read_has_no_protocol),
      cmocka_unit_test(a_kernel_without_reasons_counts_by_place),
      cmocka_unit_test(reasons_stay_exact_with_a_full_map),
      cmocka_unit_test(a_map_that_is_busy_is_not_full),
      cmocka_unit_test(the_device_comes_before_sockets),
      cmocka_unit_test(a_false_device_is_not_believed),
      cmocka_unit_test(numbers_are_no_pointers),
      cmocka_unit_test(interfaces_are_counted_on_request),
      cmocka_unit_test(the_operations_are_found_by_a_run),
      cmocka_unit_test(a_known_place_takes_few_instructions),
      cmocka_unit_test(jumps_stay_inside_the_program),
      cmocka_unit_test(the_real_verifier_accepts_it),
      cmocka_unit_test(the_real_verifier_accepts_owners),
      cmocka_unit_test(a_key_is_taken_from_a_real_map),
  };
  return cmocka_run_group_tests_name("drop_program", tests, NULL, NULL);
}
