/* SPDX-License-Identifier: MIT */
/* Whose a dropped packet is: its network namespace and its interface, as the
 * running kernel's structs tell.
 *
 * The packet's device comes before its socket: the socket of a packet that
 * crosses a veth pair is still the sender's. The device's pointer shares its
 * place with other things, so it counts only if it leads to a namespace, whose
 * operations are the kernel's netns_operations. Sources:
 * include/linux/skbuff.h, include/linux/ns_common.h, net/core/net_namespace.c.
 */
#ifndef DROP_OWNER_H
#define DROP_OWNER_H

#include <stdbool.h>
#include <stdint.h>

struct btf;

/* Offsets in the kernel's structs, in bytes. */
struct drop_owner {
  uint32_t packet_device, packet_index, packet_socket; /* in sk_buff */
  uint32_t device_net, device_index;                   /* in net_device */
  uint32_t socket_net;                                 /* in sock */
  uint32_t net_operations, net_inode;                  /* in net */
  uint32_t task_spaces, spaces_net; /* in task_struct, in nsproxy */
  uint64_t operations;              /* address of netns_operations */
};

/* Reads the offsets: packet is the id of struct sk_buff. Returns false if the
 * kernel has no network namespaces, or its structs differ. */
bool drop_owner_from_btf(struct drop_owner *owner, const struct btf *btf,
                         uint32_t packet);

/* Finds the address of the operations by a BPF program that runs once, with the
 * namespace of this process. Returns 0, -ENOENT, or another -errno: Linux
 * before 5.10 cannot run such a program, nor can one that is locked down. */
int drop_owner_find_operations(struct drop_owner *owner);

#endif
