/* SPDX-License-Identifier: MIT */
/* Asking the kernel for its sockets. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "proc_udp.h"
#include "sock_backlog.h"

/* How many seconds the kernel is not asked again for what it does not have:
 * each time it tries to load a module. */
#define RETRY_SECONDS 300

/* "unix-" and the longest path, with its NUL. */
#define NAME_SIZE 256

struct source {
  uint8_t family;
  uint16_t protocol;
  uint32_t states;
  enum sock_kind kind;
  const char *noun;
  const char *module; /* to name, if it is missing; NULL: it may be */
  const char *file;   /* that tells less; NULL: none does */
  size_t count;       /* in struct sockstat; NO_COUNT: none */
};

#define NO_COUNT SIZE_MAX
#define COUNT(member) offsetof(struct sockstat, member)

static const struct source sources[SOCK_SOURCES] = {
    [SOCK_SOURCE_TCP4] = {AF_INET, IPPROTO_TCP, SOCK_DIAG_LISTEN, SOCK_KIND_TCP,
                          "TCP listeners of IPv4", "tcp_diag", NULL,
                          COUNT(tcp_inuse)},
    [SOCK_SOURCE_TCP6] = {AF_INET6, IPPROTO_TCP, SOCK_DIAG_LISTEN,
                          SOCK_KIND_TCP, "TCP listeners of IPv6", NULL, NULL,
                          COUNT(tcp6_inuse)},
    [SOCK_SOURCE_UDP4] = {AF_INET, IPPROTO_UDP, SOCK_DIAG_ANY_UDP,
                          SOCK_KIND_UDP, "UDP sockets of IPv4", "udp_diag",
                          "proc/net/udp", COUNT(udp_inuse)},
    [SOCK_SOURCE_UDP6] = {AF_INET6, IPPROTO_UDP, SOCK_DIAG_ANY_UDP,
                          SOCK_KIND_UDP, "UDP sockets of IPv6", NULL,
                          "proc/net/udp6", COUNT(udp6_inuse)},
    [SOCK_SOURCE_UDPLITE4] = {AF_INET, IPPROTO_UDPLITE, SOCK_DIAG_ANY_UDP,
                              SOCK_KIND_UDP, "UDP-Lite sockets of IPv4", NULL,
                              "proc/net/udplite", COUNT(udplite_inuse)},
    [SOCK_SOURCE_UDPLITE6] = {AF_INET6, IPPROTO_UDPLITE, SOCK_DIAG_ANY_UDP,
                              SOCK_KIND_UDP, "UDP-Lite sockets of IPv6", NULL,
                              "proc/net/udplite6", COUNT(udplite6_inuse)},
    [SOCK_SOURCE_UNIX] = {AF_UNIX, 0, SOCK_DIAG_LISTEN, SOCK_KIND_UNIX,
                          "UNIX listeners", "unix_diag", NULL, NO_COUNT},
};

/* What is on its way from a source into a table. */
struct taking {
  struct sock_backlog *sock;
  struct sock_space *space;
  enum sock_kind kind;
  struct port_set *listening; /* of TCP, if somebody wants to know */
  unsigned count;             /* of sockets */
  char path[NAME_SIZE];
  char port[16];
};

static const char *protocol_name(uint16_t protocol) {
  if (protocol == IPPROTO_UDPLITE)
    return "udplite";
  return protocol == IPPROTO_UDP ? "udp" : "tcp";
}

/* A path as ss shows it: abstract ones begin with '@'. */
static void write_path(const struct socket_info *one, char *ret, size_t size) {
  size_t length = one->path_length < size ? one->path_length : size - 1;
  bool is_abstract = length > 0 && one->path[0] == '\0';
  for (size_t i = 0; i < length; i++)
    ret[i] = one->path[i] != '\0' ? one->path[i] : '@';
  ret[length] = '\0';
  if (!is_abstract)
    ret[strnlen(one->path, length)] = '\0';
}

/* Of UDP, an ephemeral port is a client's, unless it is asked for. */
static bool has_object(const struct taking *taking,
                       const struct socket_info *one) {
  return taking->kind != SOCK_KIND_UDP ||
         one->port < taking->space->ephemeral_first ||
         sock_choice_names(&taking->sock->choice, one->port);
}

static void find_home(const struct socket_info *one, void *data,
                      struct sock_home *ret) {
  struct taking *taking = data;
  *ret = (struct sock_home){.kind = taking->kind, .is_counted = true};
  if (taking->kind == SOCK_KIND_UNIX) {
    write_path(one, taking->path, sizeof(taking->path));
    ret->has_group = true;
    ret->labels = (struct labels){.protocol = "unix", .path = taking->path};
    return;
  }
  ret->is_counted = sock_choice_has(&taking->sock->choice, one);
  if (!ret->is_counted || !has_object(taking, one))
    return;
  snprintf(taking->port, sizeof(taking->port), "%u", one->port);
  ret->has_group = true;
  ret->labels = (struct labels){.protocol = protocol_name(one->protocol),
                                .port = taking->port};
  ret->port = one->port;
}

static int take(const struct socket_info *one, void *data) {
  struct taking *taking = data;
  struct sock_space *space = taking->space;
  if (taking->listening != NULL)
    port_set_add(taking->listening, one->port);
  taking->count++;
  struct sock_group *group =
      sock_table_add(&space->table, one, find_home, taking);
  if (group != NULL)
    sock_shown_note(&space->shown, &space->table, group);
  return 0;
}

static int ask(struct sock_space *space, const struct source *source,
               struct taking *taking) {
  if (source->family == AF_UNIX)
    return sock_diag_unix(&space->netlink, take, taking);
  return sock_diag_inet(&space->netlink, source->family, source->protocol,
                        source->states, take, taking);
}

/* Of the host, /proc/net is the daemon's own namespace, or a foreign one. What
 * the host does not have, no namespace has. */
static bool can_read_instead(const struct sock_backlog *sock,
                             const struct sock_space *space,
                             enum sock_source which) {
  if (sources[which].file == NULL)
    return false;
  if (space->netns == NULL)
    return !sysroot_net_is_foreign(sock->context->root);
  return sock->host.asked[which].is_read;
}

static int read_instead(const struct sock_backlog *sock,
                        struct sock_space *space, enum sock_source which,
                        struct taking *taking) {
  const struct layer_context *context = sock->context;
  const struct source *source = &sources[which];
  struct sysroot_file *file = &space->asked[which].file;
  if (!can_read_instead(sock, space, which))
    return -ENOENT;
  if (file->path == NULL) {
    *file = SYSROOT_FILE(source->file);
    file->is_foreign = space->netns != NULL;
  }
  if (file->is_foreign && !file->is_open)
    net_namespace_open_files(space->netns, context, &file, 1);
  return proc_udp_read(context->root, file, source->family, source->protocol,
                       take, taking, NULL);
}

static void say_missing(const struct layer_context *context,
                        const struct source *source, bool has_other) {
  if (source->module == NULL)
    return;
  if (has_other)
    layer_log(context, LAYER_NOTICE,
              "this kernel has no %s: drops of sockets are read from %s "
              "instead, and how full they are is not known",
              source->module, source->file);
  else
    layer_log(context, LAYER_WARNING,
              "this kernel has no %s: nothing is known of %s", source->module,
              source->noun);
}

/* Whether the kernel is to be asked. Modules are the same in all namespaces,
 * and only the host's tries whether one is there by now. */
static bool is_asked(const struct sock_backlog *sock,
                     const struct sock_space *space, enum sock_source which) {
  if (space->netns != NULL)
    return !sock->host.asked[which].is_missing;
  return !space->asked[which].is_missing ||
         sock->now >= space->asked[which].retry;
}

/* Whether there is nothing to be told of. The kernel adds up the counts of all
 * CPUs one after another, so that one can be 0 for a moment while sockets come
 * and go: it is taken at its word if there was nothing before. */
static bool is_unused(const struct sock_space *space, enum sock_source which) {
  size_t offset = sources[which].count;
  return space->asked[which].is_empty && offset != NO_COUNT &&
         *(const int64_t *)((const char *)&space->counts + offset) == 0;
}

/* One source. -ENOENT: the kernel does not have it, which has been said. */
static int read_source(struct sock_backlog *sock, struct sock_space *space,
                       enum sock_source which) {
  const struct source *source = &sources[which];
  struct sock_asked *asked = &space->asked[which];
  struct taking taking = {.sock = sock, .space = space, .kind = source->kind};
  if (source->kind == SOCK_KIND_TCP && space->connections != NULL)
    taking.listening = &space->connections->listening;
  if (is_unused(space, which))
    return 0;
  bool has_asked = is_asked(sock, space, which);
  int r = has_asked ? ask(space, source, &taking) : -ENOENT;
  bool is_missing = r == -ENOENT;
  if (is_missing) {
    r = read_instead(sock, space, which, &taking);
    if (!asked->is_missing && space->netns == NULL)
      say_missing(sock->context, source, r == 0);
    if (has_asked)
      asked->retry = sock->now + RETRY_SECONDS;
  }
  asked->is_missing = is_missing;
  asked->is_empty = r == 0 && taking.count == 0;
  return r;
}

static void note_result(struct sock_backlog *sock, struct sock_space *space,
                        enum sock_source which, int r) {
  struct sock_asked *asked = &space->asked[which];
  const char *noun = sources[which].noun;
  const char *of = space->netns != NULL ? " of namespace " : "";
  const char *name = space->netns != NULL ? space->netns->name : "";
  if (r == -EINTR)
    sock_table_incomplete(&space->table);
  if (r == -EINTR || r == 0 || r == -ENOENT) {
    layer_problem_end(&asked->problem, sock->context,
                      "%s%s%s can be read again", noun, of, name);
    return;
  }
  sock_table_incomplete(&space->table);
  layer_problem_begin(
      &asked->problem, sock->context,
      "%s%s%s cannot be read: %s; their values are missing until "
      "that ends",
      noun, of, name, strerror(-r));
}

static void forget(struct sock_group *group, void *data) {
  sock_shown_remove(data, group);
}

int sock_sources_read(struct sock_backlog *sock, struct sock_space *space) {
  int result = -ENOENT;
  sock_table_begin(&space->table);
  sock_connections_begin(sock, space);
  for (int i = 0; i < SOCK_SOURCES; i++) {
    if (i == SOCK_SOURCE_UNIX && !sock->report_unix)
      continue;
    int r = read_source(sock, space, (enum sock_source)i);
    note_result(sock, space, (enum sock_source)i, r);
    space->asked[i].is_read = r == 0 || r == -EINTR;
    if (space->asked[i].is_read)
      result = 0;
    else if (result == -ENOENT)
      result = r;
  }
  sock_table_end(&space->table, forget, &space->shown);
  sock_shown_choose(&space->shown, &space->table);
  sock_connections_read(sock, space);
  return result;
}

bool sock_sources_have(const struct sock_space *space, enum sock_kind kind) {
  for (size_t i = 0; i < SOCK_SOURCES; i++)
    if (sources[i].kind == kind && space->asked[i].is_read)
      return true;
  return false;
}

/* The counts that say that there is no socket leave out TIME_WAIT. */
bool sock_sources_have_connections(const struct sock_space *space) {
  bool is_empty = is_unused(space, SOCK_SOURCE_TCP4) &&
                  is_unused(space, SOCK_SOURCE_TCP6) &&
                  space->counts.tcp_time_wait == 0;
  return sock_sources_have(space, SOCK_KIND_TCP) && !is_empty;
}

void sock_sources_close(struct sock_space *space) {
  netlink_close(&space->netlink);
  sock_connections_free(space->connections);
  for (size_t i = 0; i < SOCK_SOURCES; i++)
    if (space->asked[i].file.path != NULL)
      sysroot_file_free(&space->asked[i].file);
}
