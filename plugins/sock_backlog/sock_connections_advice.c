/* SPDX-License-Identifier: MIT */
#include "sock_connections_advice.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>

#include "sock_advice.h"
#include "sock_connections.h"

/* A range of so many ports can hardly be widened. */
#define WIDE_RANGE 50000

/* What can be read off half-open connections. */
enum syn_cause {
  SYN_UNCLEAR,
  SYN_FLOOD, /* most peers let the SYN-ACK be repeated */
};

static enum syn_cause syn_cause_of(const struct sock_traffic *traffic) {
  bool is_flood = traffic != NULL &&
                  2 * traffic->unanswered > traffic->states[TCP_SYN_RECV];
  return is_flood ? SYN_FLOOD : SYN_UNCLEAR;
}

static const char *syn_advice(enum syn_cause cause, bool has_cookies) {
  if (cause == SYN_FLOOD)
    return has_cookies ? "a flood, peers do not answer: SYN cookies, which are "
                         "sent, let others in"
                       : "a flood, peers do not answer: set "
                         "net.ipv4.tcp_syncookies to 1";
  return has_cookies ? "a flood, or too small: raise it; SYN cookies are sent "
                       "meanwhile"
                     : "a flood, or too small: raise it, or set "
                       "net.ipv4.tcp_syncookies to 1";
}

/* The backlog limits the SYN queue too; without SYN cookies, so do three
 * quarters of net.ipv4.tcp_max_syn_backlog. */
void sock_connections_advice_syn_queue(const struct sock_backlog *sock,
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
    sock_advice_backlog_setting(sock, space, group->fullest, explanation);
  }
  enum syn_cause cause = syn_cause_of(sock_connections_find(space, group));
  TEXT_FILL(explanation->advice, "%s", syn_advice(cause, has_cookies));
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
static void advise_time_wait(const struct sock_backlog *sock,
                             const struct sock_space *space,
                             struct explanation *explanation) {
  explanation->setting = "net.ipv4.tcp_tw_reuse";
  if (net_namespace_read_text(space->netns, sock->context, explanation->setting,
                              explanation->setting_value,
                              sizeof(explanation->setting_value)) < 0)
    explanation->setting_value[0] = '\0';
  TEXT_FILL(explanation->advice,
            "set it to 1, which gives TIME_WAIT's ports to new connections");
}

void sock_connections_advice_ephemeral(const struct sock_backlog *sock,
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
    advise_time_wait(sock, space, explanation);
  else if (ephemeral->capacity >= WIDE_RANGE)
    TEXT_FILL(explanation->advice,
              "connect from more addresses (IP_BIND_ADDRESS_NO_PORT)");
}
