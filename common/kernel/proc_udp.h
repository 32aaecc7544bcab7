/* SPDX-License-Identifier: MIT */
/* /proc/net/udp and its like: the UDP sockets of a kernel without udp_diag, and
 * without the sizes of their buffers. Source: net/ipv4/udp.c,
 * udp4_format_sock(), and net/ipv6/datagram.c, __ip6_dgram_sock_seq_show(). */
#ifndef PROC_UDP_H
#define PROC_UDP_H

#include "scan.h"
#include "socket_info.h"
#include "sysroot.h"

/* Reads a file ("proc/net/udp", "udp6", "udplite", "udplite6") and passes each
 * socket to take(). The cookie is the socket's inode or, for a socket of the
 * kernel, made of its port; has_limit is false. Returns 0; the first -errno of
 * take(), after all sockets; -EBADMSG with error filled (may be NULL) at the
 * first malformed line; or another -errno. */
int proc_udp_read(const struct sysroot *root, struct sysroot_file *file,
                  uint8_t family, uint16_t protocol, socket_info_taker *take,
                  void *data, struct scan_error *error);

/* Parses a text in memory. */
int proc_udp_parse(struct scan text, uint8_t family, uint16_t protocol,
                   socket_info_taker *take, void *data,
                   struct scan_error *error);

#endif
