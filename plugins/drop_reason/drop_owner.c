/* SPDX-License-Identifier: MIT */
#include "drop_owner.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf.h"
#include "btf.h"
#include "insn.h"

/* --- The kernel's structs ---------------------------------------------------
 */

/* Adds the offset of a member to *ret. Returns false if there is none that an
 * instruction can reach. */
static bool add_member(const struct btf *btf, uint32_t id, const char *member,
                       uint32_t *ret) {
  uint32_t offset;
  if (btf_member_offset(btf, id, member, &offset) < 0 ||
      offset > (uint32_t)INT16_MAX - *ret)
    return false;
  *ret += offset;
  return true;
}

static bool add(const struct btf *btf, const char *name, const char *member,
                uint32_t *ret) {
  uint32_t id = btf_find(btf, BTF_KIND_STRUCT, name);
  return id != 0 && add_member(btf, id, member, ret);
}

bool drop_owner_from_btf(struct drop_owner *owner, const struct btf *btf,
                         uint32_t packet) {
  struct drop_owner found = {.operations = 0};
  bool has_all = add_member(btf, packet, "dev", &found.packet_device) &&
                 add_member(btf, packet, "skb_iif", &found.packet_index) &&
                 add_member(btf, packet, "sk", &found.packet_socket) &&
                 add(btf, "net_device", "nd_net", &found.device_net) &&
                 add(btf, "net_device", "ifindex", &found.device_index) &&
                 add(btf, "sock", "__sk_common", &found.socket_net) &&
                 add(btf, "sock_common", "skc_net", &found.socket_net) &&
                 add(btf, "net", "ns", &found.net_operations) &&
                 add(btf, "ns_common", "ops", &found.net_operations) &&
                 add(btf, "net", "ns", &found.net_inode) &&
                 add(btf, "ns_common", "inum", &found.net_inode) &&
                 add(btf, "task_struct", "nsproxy", &found.task_spaces) &&
                 add(btf, "nsproxy", "net_ns", &found.spaces_net);
  if (has_all)
    *owner = found;
  return has_all;
}

/* --- The address of the operations ------------------------------------------
 */

enum { FINDER_SIZE = 64, FINDER_SCRATCH = -8 };

/* The program that returns the address, shifted right by its argument: a result
 * has 32 bits. */
static size_t write_finder(const struct drop_owner *owner,
                           struct bpf_insn code[static FINDER_SIZE]) {
  const uint32_t path[] = {owner->task_spaces, owner->spaces_net,
                           owner->net_operations};
  struct insn_writer writer = {.code = code, .room = FINDER_SIZE};
  insn_load(&writer, BPF_DW, BPF_REG_6, BPF_REG_1, 0);
  insn_call(&writer, BPF_FUNC_get_current_task);
  insn_move(&writer, BPF_REG_7, BPF_REG_0);
  for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++)
    insn_probe(&writer, BPF_DW, BPF_REG_7, BPF_REG_7, path[i], FINDER_SCRATCH);
  insn_move(&writer, BPF_REG_0, BPF_REG_7);
  insn_put(&writer, BPF_ALU64 | BPF_RSH | BPF_X, BPF_REG_0, BPF_REG_6, 0, 0);
  insn_put(&writer, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
  return writer.count;
}

int drop_owner_find_operations(struct drop_owner *owner) {
  struct bpf_insn code[FINDER_SIZE];
  size_t count = write_finder(owner, code);
  int program = bpf_program_load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, code, count,
                                 "netloss_netns", NULL, 0);
  if (program < 0)
    return program;
  uint32_t lower = 0, upper = 0;
  int r = bpf_program_run(program, 0, &lower);
  if (r == 0)
    r = bpf_program_run(program, 32, &upper);
  close(program);
  uint64_t operations = (uint64_t)upper << 32 | lower;
  if (r == 0 && operations == 0)
    r = -ENOENT;
  if (r == 0)
    owner->operations = operations;
  return r;
}
