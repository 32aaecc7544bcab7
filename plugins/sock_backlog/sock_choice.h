/* SPDX-License-Identifier: MIT */
/* Which sockets sock_backlog looks at, by their own port and address. */
#ifndef SOCK_CHOICE_H
#define SOCK_CHOICE_H

#include "layer.h"
#include "sock_diag.h"

struct sock_ports {
  uint16_t first, last;
};

/* An IPv4 network is written as IPv6 does: ::ffff:10.0.0.0/104. */
struct sock_network {
  uint8_t address[16];
  unsigned bits;
};

/* All zero chooses everything. */
struct sock_choice {
  struct sock_ports *ports;
  size_t port_count;
  struct sock_network *networks;
  size_t network_count;
  bool ignore_selected;
};

/* Adds "443" or "8000-8100"; "10.0.0.0/8", "192.0.2.1" or "2001:db8::/32".
 * Return 0, -ENOMEM, or what layer_fail() returned. */
int sock_choice_add_ports(struct sock_choice *choice, const char *value,
                          struct layer_error *error);
int sock_choice_add_network(struct sock_choice *choice, const char *value,
                            struct layer_error *error);
void sock_choice_free(struct sock_choice *choice);

/* Whether a socket of an IP protocol is chosen: where ports are given, by its
 * port, and where networks are given, by its address; or, with ignore_selected,
 * if it is not one of those. */
bool sock_choice_has(const struct sock_choice *choice,
                     const struct socket_info *one);

/* The same of a port and an address, which is one of IPv6 or is written as one.
 */
bool sock_choice_fits(const struct sock_choice *choice, uint16_t port,
                      const uint8_t address[static 16]);

/* Whether its port was asked for. */
bool sock_choice_names(const struct sock_choice *choice, uint16_t port);

#endif
