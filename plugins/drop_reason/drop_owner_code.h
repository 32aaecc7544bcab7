/* SPDX-License-Identifier: MIT */
/* The instructions by which the program of drop_program.h finds whose a packet
 * is: see drop_owner.h. */
#ifndef DROP_OWNER_CODE_H
#define DROP_OWNER_CODE_H

#include "drop_plan.h"
#include "insn.h"

/* Registers of the program, which the instructions below need. */
enum {
  DROP_OWNER_CODE_CONTEXT = 6, /* the program's argument; is kept */
  DROP_OWNER_CODE_PACKET = 8,  /* for use */
  DROP_OWNER_CODE_POINTER = 9, /* for use; 1 to 5 too */
};

/* Writes the instructions that fill the namespace, and the interface if the
 * plan wants it, of the key at offset key on the stack; scratch is the offset
 * of 8 free bytes there. */
void drop_owner_code_write(struct insn_writer *writer,
                           const struct drop_plan *plan, int key, int scratch);

/* Writes to = *(from + offset), where from points into the kernel's memory. */
void drop_owner_code_fetch(struct insn_writer *writer,
                           const struct drop_plan *plan, uint8_t size,
                           uint8_t to, uint8_t from, uint32_t offset,
                           int scratch);

#endif
