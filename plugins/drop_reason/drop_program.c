/* SPDX-License-Identifier: MIT */
#include "drop_program.h"

#include <errno.h>
#include <string.h>

#include "drop_owner_code.h"

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

/* Adds 1 to the counter that r0 points to, atomically, and ends. */
static void count_and_leave(struct insn_writer *writer) {
  insn_set(writer, BPF_REG_1, 1);
  insn_put(writer, BPF_STX | BPF_XADD | BPF_DW, BPF_REG_0, BPF_REG_1, 0, 0);
  insn_leave(writer);
}

/* Sets r0 to the element with the key on the stack, or to NULL. */
static void look_up(struct insn_writer *writer, int map, int key) {
  insn_load_map(writer, BPF_REG_1, map);
  insn_stack_address(writer, BPF_REG_2, key);
  insn_call(writer, BPF_FUNC_map_lookup_elem);
}

/* Sets r1 to the ethertype, which the packet's struct holds in network order.
 */
static void read_protocol(struct insn_writer *writer,
                          const struct drop_plan *plan) {
  if (plan->type == DROP_TRACEPOINT) {
    insn_load(writer, BPF_H, BPF_REG_1, BPF_REG_6, plan->protocol);
    return;
  }
  insn_load(writer, BPF_DW, BPF_REG_3, BPF_REG_6, 8 * plan->protocol);
  drop_owner_code_fetch(writer, plan, BPF_H, BPF_REG_1, BPF_REG_3,
                        plan->protocol_offset, SCRATCH);
  insn_put(writer, BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_1, 0, 0, 16);
}

static void make_protocol(struct insn_writer *writer,
                          const struct drop_plan *plan) {
  struct insn_jumps known = {.count = 0};
  /* The padding, too. */
  insn_store_value(writer, BPF_W, KEY_PROTOCOL, 0);
  if (plan->type == DROP_RAW_BLIND) {
    insn_store_value(writer, BPF_H, KEY_PROTOCOL, DROP_PROTOCOL_OTHER);
    return;
  }
  read_protocol(writer, plan);
  for (size_t i = 0; i < drop_program_protocol_count; i++)
    insn_jump(writer, &known, BPF_JEQ, BPF_REG_1,
              drop_program_protocols[i].ethertype);
  insn_set(writer, BPF_REG_1, DROP_PROTOCOL_OTHER);
  insn_land(writer, &known);
  insn_store(writer, BPF_H, KEY_PROTOCOL, BPF_REG_1);
}

/* Fills the key on the stack and sets r7 to the reason. r6 is the context. */
static void make_key(struct insn_writer *writer, const struct drop_plan *plan) {
  bool is_raw = plan->type != DROP_TRACEPOINT;
  uint32_t unit = is_raw ? 8 : 1;
  /* An argument always has 8 bytes; a field has the kernel's size. */
  uint8_t size = is_raw || plan->location_size == 8 ? BPF_DW : BPF_W;
  insn_load(writer, size, BPF_REG_1, BPF_REG_6, unit * plan->location);
  insn_store(writer, BPF_DW, KEY, BPF_REG_1);
  if (!plan->has_reason)
    insn_set(writer, BPF_REG_7, (int32_t)DROP_NO_REASON);
  else if (is_raw)
    insn_load(writer, BPF_DW, BPF_REG_7, BPF_REG_6, unit * plan->reason);
  else
    insn_load(writer, BPF_W, BPF_REG_7, BPF_REG_6, plan->reason);
  insn_narrow(writer, BPF_REG_7);
  insn_store(writer, BPF_W, KEY_REASON, BPF_REG_7);
  make_protocol(writer, plan);
  drop_owner_code_write(writer, plan, KEY, SCRATCH);
}

/* Adds 1 to the element of the second map whose number is at SCRATCH. */
static void count_spill(struct insn_writer *writer,
                        const struct drop_plan *plan, struct insn_jumps *end) {
  look_up(writer, plan->spill, SCRATCH);
  insn_jump(writer, end, BPF_JEQ, BPF_REG_0, 0);
  insn_set(writer, BPF_REG_1, 1);
  insn_put(writer, BPF_STX | BPF_XADD | BPF_DW, BPF_REG_0, BPF_REG_1, 0, 0);
}

static void spill(struct insn_writer *writer, const struct drop_plan *plan,
                  struct insn_jumps *end) {
  struct insn_jumps has_number = {.count = 0};
  insn_store_value(writer, BPF_W, SCRATCH, DROP_SPILLED);
  count_spill(writer, plan, end);
  insn_move(writer, BPF_REG_1, BPF_REG_7);
  insn_add(writer, BPF_REG_1, DROP_SPILL_REASON);
  /* Larger: reasons of subsystems (upper 16 bits set) and DROP_NO_REASON. */
  insn_jump(writer, &has_number, BPF_JLT, BPF_REG_1,
            (int32_t)(DROP_SPILL_REASON + plan->reasons));
  insn_set(writer, BPF_REG_1, DROP_SPILL_OTHER);
  insn_land(writer, &has_number);
  insn_store(writer, BPF_W, SCRATCH, BPF_REG_1);
  count_spill(writer, plan, end);
}

/* Adds a new key. A CPU that has found the map full does not try again: each
 * attempt would cost more than the rest of the program. */
static void add_place(struct insn_writer *writer, const struct drop_plan *plan,
                      struct insn_jumps *end) {
  struct insn_jumps is_full = {.count = 0}, is_other = {.count = 0},
                    is_new = {.count = 0};
  insn_store_value(writer, BPF_W, SCRATCH, DROP_FULL);
  look_up(writer, plan->spill, SCRATCH);
  insn_jump(writer, end, BPF_JEQ, BPF_REG_0, 0);
  insn_move(writer, BPF_REG_8, BPF_REG_0);
  insn_load(writer, BPF_DW, BPF_REG_1, BPF_REG_8, 0);
  insn_jump(writer, &is_full, BPF_JNE, BPF_REG_1, 0);

  insn_store_value(writer, BPF_DW, ONE, 1);
  insn_load_map(writer, BPF_REG_1, plan->places);
  insn_stack_address(writer, BPF_REG_2, KEY);
  insn_stack_address(writer, BPF_REG_3, ONE);
  insn_set(writer, BPF_REG_4, BPF_NOEXIST);
  insn_call(writer, BPF_FUNC_map_update_elem);
  insn_jump(writer, end, BPF_JEQ, BPF_REG_0, 0);
  /* A directly called helper returns an int: extend its sign. */
  insn_move(writer, BPF_REG_9, BPF_REG_0);
  insn_put(writer, BPF_ALU64 | BPF_LSH | BPF_K, BPF_REG_9, 0, 0, 32);
  insn_put(writer, BPF_ALU64 | BPF_ARSH | BPF_K, BPF_REG_9, 0, 0, 32);

  /* Another CPU may have added it meanwhile. */
  look_up(writer, plan->places, KEY);
  insn_jump(writer, &is_new, BPF_JEQ, BPF_REG_0, 0);
  count_and_leave(writer);
  insn_land(writer, &is_new);
  insn_jump(writer, &is_other, BPF_JNE, BPF_REG_9, -E2BIG);
  insn_set(writer, BPF_REG_1, 1);
  insn_put(writer, BPF_STX | BPF_XADD | BPF_DW, BPF_REG_8, BPF_REG_1, 0, 0);
  insn_land(writer, &is_full);
  insn_land(writer, &is_other);
}

size_t drop_program_make(const struct drop_plan *plan,
                         struct bpf_insn ret[static DROP_PROGRAM_SIZE]) {
  struct insn_writer writer = {.code = ret, .room = DROP_PROGRAM_SIZE};
  struct insn_jumps is_new = {.count = 0}, end = {.count = 0};
  memset(ret, 0, DROP_PROGRAM_SIZE * sizeof(*ret));
  insn_move(&writer, BPF_REG_6, BPF_REG_1);
  make_key(&writer, plan);
  look_up(&writer, plan->places, KEY);
  insn_jump(&writer, &is_new, BPF_JEQ, BPF_REG_0, 0);
  count_and_leave(&writer);
  insn_land(&writer, &is_new);
  add_place(&writer, plan, &end);
  spill(&writer, plan, &end);
  insn_land(&writer, &end);
  insn_leave(&writer);
  return writer.count;
}
