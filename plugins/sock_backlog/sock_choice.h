/* SPDX-License-Identifier: MIT */
/* The user's choice of sockets: by local port and address, by path, by owner.
 */
#ifndef SOCK_CHOICE_H
#define SOCK_CHOICE_H

#include "layer.h"
#include "match.h"
#include "sock_diag.h"

struct sock_ports {
  uint16_t first, last;
};

/* An IPv4 network has the form of IPv6: ::ffff:10.0.0.0/104. */
struct sock_network {
  uint8_t address[16];
  unsigned bits;
};

/* All zero chooses every socket. */
struct sock_choice {
  struct sock_ports *ports;
  size_t port_count, port_room;
  struct sock_network *networks;
  size_t network_count, network_room;
  struct match paths;
  uint32_t *owners;
  size_t owner_count, owner_room;
  bool ignore_selected;
};

/* Adds "443" or "8000-8100"; "10.0.0.0/8", "192.0.2.1" or "2001:db8::/32"; a
 * user, "root" or "33", which is looked up in the system's databases. Return 0,
 * -ENOMEM, or -EINVAL with error filled by layer_fail(). */
int sock_choice_add_ports(struct sock_choice *choice, const char *value,
                          struct layer_error *error);
int sock_choice_add_network(struct sock_choice *choice, const char *value,
                            struct layer_error *error);
int sock_choice_add_owner(struct sock_choice *choice, const char *value,
                          struct layer_error *error);
void sock_choice_free(struct sock_choice *choice);

/* Whether a TCP or UDP socket is chosen. Where ports are given, one must be its
 * port; where networks are given, one must have its address; where owners are
 * given, one must own it. ignore_selected chooses the sockets that do not
 * match.
 */
bool sock_choice_selects_inet(const struct sock_choice *choice,
                              const struct socket_info *one);

/* Whether a UNIX listener is chosen, by its path, as ss shows it, and owner. */
bool sock_choice_selects_unix(const struct sock_choice *choice,
                              const struct socket_info *one, const char *path);

/* Whether a connection with this local end is chosen, by port and address in
 * the form of IPv6. */
bool sock_choice_selects(const struct sock_choice *choice, uint16_t port,
                         const uint8_t address[static 16]);

/* Whether the user asked for the port by its number, or for the very path. */
bool sock_choice_names_port(const struct sock_choice *choice, uint16_t port);
bool sock_choice_names_path(const struct sock_choice *choice, const char *path);

#endif
