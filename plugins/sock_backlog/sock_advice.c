/* SPDX-License-Identifier: MIT */
#include "sock_advice.h"

#include <arpa/inet.h>
#include <string.h>

#include "sock_connections.h"

/* The kernel takes the smaller of the listen() backlog and the setting. */
void sock_advice_backlog(const struct sock_backlog *sock,
                         const struct sock_space *space,
                         const struct sock_entry *socket,
                         struct explanation *explanation) {
  int64_t most;
  int r = net_namespace_read_number(space->netns, sock->context,
                                    "net.core.somaxconn", &most);
  if (r == 0 && socket->limit >= most) {
    explanation->setting = "net.core.somaxconn";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)most);
    TEXT_FILL(explanation->advice,
              "raise it and the listen() backlog, or accept "
              "faster");
    return;
  }
  explanation->setting = "listen() backlog";
  TEXT_FILL(explanation->setting_value, "%u", socket->limit);
  if (r == 0)
    TEXT_FILL(explanation->advice,
              "raise it (net.core.somaxconn is %lld), or accept faster",
              (long long)most);
  else
    TEXT_FILL(explanation->advice, "raise it, or accept faster");
}

/* The backlog limits the SYN queue too; without SYN cookies, so do three
 * quarters of net.ipv4.tcp_max_syn_backlog. */
void sock_advice_syn_queue(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           const struct sock_group *group,
                           struct explanation *explanation) {
  int64_t cookies, most;
  bool has_cookies =
      net_namespace_read_number(space->netns, sock->context,
                                "net.ipv4.tcp_syncookies", &cookies) < 0 ||
      cookies != 0;
  if (!has_cookies &&
      sock_connections_syn_limit(space, group) < group->sums.limit &&
      net_namespace_read_number(space->netns, sock->context,
                                "net.ipv4.tcp_max_syn_backlog", &most) == 0) {
    explanation->setting = "net.ipv4.tcp_max_syn_backlog";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)most);
  } else {
    sock_advice_backlog(sock, space, group->fullest, explanation);
  }
  TEXT_FILL(explanation->advice,
            has_cookies
                ? "a flood, or too small: raise it; SYN cookies are sent "
                  "meanwhile"
                : "a flood, or too small: raise it, or set "
                  "net.ipv4.tcp_syncookies to 1");
}

/* The kernel cuts SO_RCVBUF to rmem_max and doubles it; it takes rmem_default
 * as it is. */
void sock_advice_buffer(const struct sock_backlog *sock,
                        const struct sock_space *space,
                        const struct sock_entry *socket,
                        struct explanation *explanation) {
  int64_t most, usual;
  if (socket->limit == 0)
    return;
  int r = net_namespace_read_number(space->netns, sock->context,
                                    "net.core.rmem_default", &usual);
  if (r == 0 && socket->limit == usual) {
    explanation->setting = "net.core.rmem_default";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)usual);
    TEXT_FILL(explanation->advice, "raise it or SO_RCVBUF, or read faster");
    return;
  }
  r = net_namespace_read_number(space->netns, sock->context,
                                "net.core.rmem_max", &most);
  if (r == 0 && socket->limit == 2 * most) {
    explanation->setting = "net.core.rmem_max";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)most);
    TEXT_FILL(explanation->advice, "raise it: SO_RCVBUF is cut to it");
    return;
  }
  explanation->setting = "SO_RCVBUF";
  TEXT_FILL(explanation->setting_value, "%u", socket->limit / 2);
  if (r == 0)
    TEXT_FILL(explanation->advice,
              "raise it (net.core.rmem_max is %lld), or read faster",
              (long long)most);
  else
    TEXT_FILL(explanation->advice, "raise it, or read faster");
}

/* Adds "192.0.2.1", and with a port "192.0.2.1:443" or "[2001:db8::1]:443". */
static void add_address(struct text *text, const uint8_t address[static 16],
                        uint16_t port) {
  static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
  char name[INET6_ADDRSTRLEN];
  bool is_ip4 = memcmp(address, mapped, sizeof(mapped)) == 0;
  if (inet_ntop(is_ip4 ? AF_INET : AF_INET6, is_ip4 ? address + 12 : address,
                name, sizeof(name)) == NULL)
    return;
  if (port == 0)
    text_add(text, "%s", name);
  else
    text_add(text, is_ip4 ? "%s:%u" : "[%s]:%u", name, port);
}

/* TIME_WAIT lasts 60 seconds, whatever net.ipv4.tcp_fin_timeout is. The ports
 * that net.ipv4.tcp_tw_reuse gives up are not counted. */
static void explain_time_wait(const struct sock_backlog *sock,
                              const struct sock_space *space,
                              struct explanation *explanation) {
  char value[sizeof(explanation->setting_value)];
  if (net_namespace_read_text(space->netns, sock->context,
                              "net.ipv4.tcp_tw_reuse", value,
                              sizeof(value)) < 0)
    return;
  explanation->setting = "net.ipv4.tcp_tw_reuse";
  strcpy(explanation->setting_value, value);
  strcpy(explanation->advice, "1 gives TIME_WAIT's ports to new connections; "
                              "or keep connections open");
}

void sock_advice_ephemeral(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           struct explanation *explanation) {
  const struct sock_connections *connections = space->connections;
  if (connections == NULL || !connections->is_read)
    return;
  const struct sock_ephemeral *ephemeral = &connections->ephemeral;
  const struct sock_destination *busiest = ephemeral->busiest;
  if (busiest == NULL)
    return;
  struct text detail = TEXT_IN(explanation->detail);
  text_add(&detail, "%u of %u, %u in TIME_WAIT, from ", busiest->taken,
           ephemeral->capacity, busiest->time_wait);
  add_address(&detail, busiest->source, 0);
  text_add(&detail, " to ");
  add_address(&detail, busiest->address, busiest->port);
  if (2 * busiest->time_wait > busiest->taken &&
      ephemeral->settings.reuse != LOCAL_PORTS_REUSE_ALL)
    explain_time_wait(sock, space, explanation);
}
