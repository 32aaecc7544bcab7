/* SPDX-License-Identifier: MIT */
/* Kernels whose types and tracepoints are fixtures, with their drop reasons. */
#ifndef DROP_FIXTURE_H
#define DROP_FIXTURE_H

#include "fixture.h"
#include "sysroot.h"

struct drop_kernel {
  const char *version;
  uint32_t reasons;         /* one more than the greatest number */
  uint32_t rcvbuff;         /* SOCKET_RCVBUFF; 0: the kernel has none */
  uint32_t no_socket;       /* NO_SOCKET */
  uint32_t protocol_offset; /* in struct sk_buff */
  uint32_t record[3];       /* offsets of location, protocol, reason */
  uint32_t openvswitch;     /* the subsystem's number; 0: none */
  bool has_receiver;        /* the tracepoint's rx_sk */
};

static const struct drop_kernel drop_kernels[] = {
    {"5.10", 0, 0, 0, 180, {16, 24, 0}, 0, false},
    {"5.17", 6, 0, 1, 180, {16, 24, 28}, 0, false},
    {"6.1", 66, 15, 2, 180, {16, 24, 28}, 0, false},
    {"6.6", 77, 16, 3, 180, {16, 24, 28}, 3, false},
    {"6.12", 104, 6, 3, 180, {16, 32, 36}, 3, true},
    {"6.18", 128, 6, 3, 176, {16, 32, 36}, 2, true},
};
enum { DROP_KERNELS = sizeof(drop_kernels) / sizeof(drop_kernels[0]) };

/* Opens the tree of a kernel; it is /proc and /sys in one. */
static inline void drop_fixture_root(const char *version,
                                     struct sysroot *root) {
  char name[128], tree[512];
  snprintf(name, sizeof(name), "drop_reason/linux-%s/sys", version);
  fixture_path(name, tree, sizeof(tree));
  if (sysroot_init(root, tree, tree) != 0)
    temp_tree_die(tree);
}

#endif
