/* SPDX-License-Identifier: MIT */
#include "fake_bpf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drop_program.h"

enum { MAX_MAPS = 16, MAX_KEYS = 512, MAX_KEY = 24, STACK = 512 };

struct fake_key {
  uint8_t key[MAX_KEY];
  uint64_t values[FAKE_BPF_CPUS];
};

struct fake_map {
  enum bpf_map_type type;
  uint32_t key_size, max_entries, count;
  struct fake_key keys[MAX_KEYS];
};

/* Descriptors: maps from 100 on, the program is 200 and its attachment 201. */
enum { FIRST_MAP = 100, PROGRAM = 200, LINK = 201 };

struct fake_bpf fake_bpf;
static struct fake_map maps[MAX_MAPS];
static size_t map_count;
static struct bpf_insn program[DROP_PROGRAM_SIZE];
static size_t program_size;
static bool is_attached;
static size_t steps;

static void die(const char *what) {
  fprintf(stderr, "fake_bpf: %s\n", what);
  abort();
}

void fake_bpf_reset(void) {
  memset(&fake_bpf, 0, sizeof(fake_bpf));
  memset(maps, 0, sizeof(maps));
  map_count = 0;
  program_size = 0;
  is_attached = false;
}

size_t fake_bpf_steps(void) { return steps; }

static struct fake_map *map_of(uint64_t fd) {
  if (fd < FIRST_MAP || fd >= FIRST_MAP + map_count)
    die("there is no such map");
  return &maps[fd - FIRST_MAP];
}

static struct fake_key *find(struct fake_map *map, const void *key) {
  for (uint32_t i = 0; i < map->count; i++)
    if (memcmp(map->keys[i].key, key, map->key_size) == 0)
      return &map->keys[i];
  return NULL;
}

static struct fake_key *add(struct fake_map *map, const void *key) {
  struct fake_key *added = &map->keys[map->count++];
  memset(added, 0, sizeof(*added));
  memcpy(added->key, key, map->key_size);
  return added;
}

/* The address that a pointer of the fake kernel stands for: such a pointer has
 * the sign of a kernel's address. */
static uint64_t real_address(uint64_t pointer) {
  return pointer & ~FAKE_KERNEL;
}

/* --- Helpers ---------------------------------------------------------------
 */

static int64_t update(struct fake_map *map, const void *key, const void *value,
                      uint64_t flags) {
  if (fake_bpf.is_busy)
    return -EBUSY;
  if (flags != BPF_NOEXIST)
    die("a key is to be replaced");
  if (find(map, key) != NULL)
    return -EEXIST;
  if (map->count == map->max_entries)
    return -E2BIG;
  memcpy(&add(map, key)->values[fake_bpf.cpu], value, sizeof(uint64_t));
  return 0;
}

static uint64_t call_helper(int32_t helper, uint64_t *r) {
  struct fake_key *found;
  switch (helper) {
  case BPF_FUNC_map_lookup_elem:
    found = find(map_of(r[1]), (const void *)(uintptr_t)r[2]);
    return found != NULL ? (uintptr_t)&found->values[fake_bpf.cpu] : 0;
  case BPF_FUNC_map_update_elem:
    /* As an int, with nothing in the upper half: see drop_program.c. */
    return (uint32_t)update(map_of(r[1]), (const void *)(uintptr_t)r[2],
                            (const void *)(uintptr_t)r[3], r[4]);
  case BPF_FUNC_probe_read_kernel:
    if (real_address(r[3]) < 4096) {
      memset((void *)(uintptr_t)r[1], 0, (size_t)r[2]);
      return (uint64_t)-EFAULT;
    }
    memcpy((void *)(uintptr_t)r[1], (const void *)(uintptr_t)real_address(r[3]),
           (size_t)r[2]);
    return 0;
  case BPF_FUNC_get_current_task:
    return (uintptr_t)fake_bpf.task | FAKE_KERNEL;
  default:
    die("an unknown helper");
    return 0;
  }
}

/* --- Instructions ----------------------------------------------------------
 */

struct machine {
  uint64_t r[11];
  uint8_t stack[STACK];
};

static size_t size_of(uint8_t code) {
  switch (code & 0x18) {
  case BPF_B:
    return 1;
  case BPF_H:
    return 2;
  case BPF_W:
    return 4;
  default:
    return 8;
  }
}

static uint64_t load(uint64_t from, size_t size) {
  uint64_t value = 0;
  uint8_t bytes[8];
  /* A typed program reads 0 where there is nothing. */
  if (real_address(from) < 4096)
    return 0;
  memcpy(bytes, (const void *)(uintptr_t)real_address(from), size);
  if (size == 2)
    value = *(const uint16_t *)(const void *)bytes;
  else if (size == 4)
    value = *(const uint32_t *)(const void *)bytes;
  else
    memcpy(&value, bytes, sizeof(value));
  return value;
}

static void store(uint64_t to, size_t size, uint64_t value) {
  uint16_t half = (uint16_t)value;
  uint32_t word = (uint32_t)value;
  void *at = (void *)(uintptr_t)to;
  if (size == 2)
    memcpy(at, &half, sizeof(half));
  else if (size == 4)
    memcpy(at, &word, sizeof(word));
  else
    memcpy(at, &value, sizeof(value));
}

static void calculate(struct machine *machine, const struct bpf_insn *insn) {
  uint64_t *to = &machine->r[insn->dst_reg];
  bool from_register = (insn->code & BPF_X) != 0;
  uint64_t other =
      from_register ? machine->r[insn->src_reg] : (uint64_t)(int64_t)insn->imm;
  bool is_wide = (insn->code & 7) == BPF_ALU64;
  switch (insn->code & 0xf0) {
  case BPF_MOV:
    *to = is_wide ? other : (uint32_t)other;
    return;
  case BPF_ADD:
    *to += other;
    break;
  case BPF_LSH:
    *to <<= other;
    break;
  case BPF_RSH:
    *to >>= other;
    break;
  case BPF_ARSH:
    *to = (uint64_t)((int64_t)*to >> other);
    break;
  case BPF_END:
    if (insn->imm != 16 || (insn->code & BPF_TO_BE) == 0)
      die("another conversion than of 16 bits");
    *to = htons((uint16_t)*to);
    return;
  default:
    die("unknown arithmetic");
  }
  if (!is_wide)
    die("arithmetic of 32 bits");
}

static bool compare(const struct bpf_insn *insn, const uint64_t *r) {
  uint64_t value = r[insn->dst_reg];
  uint64_t other = (insn->code & BPF_X) != 0 ? r[insn->src_reg]
                                             : (uint64_t)(int64_t)insn->imm;
  switch (insn->code & 0xf0) {
  case BPF_JA:
    return true;
  case BPF_JSGE:
    return (int64_t)value >= (int64_t)other;
  case BPF_JEQ:
    return value == other;
  case BPF_JNE:
    return value != other;
  case BPF_JLT:
    return value < other;
  default:
    die("an unknown comparison");
    return false;
  }
}

/* Runs an instruction that is neither a jump nor the end. */
static void step(struct machine *machine, const struct bpf_insn *insn) {
  uint64_t *to = &machine->r[insn->dst_reg];
  uint64_t at = *to + (uint64_t)(int64_t)insn->off;
  uint64_t from = machine->r[insn->src_reg];
  size_t size = size_of(insn->code);
  switch (insn->code & 7) {
  case BPF_ALU:
  case BPF_ALU64:
    calculate(machine, insn);
    return;
  case BPF_LDX:
    *to = load(from + (uint64_t)(int64_t)insn->off, size);
    return;
  case BPF_ST:
    store(at, size, (uint64_t)(int64_t)insn->imm);
    return;
  case BPF_STX:
    if ((insn->code & 0xe0) == BPF_XADD)
      from += load(at, size);
    store(at, size, from);
    return;
  default:
    die("an unknown instruction");
  }
}

uint64_t fake_bpf_run(const struct bpf_insn *code, size_t count,
                      const void *context) {
  struct machine machine;
  memset(&machine, 0, sizeof(machine));
  machine.r[1] = (uintptr_t)context;
  machine.r[10] = (uintptr_t)machine.stack + STACK;
  steps = 0;
  for (size_t at = 0; at < count; at++) {
    const struct bpf_insn *insn = &code[at];
    steps++;
    if (insn->code == (BPF_JMP | BPF_EXIT))
      return machine.r[0];
    if (insn->code == (BPF_JMP | BPF_CALL)) {
      machine.r[0] = call_helper(insn->imm, machine.r);
      /* A helper leaves nothing in these. */
      for (int i = 1; i <= 5; i++)
        machine.r[i] = 0xdeadbeefdeadbeef;
    } else if (insn->code == (BPF_LD | BPF_DW | BPF_IMM)) {
      at++;
      machine.r[insn->dst_reg] =
          (uint64_t)(uint32_t)code[at].imm << 32 | (uint32_t)insn->imm;
    } else if ((insn->code & 7) == BPF_JMP) {
      if (compare(insn, machine.r))
        at += (uint16_t)insn->off;
    } else {
      step(&machine, insn);
    }
  }
  die("the program has no end");
  return 0;
}

void fake_bpf_event(const void *context) {
  if (is_attached)
    fake_bpf_run(program, program_size, context);
}

void fake_packet_make(struct fake_packet *packet, uint16_t ethertype,
                      uint32_t offset) {
  uint16_t wire = htons(ethertype);
  memset(packet, 0xa5, sizeof(*packet));
  memcpy(packet->bytes + offset, &wire, sizeof(wire));
}

void fake_bpf_drop(uint32_t reason, uint64_t location, uint16_t ethertype,
                   uint32_t offset) {
  struct fake_packet packet;
  fake_packet_make(&packet, ethertype, offset);
  /* The upper half of a 32-bit argument is undefined. */
  const uint64_t arguments[] = {(uintptr_t)&packet, location,
                                0xdead00000000 | reason};
  fake_bpf_event(arguments);
}

void fake_point(uint8_t *bytes, uint32_t offset, const void *target) {
  uint64_t pointer = target != NULL ? (uintptr_t)target | FAKE_KERNEL : 0;
  memcpy(bytes + offset, &pointer, sizeof(pointer));
}

void fake_owner_make(struct fake_owner *owner, const struct drop_owner *offsets,
                     uint32_t inode, uint32_t index) {
  const uint64_t operations = FAKE_OPERATIONS;
  memset(owner, 0, sizeof(*owner));
  fake_point(owner->task, offsets->task_spaces, owner->spaces);
  fake_point(owner->spaces, offsets->spaces_net, owner->net);
  fake_point(owner->device, offsets->device_net, owner->net);
  fake_point(owner->socket, offsets->socket_net, owner->net);
  memcpy(owner->net + offsets->net_operations, &operations, sizeof(operations));
  memcpy(owner->net + offsets->net_inode, &inode, sizeof(inode));
  memcpy(owner->device + offsets->device_index, &index, sizeof(index));
}

/* --- Functions of bpf.h ----------------------------------------------------
 */

int __wrap_bpf_map_new(enum bpf_map_type type, uint32_t key_size,
                       uint32_t value_size, uint32_t entries, const char *name);
int __wrap_bpf_map_new(enum bpf_map_type type, uint32_t key_size,
                       uint32_t value_size, uint32_t entries,
                       const char *name) {
  (void)name;
  if (fake_bpf.map_error != 0)
    return fake_bpf.map_error;
  if (map_count == MAX_MAPS || value_size != sizeof(uint64_t) ||
      key_size > MAX_KEY)
    die("an unexpected map");
  struct fake_map *map = &maps[map_count];
  *map = (struct fake_map){
      .type = type, .key_size = key_size, .max_entries = entries};
  bool is_array = type == BPF_MAP_TYPE_PERCPU_ARRAY;
  if (is_array && entries > MAX_KEYS)
    die("a large array");
  for (uint32_t i = 0; is_array && i < entries; i++)
    add(map, &i);
  fake_bpf.open++;
  return (int)(FIRST_MAP + map_count++);
}

int __wrap_bpf_program_load(enum bpf_prog_type type, uint32_t btf_trace,
                            const struct bpf_insn *code, size_t count,
                            const char *name, char *log, size_t size);
int __wrap_bpf_program_load(enum bpf_prog_type type, uint32_t btf_trace,
                            const struct bpf_insn *code, size_t count,
                            const char *name, char *log, size_t size) {
  (void)name;
  (void)log;
  (void)size;
  if (fake_bpf.load_error[type] != 0)
    return fake_bpf.load_error[type];
  for (size_t i = 0; i < count; i++)
    if (code[i].code == (BPF_JMP | BPF_CALL) &&
        code[i].imm == BPF_FUNC_probe_read_kernel && fake_bpf.helper_error != 0)
      return fake_bpf.helper_error;
  if ((type == BPF_PROG_TYPE_TRACING) && btf_trace == 0)
    return -EINVAL;
  memcpy(program, code, count * sizeof(*code));
  program_size = count;
  fake_bpf.program_type = type;
  fake_bpf.open++;
  return PROGRAM;
}

int __wrap_bpf_raw_tracepoint_open(const char *name, int fd);
int __wrap_bpf_raw_tracepoint_open(const char *name, int fd) {
  if (fd != PROGRAM)
    die("another program");
  if (fake_bpf.attach_error != 0)
    return fake_bpf.attach_error;
  snprintf(fake_bpf.tracepoint, sizeof(fake_bpf.tracepoint), "%s",
           name != NULL ? name : "");
  is_attached = true;
  fake_bpf.open++;
  return LINK;
}

int __wrap_bpf_tracepoint_open(uint32_t id, int fd);
int __wrap_bpf_tracepoint_open(uint32_t id, int fd) {
  fake_bpf.tracepoint_id = id;
  return __wrap_bpf_raw_tracepoint_open("tracepoint", fd);
}

int __wrap_bpf_program_run(int fd, uint64_t argument, uint32_t *ret);
int __wrap_bpf_program_run(int fd, uint64_t argument, uint32_t *ret) {
  if (fd != PROGRAM)
    die("another program");
  if (fake_bpf.run_error != 0)
    return fake_bpf.run_error;
  if (fake_bpf.task == NULL)
    return -EINVAL;
  *ret = (uint32_t)fake_bpf_run(program, program_size, &argument);
  return 0;
}

int __wrap_bpf_program_misses(int fd, uint64_t *ret);
int __wrap_bpf_program_misses(int fd, uint64_t *ret) {
  if (fd != PROGRAM)
    die("another program");
  if (fake_bpf.counts_no_misses)
    return -EOPNOTSUPP;
  *ret = fake_bpf.misses;
  return 0;
}

int __wrap_bpf_map_lookup(int fd, const void *key, void *value);
int __wrap_bpf_map_lookup(int fd, const void *key, void *value) {
  fake_bpf.lookups++;
  if (fake_bpf.read_error != 0)
    return fake_bpf.read_error;
  const struct fake_key *found = find(map_of((uint64_t)fd), key);
  if (found == NULL)
    return -ENOENT;
  memcpy(value, found->values, sizeof(found->values));
  return 0;
}

int __wrap_bpf_map_take(int fd, const void *key, void *value);
int __wrap_bpf_map_take(int fd, const void *key, void *value) {
  struct fake_map *map = map_of((uint64_t)fd);
  struct fake_key *found = find(map, key);
  if (fake_bpf.takes_nothing)
    return -EINVAL;
  if (found == NULL)
    return -ENOENT;
  memcpy(value, found->values, sizeof(found->values));
  *found = map->keys[--map->count];
  return 0;
}

int __wrap_bpf_map_set(int fd, const void *key, const void *value);
int __wrap_bpf_map_set(int fd, const void *key, const void *value) {
  struct fake_key *found = find(map_of((uint64_t)fd), key);
  if (found == NULL)
    return -ENOENT;
  memcpy(found->values, value, sizeof(found->values));
  return 0;
}

int __wrap_bpf_map_next(int fd, const void *key, void *ret);
int __wrap_bpf_map_next(int fd, const void *key, void *ret) {
  struct fake_map *map = map_of((uint64_t)fd);
  const struct fake_key *found = key != NULL ? find(map, key) : NULL;
  size_t next = found != NULL ? (size_t)(found - map->keys) + 1 : 0;
  if (next >= map->count)
    return -ENOENT;
  memcpy(ret, map->keys[next].key, map->key_size);
  return 0;
}

int __wrap_bpf_map_batch(int fd, int from_start, uint32_t *position, void *keys,
                         void *values, uint32_t *count);
int __wrap_bpf_map_batch(int fd, int from_start, uint32_t *position, void *keys,
                         void *values, uint32_t *count) {
  const struct fake_map *map = map_of((uint64_t)fd);
  if (fake_bpf.has_no_batches)
    return -EINVAL;
  if (fake_bpf.read_error != 0)
    return fake_bpf.read_error;
  uint32_t at = from_start ? 0 : *position, n = 0;
  for (; n < *count && at < map->count; n++, at++) {
    memcpy((uint8_t *)keys + n * map->key_size, map->keys[at].key,
           map->key_size);
    memcpy((uint64_t *)values + n * FAKE_BPF_CPUS, map->keys[at].values,
           sizeof(map->keys[at].values));
  }
  *count = n;
  *position = at;
  return at == map->count ? -ENOENT : 0;
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) {
  if (fd < FIRST_MAP || fd > LINK)
    return __real_close(fd);
  if (fd == LINK)
    is_attached = false;
  fake_bpf.open--;
  return 0;
}
