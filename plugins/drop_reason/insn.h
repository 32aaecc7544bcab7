/* SPDX-License-Identifier: MIT */
/* Writes the instructions of a BPF program one by one. Source:
 * include/uapi/linux/bpf.h. */
#ifndef INSN_H
#define INSN_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* A program that is being written. */
struct insn_writer {
  struct bpf_insn *code;
  size_t count, room;
};

/* Jumps whose target is not written yet. All zero is empty. */
#define INSN_MAX_JUMPS 24
struct insn_jumps {
  size_t from[INSN_MAX_JUMPS];
  size_t count;
};

/* Appends any instruction. */
void insn_put(struct insn_writer *writer, uint8_t code, uint8_t to,
              uint8_t from, int16_t offset, int32_t value);

/* to = from */
void insn_move(struct insn_writer *writer, uint8_t to, uint8_t from);

/* to = value, with its sign extended */
void insn_set(struct insn_writer *writer, uint8_t to, int32_t value);

/* to = value, of 64 bits */
void insn_set_wide(struct insn_writer *writer, uint8_t to, uint64_t value);

/* to += value */
void insn_add(struct insn_writer *writer, uint8_t to, int32_t value);

/* Clears the upper half. */
void insn_narrow(struct insn_writer *writer, uint8_t which);

/* to = *(from + offset). size: BPF_H, BPF_W or BPF_DW. */
void insn_load(struct insn_writer *writer, uint8_t size, uint8_t to,
               uint8_t from, uint32_t offset);

/* to = *(stack's end + offset) */
void insn_load_stack(struct insn_writer *writer, uint8_t size, uint8_t to,
                     int offset);

/* *(stack's end + offset) = from */
void insn_store(struct insn_writer *writer, uint8_t size, int offset,
                uint8_t from);

/* *(stack's end + offset) = value */
void insn_store_value(struct insn_writer *writer, uint8_t size, int offset,
                      int32_t value);

/* to = stack's end + offset */
void insn_stack_address(struct insn_writer *writer, uint8_t to, int offset);

/* to = the map with this descriptor */
void insn_load_map(struct insn_writer *writer, uint8_t to, int map);

/* Calls a helper (BPF_FUNC_...). */
void insn_call(struct insn_writer *writer, int32_t helper);

/* to = *(from + offset) by a helper that may read any memory of the kernel; 0
 * if nothing is there. scratch: 8 free bytes of the stack. Registers 0 to 5
 * lose their contents. */
void insn_probe(struct insn_writer *writer, uint8_t size, uint8_t to,
                uint8_t from, uint32_t offset, int scratch);

/* Jumps to the target that insn_land() sets if register (compare) value, which
 * has its sign extended. */
void insn_jump(struct insn_writer *writer, struct insn_jumps *jumps,
               uint8_t compare, uint8_t which, int32_t value);

/* The same, comparing two registers. */
void insn_jump_by(struct insn_writer *writer, struct insn_jumps *jumps,
                  uint8_t compare, uint8_t which, uint8_t other);

/* Jumps in any case. */
void insn_go(struct insn_writer *writer, struct insn_jumps *jumps);

/* Lets all these jumps lead to the next instruction. */
void insn_land(struct insn_writer *writer, const struct insn_jumps *jumps);

/* Ends the program with the result 0. */
void insn_leave(struct insn_writer *writer);

#endif
