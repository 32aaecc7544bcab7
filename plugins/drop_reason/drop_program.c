/* SPDX-License-Identifier: MIT */
#include "drop_program.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

const struct drop_protocol drop_program_protocols[] = {
    {0x0800, "IPv4"},   {0x86dd, "IPv6"},  {0x0000, "no protocol"},
    {0x0806, "ARP"},    {0x8100, "VLAN"},  {0x88a8, "QinQ"},
    {0x8847, "MPLS"},   {0x8864, "PPPoE"}, {0x8863, "PPPoE"},
    {0x88cc, "LLDP"},   {0x888e, "EAPOL"}, {0x8809, "LACP"},
    {0x88e5, "MACsec"}, {0x88f7, "PTP"},   {0x0004, "802.2"},
};
const size_t drop_program_protocol_count =
    sizeof(drop_program_protocols) / sizeof(drop_program_protocols[0]);

/* The program's stack: offsets from its end. */
enum {
  KEY = -(int)sizeof(struct drop_key),
  KEY_REASON = KEY + (int)offsetof(struct drop_key, reason),
  KEY_PROTOCOL = KEY + (int)offsetof(struct drop_key, protocol),
  ONE = KEY - 8,
  SCRATCH = ONE - 8,
};

/* Jumps whose target is not written yet. */
#define MAX_JUMPS 24
struct jumps {
  size_t from[MAX_JUMPS];
  size_t count;
};

struct writer {
  struct bpf_insn *code;
  size_t count;
};

static void put(struct writer *writer, uint8_t code, uint8_t to, uint8_t from,
                int16_t offset, int32_t value) {
  assert(writer->count < DROP_PROGRAM_SIZE);
  writer->code[writer->count++] = (struct bpf_insn){.code = code,
                                                    .dst_reg = to & 0xfU,
                                                    .src_reg = from & 0xfU,
                                                    .off = offset,
                                                    .imm = value};
}

static void move(struct writer *writer, uint8_t to, uint8_t from) {
  put(writer, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

static void set(struct writer *writer, uint8_t to, int32_t value) {
  put(writer, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

static void add(struct writer *writer, uint8_t to, int32_t value) {
  put(writer, BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value);
}

/* Clears the upper half. */
static void narrow(struct writer *writer, uint8_t which) {
  put(writer, BPF_ALU | BPF_MOV | BPF_X, which, which, 0, 0);
}

static void load(struct writer *writer, uint8_t size, uint8_t to, uint8_t from,
                 int offset) {
  put(writer, BPF_LDX | BPF_MEM | size, to, from, (int16_t)offset, 0);
}

static void store(struct writer *writer, uint8_t size, int offset,
                  uint8_t from) {
  put(writer, BPF_STX | BPF_MEM | size, BPF_REG_10, from, (int16_t)offset, 0);
}

static void store_value(struct writer *writer, uint8_t size, int offset,
                        int32_t value) {
  put(writer, BPF_ST | BPF_MEM | size, BPF_REG_10, 0, (int16_t)offset, value);
}

static void stack_address(struct writer *writer, uint8_t to, int offset) {
  move(writer, to, BPF_REG_10);
  add(writer, to, offset);
}

static void load_map(struct writer *writer, uint8_t to, int map) {
  put(writer, BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map);
  put(writer, 0, 0, 0, 0, 0);
}

static void call(struct writer *writer, int32_t helper) {
  put(writer, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

/* Jumps to the target that land() sets if register (compare) value. */
static void jump(struct writer *writer, struct jumps *jumps, uint8_t compare,
                 uint8_t which, int32_t value) {
  assert(jumps->count < MAX_JUMPS);
  jumps->from[jumps->count++] = writer->count;
  put(writer, BPF_JMP | compare | BPF_K, which, 0, 0, value);
}

static void land(struct writer *writer, const struct jumps *jumps) {
  for (size_t i = 0; i < jumps->count; i++)
    writer->code[jumps->from[i]].off =
        (int16_t)(writer->count - jumps->from[i] - 1);
}

static void leave(struct writer *writer) {
  set(writer, BPF_REG_0, 0);
  put(writer, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Adds 1 to the counter that r0 points to, atomically, and ends. */
static void count_and_leave(struct writer *writer) {
  set(writer, BPF_REG_1, 1);
  put(writer, BPF_STX | BPF_XADD | BPF_DW, BPF_REG_0, BPF_REG_1, 0, 0);
  leave(writer);
}

/* Sets r0 to the element with the key on the stack, or to NULL. */
static void look_up(struct writer *writer, int map, int key) {
  load_map(writer, BPF_REG_1, map);
  stack_address(writer, BPF_REG_2, key);
  call(writer, BPF_FUNC_map_lookup_elem);
}

/* Sets r1 to the ethertype, which the packet's struct holds in network order.
 */
static void read_protocol(struct writer *writer, const struct drop_plan *plan) {
  if (plan->type == DROP_TRACEPOINT) {
    load(writer, BPF_H, BPF_REG_1, BPF_REG_6, (int)plan->protocol);
    return;
  }
  load(writer, BPF_DW, BPF_REG_3, BPF_REG_6, 8 * (int)plan->protocol);
  if (plan->type == DROP_TYPED) {
    load(writer, BPF_H, BPF_REG_1, BPF_REG_3, (int)plan->protocol_offset);
  } else {
    add(writer, BPF_REG_3, (int32_t)plan->protocol_offset);
    stack_address(writer, BPF_REG_1, SCRATCH);
    set(writer, BPF_REG_2, sizeof(uint16_t));
    call(writer, BPF_FUNC_probe_read_kernel);
    load(writer, BPF_H, BPF_REG_1, BPF_REG_10, SCRATCH);
  }
  put(writer, BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_1, 0, 0, 16);
}

static void make_protocol(struct writer *writer, const struct drop_plan *plan) {
  struct jumps known = {.count = 0};
  /* The padding, too. */
  store_value(writer, BPF_W, KEY_PROTOCOL, 0);
  if (plan->type == DROP_RAW_BLIND) {
    store_value(writer, BPF_H, KEY_PROTOCOL, DROP_PROTOCOL_OTHER);
    return;
  }
  read_protocol(writer, plan);
  for (size_t i = 0; i < drop_program_protocol_count; i++)
    jump(writer, &known, BPF_JEQ, BPF_REG_1,
         drop_program_protocols[i].ethertype);
  set(writer, BPF_REG_1, DROP_PROTOCOL_OTHER);
  land(writer, &known);
  store(writer, BPF_H, KEY_PROTOCOL, BPF_REG_1);
}

/* Fills the key on the stack and sets r7 to the reason. r6 is the context. */
static void make_key(struct writer *writer, const struct drop_plan *plan) {
  bool is_raw = plan->type != DROP_TRACEPOINT;
  int unit = is_raw ? 8 : 1;
  /* An argument always has 8 bytes; a field has the kernel's size. */
  uint8_t size = is_raw || plan->location_size == 8 ? BPF_DW : BPF_W;
  load(writer, size, BPF_REG_1, BPF_REG_6, unit * (int)plan->location);
  store(writer, BPF_DW, KEY, BPF_REG_1);
  if (!plan->has_reason)
    set(writer, BPF_REG_7, (int32_t)DROP_NO_REASON);
  else if (is_raw)
    load(writer, BPF_DW, BPF_REG_7, BPF_REG_6, unit * (int)plan->reason);
  else
    load(writer, BPF_W, BPF_REG_7, BPF_REG_6, (int)plan->reason);
  narrow(writer, BPF_REG_7);
  store(writer, BPF_W, KEY_REASON, BPF_REG_7);
  make_protocol(writer, plan);
}

/* Adds 1 to the element of the second map whose number is at SCRATCH. */
static void count_spill(struct writer *writer, const struct drop_plan *plan,
                        struct jumps *end) {
  look_up(writer, plan->spill, SCRATCH);
  jump(writer, end, BPF_JEQ, BPF_REG_0, 0);
  set(writer, BPF_REG_1, 1);
  put(writer, BPF_STX | BPF_XADD | BPF_DW, BPF_REG_0, BPF_REG_1, 0, 0);
}

static void spill(struct writer *writer, const struct drop_plan *plan,
                  struct jumps *end) {
  struct jumps has_number = {.count = 0};
  store_value(writer, BPF_W, SCRATCH, DROP_SPILLED);
  count_spill(writer, plan, end);
  move(writer, BPF_REG_1, BPF_REG_7);
  add(writer, BPF_REG_1, DROP_SPILL_REASON);
  /* Larger: reasons of subsystems (upper 16 bits set) and DROP_NO_REASON. */
  jump(writer, &has_number, BPF_JLT, BPF_REG_1,
       (int32_t)(DROP_SPILL_REASON + plan->reasons));
  set(writer, BPF_REG_1, DROP_SPILL_OTHER);
  land(writer, &has_number);
  store(writer, BPF_W, SCRATCH, BPF_REG_1);
  count_spill(writer, plan, end);
}

/* Adds a new key. A CPU that has found the map full does not try again: each
 * attempt would cost more than the rest of the program. */
static void add_place(struct writer *writer, const struct drop_plan *plan,
                      struct jumps *end) {
  struct jumps is_full = {.count = 0}, is_other = {.count = 0},
               is_new = {.count = 0};
  store_value(writer, BPF_W, SCRATCH, DROP_FULL);
  look_up(writer, plan->spill, SCRATCH);
  jump(writer, end, BPF_JEQ, BPF_REG_0, 0);
  move(writer, BPF_REG_8, BPF_REG_0);
  load(writer, BPF_DW, BPF_REG_1, BPF_REG_8, 0);
  jump(writer, &is_full, BPF_JNE, BPF_REG_1, 0);

  store_value(writer, BPF_DW, ONE, 1);
  load_map(writer, BPF_REG_1, plan->places);
  stack_address(writer, BPF_REG_2, KEY);
  stack_address(writer, BPF_REG_3, ONE);
  set(writer, BPF_REG_4, BPF_NOEXIST);
  call(writer, BPF_FUNC_map_update_elem);
  jump(writer, end, BPF_JEQ, BPF_REG_0, 0);
  /* A directly called helper returns an int: extend its sign. */
  move(writer, BPF_REG_9, BPF_REG_0);
  put(writer, BPF_ALU64 | BPF_LSH | BPF_K, BPF_REG_9, 0, 0, 32);
  put(writer, BPF_ALU64 | BPF_ARSH | BPF_K, BPF_REG_9, 0, 0, 32);

  /* Another CPU may have added it meanwhile. */
  look_up(writer, plan->places, KEY);
  jump(writer, &is_new, BPF_JEQ, BPF_REG_0, 0);
  count_and_leave(writer);
  land(writer, &is_new);
  jump(writer, &is_other, BPF_JNE, BPF_REG_9, -E2BIG);
  set(writer, BPF_REG_1, 1);
  put(writer, BPF_STX | BPF_XADD | BPF_DW, BPF_REG_8, BPF_REG_1, 0, 0);
  land(writer, &is_full);
  land(writer, &is_other);
}

size_t drop_program_make(const struct drop_plan *plan,
                         struct bpf_insn ret[static DROP_PROGRAM_SIZE]) {
  struct writer writer = {.code = ret, .count = 0};
  struct jumps is_new = {.count = 0}, end = {.count = 0};
  memset(ret, 0, DROP_PROGRAM_SIZE * sizeof(*ret));
  move(&writer, BPF_REG_6, BPF_REG_1);
  make_key(&writer, plan);
  look_up(&writer, plan->places, KEY);
  jump(&writer, &is_new, BPF_JEQ, BPF_REG_0, 0);
  count_and_leave(&writer);
  land(&writer, &is_new);
  add_place(&writer, plan, &end);
  spill(&writer, plan, &end);
  land(&writer, &end);
  leave(&writer);
  return writer.count;
}
