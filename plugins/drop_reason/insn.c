/* SPDX-License-Identifier: MIT */
#include "insn.h"

#include <assert.h>

void insn_put(struct insn_writer *writer, uint8_t code, uint8_t to,
              uint8_t from, int16_t offset, int32_t value) {
  assert(writer->count < writer->room);
  writer->code[writer->count++] = (struct bpf_insn){.code = code,
                                                    .dst_reg = to & 0xfU,
                                                    .src_reg = from & 0xfU,
                                                    .off = offset,
                                                    .imm = value};
}

void insn_move(struct insn_writer *writer, uint8_t to, uint8_t from) {
  insn_put(writer, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

void insn_set(struct insn_writer *writer, uint8_t to, int32_t value) {
  insn_put(writer, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

void insn_set_wide(struct insn_writer *writer, uint8_t to, uint64_t value) {
  insn_put(writer, BPF_LD | BPF_DW | BPF_IMM, to, 0, 0, (int32_t)value);
  insn_put(writer, 0, 0, 0, 0, (int32_t)(value >> 32));
}

void insn_add(struct insn_writer *writer, uint8_t to, int32_t value) {
  insn_put(writer, BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value);
}

void insn_narrow(struct insn_writer *writer, uint8_t which) {
  insn_put(writer, BPF_ALU | BPF_MOV | BPF_X, which, which, 0, 0);
}

void insn_load(struct insn_writer *writer, uint8_t size, uint8_t to,
               uint8_t from, uint32_t offset) {
  insn_put(writer, BPF_LDX | BPF_MEM | size, to, from, (int16_t)offset, 0);
}

void insn_load_stack(struct insn_writer *writer, uint8_t size, uint8_t to,
                     int offset) {
  insn_put(writer, BPF_LDX | BPF_MEM | size, to, BPF_REG_10, (int16_t)offset,
           0);
}

void insn_store(struct insn_writer *writer, uint8_t size, int offset,
                uint8_t from) {
  insn_put(writer, BPF_STX | BPF_MEM | size, BPF_REG_10, from, (int16_t)offset,
           0);
}

void insn_store_value(struct insn_writer *writer, uint8_t size, int offset,
                      int32_t value) {
  insn_put(writer, BPF_ST | BPF_MEM | size, BPF_REG_10, 0, (int16_t)offset,
           value);
}

void insn_stack_address(struct insn_writer *writer, uint8_t to, int offset) {
  insn_move(writer, to, BPF_REG_10);
  insn_add(writer, to, offset);
}

void insn_load_map(struct insn_writer *writer, uint8_t to, int map) {
  insn_put(writer, BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map);
  insn_put(writer, 0, 0, 0, 0, 0);
}

void insn_call(struct insn_writer *writer, int32_t helper) {
  insn_put(writer, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void insn_probe(struct insn_writer *writer, uint8_t size, uint8_t to,
                uint8_t from, uint32_t offset, int scratch) {
  insn_move(writer, BPF_REG_3, from);
  insn_add(writer, BPF_REG_3, (int32_t)offset);
  insn_stack_address(writer, BPF_REG_1, scratch);
  insn_set(writer, BPF_REG_2, size == BPF_DW ? 8 : size == BPF_W ? 4 : 2);
  insn_call(writer, BPF_FUNC_probe_read_kernel);
  insn_load_stack(writer, size, to, scratch);
}

static void note(struct insn_writer *writer, struct insn_jumps *jumps) {
  assert(jumps->count < INSN_MAX_JUMPS);
  jumps->from[jumps->count++] = writer->count;
}

void insn_jump(struct insn_writer *writer, struct insn_jumps *jumps,
               uint8_t compare, uint8_t which, int32_t value) {
  note(writer, jumps);
  insn_put(writer, BPF_JMP | compare | BPF_K, which, 0, 0, value);
}

void insn_jump_by(struct insn_writer *writer, struct insn_jumps *jumps,
                  uint8_t compare, uint8_t which, uint8_t other) {
  note(writer, jumps);
  insn_put(writer, BPF_JMP | compare | BPF_X, which, other, 0, 0);
}

void insn_go(struct insn_writer *writer, struct insn_jumps *jumps) {
  note(writer, jumps);
  insn_put(writer, BPF_JMP | BPF_JA, 0, 0, 0, 0);
}

void insn_land(struct insn_writer *writer, const struct insn_jumps *jumps) {
  for (size_t i = 0; i < jumps->count; i++)
    writer->code[jumps->from[i]].off =
        (int16_t)(writer->count - jumps->from[i] - 1);
}

void insn_leave(struct insn_writer *writer) {
  insn_set(writer, BPF_REG_0, 0);
  insn_put(writer, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}
