/* SPDX-License-Identifier: MIT */
#include "sock_choice.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "scan.h"

/* The prefix of an IPv4 address in the form of IPv6. */
static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool take_port(struct scan *scan, uint16_t *ret) {
  uint32_t number;
  if (!scan_u32(scan, &number) || number == 0 || number > UINT16_MAX)
    return false;
  *ret = (uint16_t)number;
  return true;
}

static bool parse_ports(const char *value, struct sock_ports *ret) {
  struct scan scan = scan_text(value, strlen(value));
  struct sock_ports ports;
  if (!take_port(&scan, &ports.first))
    return false;
  ports.last = ports.first;
  if (scan_char(&scan, '-') && !take_port(&scan, &ports.last))
    return false;
  if (!scan_done(&scan) || ports.last < ports.first)
    return false;
  *ret = ports;
  return true;
}

int sock_choice_add_ports(struct sock_choice *choice, const char *value,
                          struct layer_error *error) {
  struct sock_ports ports;
  if (!parse_ports(value, &ports))
    return layer_fail(
        error, "expects a port such as 443, or 8000-8100, found \"%s\"", value);
  struct sock_ports *all = array_room(choice->ports, &choice->port_room,
                                      choice->port_count, sizeof(*all));
  if (all == NULL)
    return -ENOMEM;
  choice->ports = all;
  all[choice->port_count++] = ports;
  return 0;
}

static bool parse_address(const char *text, uint8_t ret[static 16],
                          unsigned *ret_bits) {
  struct in_addr ip4;
  struct in6_addr ip6;
  if (inet_pton(AF_INET, text, &ip4) == 1) {
    memcpy(ret, mapped, sizeof(mapped));
    memcpy(ret + sizeof(mapped), &ip4, sizeof(ip4));
    *ret_bits = 32;
    return true;
  }
  if (inet_pton(AF_INET6, text, &ip6) != 1)
    return false;
  memcpy(ret, &ip6, sizeof(ip6));
  *ret_bits = 128;
  return true;
}

static bool parse_network(const char *value, struct sock_network *ret) {
  char text[INET6_ADDRSTRLEN];
  const char *slash = strchr(value, '/');
  size_t length = slash != NULL ? (size_t)(slash - value) : strlen(value);
  struct sock_network network;
  unsigned most;
  if (length >= sizeof(text))
    return false;
  memcpy(text, value, length);
  text[length] = '\0';
  if (!parse_address(text, network.address, &most))
    return false;
  uint32_t bits = most;
  if (slash != NULL) {
    struct scan scan = scan_text(slash + 1, strlen(slash + 1));
    if (!scan_u32(&scan, &bits) || !scan_done(&scan) || bits > most)
      return false;
  }
  network.bits = 128 - most + bits;
  *ret = network;
  return true;
}

int sock_choice_add_network(struct sock_choice *choice, const char *value,
                            struct layer_error *error) {
  struct sock_network network;
  if (!parse_network(value, &network))
    return layer_fail(error,
                      "expects an address or a network such as 10.0.0.0/8, "
                      "found \"%s\"",
                      value);
  struct sock_network *all = array_room(choice->networks, &choice->network_room,
                                        choice->network_count, sizeof(*all));
  if (all == NULL)
    return -ENOMEM;
  choice->networks = all;
  all[choice->network_count++] = network;
  return 0;
}

/* Looks a user up by number or by name. Returns 0, -ENOENT or another -errno.
 */
static int find_user(const char *value, uint32_t *ret) {
  struct scan scan = scan_text(value, strlen(value));
  if (scan_u32(&scan, ret) && scan_done(&scan))
    return 0;
  struct passwd entry, *found = NULL;
  char buffer[4096];
  int error = getpwnam_r(value, &entry, buffer, sizeof(buffer), &found);
  if (found == NULL)
    return error == 0 ? -ENOENT : -error;
  *ret = entry.pw_uid;
  return 0;
}

int sock_choice_add_owner(struct sock_choice *choice, const char *value,
                          struct layer_error *error) {
  uint32_t owner;
  int r = find_user(value, &owner);
  if (r < 0)
    return layer_fail(
        error, "expects a user's name or number, found \"%s\": %s", value,
        r == -ENOENT ? "there is no such user" : strerror(-r));
  uint32_t *all = array_room(choice->owners, &choice->owner_room,
                             choice->owner_count, sizeof(*all));
  if (all == NULL)
    return -ENOMEM;
  choice->owners = all;
  all[choice->owner_count++] = owner;
  return 0;
}

void sock_choice_free(struct sock_choice *choice) {
  free(choice->ports);
  free(choice->networks);
  free(choice->owners);
  match_free(&choice->paths);
  *choice = (struct sock_choice){0};
}

static bool has_port(const struct sock_choice *choice, uint16_t port) {
  for (size_t i = 0; i < choice->port_count; i++)
    if (port >= choice->ports[i].first && port <= choice->ports[i].last)
      return true;
  return false;
}

static bool is_within(const struct sock_network *network,
                      const uint8_t address[static 16]) {
  unsigned bytes = network->bits / 8;
  unsigned rest = network->bits % 8;
  if (memcmp(network->address, address, bytes) != 0)
    return false;
  return rest == 0 ||
         (network->address[bytes] ^ address[bytes]) >> (8 - rest) == 0;
}

static bool has_address(const struct sock_choice *choice,
                        const uint8_t address[static 16]) {
  for (size_t i = 0; i < choice->network_count; i++)
    if (is_within(&choice->networks[i], address))
      return true;
  return false;
}

static bool has_owner(const struct sock_choice *choice,
                      const struct socket_info *one) {
  for (size_t i = 0; i < choice->owner_count; i++)
    if (one->has_uid && one->uid == choice->owners[i])
      return true;
  return choice->owner_count == 0;
}

static bool has_place(const struct sock_choice *choice, uint16_t port,
                      const uint8_t address[static 16]) {
  return (choice->port_count == 0 || has_port(choice, port)) &&
         (choice->network_count == 0 || has_address(choice, address));
}

bool sock_choice_selects(const struct sock_choice *choice, uint16_t port,
                         const uint8_t address[static 16]) {
  if (choice->port_count == 0 && choice->network_count == 0)
    return true;
  return has_place(choice, port, address) != choice->ignore_selected;
}

bool sock_choice_selects_inet(const struct sock_choice *choice,
                              const struct socket_info *one) {
  uint8_t address[16];
  if (choice->port_count == 0 && choice->network_count == 0 &&
      choice->owner_count == 0)
    return true;
  memcpy(address, one->address, sizeof(address));
  if (one->family == AF_INET) {
    memcpy(address, mapped, sizeof(mapped));
    memcpy(address + sizeof(mapped), one->address, 4);
  }
  bool fits = has_owner(choice, one) && has_place(choice, one->port, address);
  return fits != choice->ignore_selected;
}

bool sock_choice_selects_unix(const struct sock_choice *choice,
                              const struct socket_info *one, const char *path) {
  if (choice->paths.count == 0 && choice->owner_count == 0)
    return true;
  bool fits = has_owner(choice, one) &&
              (choice->paths.count == 0 || match_any(&choice->paths, path));
  return fits != choice->ignore_selected;
}

bool sock_choice_names_port(const struct sock_choice *choice, uint16_t port) {
  return !choice->ignore_selected && has_port(choice, port);
}

bool sock_choice_names_path(const struct sock_choice *choice,
                            const char *path) {
  return !choice->ignore_selected && match_exact(&choice->paths, path);
}
