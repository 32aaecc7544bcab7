/* SPDX-License-Identifier: MIT */
#include "drop_owner_code.h"

#include <stddef.h>

void drop_owner_code_fetch(struct insn_writer *writer,
                           const struct drop_plan *plan, uint8_t size,
                           uint8_t to, uint8_t from, uint32_t offset,
                           int scratch) {
  if (plan->type == DROP_TYPED)
    insn_load(writer, size, to, from, offset);
  else
    insn_probe(writer, size, to, from, offset, scratch);
}

/* What the functions below write instructions for. */
struct owner_context {
  struct insn_writer *writer;
  const struct drop_plan *plan;
  int key, scratch;
};

static void fetch(const struct owner_context *context, uint8_t size, uint8_t to,
                  uint8_t from, uint32_t offset) {
  drop_owner_code_fetch(context->writer, context->plan, size, to, from, offset,
                        context->scratch);
}

/* Follows the pointer in DROP_OWNER_CODE_POINTER to a namespace, and leaves
 * unless both are what they seem to be. The verifier wants a test for NULL. */
static void take_net(const struct owner_context *context, uint32_t offset,
                     struct insn_jumps *no, struct insn_jumps *done) {
  const struct drop_owner *owner = &context->plan->owner;
  struct insn_writer *writer = context->writer;
  fetch(context, BPF_DW, DROP_OWNER_CODE_POINTER, DROP_OWNER_CODE_POINTER,
        offset);
  insn_jump(writer, no, BPF_JEQ, DROP_OWNER_CODE_POINTER, 0);
  fetch(context, BPF_DW, BPF_REG_1, DROP_OWNER_CODE_POINTER,
        owner->net_operations);
  insn_set_wide(writer, BPF_REG_2, owner->operations);
  insn_jump_by(writer, no, BPF_JNE, BPF_REG_1, BPF_REG_2);
  fetch(context, BPF_W, BPF_REG_1, DROP_OWNER_CODE_POINTER, owner->net_inode);
  insn_store(writer, BPF_W,
             context->key + (int)offsetof(struct drop_key, netns), BPF_REG_1);
  insn_go(writer, done);
}

/* Skips a pointer that is NULL or no address of the kernel. */
static void skip_others(const struct owner_context *context,
                        struct insn_jumps *no) {
  insn_jump(context->writer, no, BPF_JEQ, DROP_OWNER_CODE_POINTER, 0);
  insn_jump(context->writer, no, BPF_JSGE, DROP_OWNER_CODE_POINTER, 0);
}

static void take_index(const struct owner_context *context, uint8_t from,
                       uint32_t offset) {
  if (!context->plan->by_device)
    return;
  fetch(context, BPF_W, BPF_REG_1, from, offset);
  insn_store(context->writer, BPF_W,
             context->key + (int)offsetof(struct drop_key, device), BPF_REG_1);
}

void drop_owner_code_write(struct insn_writer *writer,
                           const struct drop_plan *plan, int key, int scratch) {
  const struct owner_context context = {
      .writer = writer, .plan = plan, .key = key, .scratch = scratch};
  const struct drop_owner *owner = &plan->owner;
  struct insn_jumps done = {.count = 0};
  insn_store_value(writer, BPF_DW, key + (int)offsetof(struct drop_key, netns),
                   DROP_NETNS_UNKNOWN);
  if (!plan->by_netns)
    return;
  insn_load(writer, BPF_DW, DROP_OWNER_CODE_PACKET, DROP_OWNER_CODE_CONTEXT,
            8 * plan->protocol);

  struct insn_jumps no_device = {.count = 0};
  fetch(&context, BPF_DW, DROP_OWNER_CODE_POINTER, DROP_OWNER_CODE_PACKET,
        owner->packet_device);
  skip_others(&context, &no_device);
  take_index(&context, DROP_OWNER_CODE_POINTER, owner->device_index);
  take_net(&context, owner->device_net, &no_device, &done);
  insn_land(writer, &no_device);
  take_index(&context, DROP_OWNER_CODE_PACKET, owner->packet_index);

  struct insn_jumps no_receiver = {.count = 0}, no_socket = {.count = 0};
  if (plan->has_receiver) {
    insn_load(writer, BPF_DW, DROP_OWNER_CODE_POINTER, DROP_OWNER_CODE_CONTEXT,
              8 * plan->receiver);
    skip_others(&context, &no_receiver);
    take_net(&context, owner->socket_net, &no_receiver, &done);
    insn_land(writer, &no_receiver);
  }
  fetch(&context, BPF_DW, DROP_OWNER_CODE_POINTER, DROP_OWNER_CODE_PACKET,
        owner->packet_socket);
  skip_others(&context, &no_socket);
  take_net(&context, owner->socket_net, &no_socket, &done);
  insn_land(writer, &no_socket);
  insn_land(writer, &done);
}
