/* SPDX-License-Identifier: MIT */
#include "sock_advice.h"

#include "sock_udp_errors.h"

/* Fills in a setting. Returns false where it cannot be read. */
static bool set_number(const struct sock_backlog *sock,
                       const struct sock_space *space, const char *name,
                       struct explanation *explanation, int64_t *ret) {
  explanation->setting = name;
  explanation->setting_value[0] = '\0';
  if (net_namespace_read_number(space->netns, sock->context, name, ret) < 0)
    return false;
  TEXT_FILL(explanation->setting_value, "%lld", (long long)*ret);
  return true;
}

static void set_size(const char *name, uint32_t size,
                     struct explanation *explanation) {
  explanation->setting = name;
  TEXT_FILL(explanation->setting_value, "%u", size);
}

/* How a queue came to be full: in one read, or for longer. */
enum fill {
  FILL_SUDDEN, /* it was not full in the read before */
  FILL_BURST,  /* it was full between two reads, and has room again */
  FILL_LASTING /* it was full in the read before too */
};

static enum fill fill_of(const struct sock_entry *socket, bool is_full,
                         bool was_full) {
  if (is_full)
    return was_full ? FILL_LASTING : FILL_SUDDEN;
  return socket->gained > 0 ? FILL_BURST : FILL_SUDDEN;
}

/* The kernel takes the smaller of the listen() backlog and net.core.somaxconn
 * at the time of listen(). */
static bool is_cut(const struct sock_backlog *sock,
                   const struct sock_space *space,
                   const struct sock_entry *socket,
                   struct explanation *explanation, bool *ret_is_known,
                   int64_t *ret_most) {
  *ret_is_known =
      set_number(sock, space, "net.core.somaxconn", explanation, ret_most);
  if (*ret_is_known && socket->limit >= *ret_most)
    return true;
  set_size("listen() backlog", socket->limit, explanation);
  return false;
}

void sock_advice_backlog_setting(const struct sock_backlog *sock,
                                 const struct sock_space *space,
                                 const struct sock_entry *socket,
                                 struct explanation *explanation) {
  bool is_known;
  int64_t most;
  is_cut(sock, space, socket, explanation, &is_known, &most);
}

static const char *backlog_reason(enum fill fill) {
  return fill == FILL_BURST ? "a burst, " : "";
}

void sock_advice_backlog(const struct sock_backlog *sock,
                         const struct sock_space *space,
                         const struct sock_entry *socket,
                         struct explanation *explanation) {
  bool is_known;
  int64_t most;
  enum fill fill = fill_of(socket, socket->queue > socket->limit,
                           socket->last_queue > socket->limit);
  const char *reason = backlog_reason(fill);
  const char *or_accept = fill == FILL_SUDDEN ? ", or accept faster" : "";
  bool is_somaxconn =
      is_cut(sock, space, socket, explanation, &is_known, &most);
  if (fill == FILL_LASTING)
    TEXT_FILL(explanation->advice,
              "the queue stays full: accept faster, with more workers");
  else if (is_somaxconn)
    TEXT_FILL(explanation->advice, "%sraise it and the listen() backlog%s",
              reason, or_accept);
  else if (is_known)
    TEXT_FILL(explanation->advice, "%sraise it (net.core.somaxconn is %lld)%s",
              reason, (long long)most, or_accept);
  else
    TEXT_FILL(explanation->advice, "%sraise it, up to net.core.somaxconn%s",
              reason, or_accept);
}

/* The kernel cuts SO_RCVBUF to rmem_max and doubles it; it takes rmem_default
 * as it is. */
void sock_advice_buffer(const struct sock_backlog *sock,
                        const struct sock_space *space,
                        const struct sock_entry *socket,
                        struct explanation *explanation) {
  int64_t most, usual;
  /* A datagram of half the size may not fit into the rest. */
  enum fill fill = fill_of(socket, socket->queue >= socket->limit / 2,
                           socket->last_queue >= socket->limit / 2);
  const char *reason = fill == FILL_BURST ? "a burst, " : "";
  const char *or_read = fill == FILL_SUDDEN ? ", or read faster" : "";
  if (socket->limit == 0)
    return; /* not known */
  bool is_usual =
      set_number(sock, space, "net.core.rmem_default", explanation, &usual) &&
      socket->limit == usual;
  if (is_usual && fill != FILL_LASTING) {
    TEXT_FILL(explanation->advice, "%sraise it or SO_RCVBUF%s", reason,
              or_read);
    return;
  }
  if (!is_usual) {
    bool has_most =
        set_number(sock, space, "net.core.rmem_max", explanation, &most);
    if (has_most && socket->limit == 2 * most) {
      TEXT_FILL(explanation->advice, "raise it: SO_RCVBUF is cut to it");
    } else {
      set_size("SO_RCVBUF", socket->limit / 2, explanation);
      if (has_most)
        TEXT_FILL(explanation->advice,
                  "%sraise it (net.core.rmem_max is %lld)%s", reason,
                  (long long)most, or_read);
      else
        TEXT_FILL(explanation->advice, "%sraise it, up to net.core.rmem_max%s",
                  reason, or_read);
    }
  }
  if (fill == FILL_LASTING)
    TEXT_FILL(explanation->advice,
              "the buffer stays full: read faster, with more workers");
}

void sock_advice_datagrams(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           const struct sock_entry *socket,
                           struct explanation *explanation) {
  switch (sock_udp_errors_cause(space)) {
  case SOCK_UDP_BUFFER:
    sock_advice_buffer(sock, space, socket, explanation);
    return;
  case SOCK_UDP_MEMORY:
    explanation->setting = "net.ipv4.udp_mem";
    if (net_namespace_read_text(
            space->netns, sock->context, explanation->setting,
            explanation->setting_value, sizeof(explanation->setting_value)) < 0)
      explanation->setting_value[0] = '\0';
    TEXT_FILL(explanation->advice,
              "UDP of the whole host takes that many pages: raise it");
    return;
  case SOCK_UDP_CHECKSUM:
    explanation->setting = NULL;
    TEXT_FILL(explanation->advice,
              "wrong checksums, no full buffer: capture some with tcpdump -vv");
    return;
  case SOCK_UDP_FILTER:
    explanation->setting = NULL;
    TEXT_FILL(
        explanation->advice,
        "refused by its socket filter (SO_ATTACH_FILTER), no full buffer");
    return;
  }
}
