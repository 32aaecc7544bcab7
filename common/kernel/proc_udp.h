/* SPDX-License-Identifier: MIT */
/* /proc/net/udp and its like: what a kernel tells of UDP sockets without
 * udp_diag. It knows no sizes of buffers. Source: net/ipv4/udp.c,
 * udp4_format_sock(), and net/ipv6/datagram.c, __ip6_dgram_sock_seq_show(). */
#ifndef PROC_UDP_H
#define PROC_UDP_H

#include "scan.h"
#include "socket_info.h"
#include "sysroot.h"

/* Reads file ("proc/net/udp", "udp6", "udplite", "udplite6") and gives each
 * socket to take, one after another. A socket's cookie is its inode
 * or, of one that belongs to the kernel, made of its port; it has no limit.
 * Returns 0; the first -errno of take; -EBADMSG with error filled (may be
 * NULL), for a line that is no socket, after those before it; or another
 * -errno. */
int proc_udp_read(const struct sysroot *root, struct sysroot_file *file,
                  uint8_t family, uint16_t protocol, socket_info_taker *take,
                  void *data, struct scan_error *error);

/* The same of a text that was read. */
int proc_udp_parse(struct scan text, uint8_t family, uint16_t protocol,
                   socket_info_taker *take, void *data,
                   struct scan_error *error);

#endif
