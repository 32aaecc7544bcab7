/* SPDX-License-Identifier: MIT */
#include "sock_sources.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "proc_udp.h"
#include "sock_refusals.h"
#include "text.h"

/* Seconds until a missing module is asked for again: each request has the
 * kernel try to load it. */
#define RETRY_SECONDS 300

/* The longest path of a UNIX socket, with its NUL, and room to spare. */
#define PATH_SIZE 256

struct source {
  uint8_t family;
  uint16_t protocol;
  uint32_t states;
  enum sock_kind kind;
  const char *noun;
  const char *module; /* logged when it is missing; NULL: not logged */
  const char *file;   /* has less detail than the module; NULL: there is none */
  size_t count;       /* offset in struct sockstat; NO_COUNT: none */
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

/* State of one dump, passed to take(). */
struct dump_context {
  const struct sock_backlog *sock;
  struct sock_space *space;
  enum sock_kind kind;
  struct port_set *listening; /* gets the ports of listeners; may be NULL */
  unsigned count;             /* sockets taken so far */
  char path[PATH_SIZE];       /* of the last socket that was placed */
  char port[TEXT_U32_SIZE];
};

static const char *protocol_name(uint16_t protocol) {
  if (protocol == IPPROTO_UDPLITE)
    return "udplite";
  return protocol == IPPROTO_UDP ? "udp" : "tcp";
}

/* Writes a path as ss shows it: an abstract one begins with '@'. */
static void write_path(const struct socket_info *one, char *ret, size_t size) {
  size_t length = one->path_length < size ? one->path_length : size - 1;
  bool is_abstract = length > 0 && one->path[0] == '\0';
  for (size_t i = 0; i < length; i++)
    ret[i] = one->path[i] != '\0' ? one->path[i] : '@';
  ret[length] = '\0';
  if (!is_abstract)
    ret[strnlen(one->path, length)] = '\0';
}

/* A UDP socket with an ephemeral port is a client's, unless Port names it. */
static bool has_group(const struct dump_context *context,
                      const struct socket_info *one) {
  return context->kind != SOCK_KIND_UDP ||
         one->port < context->space->ephemeral_first ||
         sock_choice_names_port(&context->sock->choice, one->port);
}

static void place(const struct socket_info *one, void *data,
                  struct sock_placement *ret) {
  struct dump_context *context = data;
  *ret = (struct sock_placement){.is_counted = true};
  if (context->kind == SOCK_KIND_UNIX) {
    write_path(one, context->path, sizeof(context->path));
    ret->is_counted =
        sock_choice_selects_unix(&context->sock->choice, one, context->path);
    ret->has_group = ret->is_counted;
    ret->is_chosen =
        sock_choice_names_path(&context->sock->choice, context->path);
    ret->labels = (struct labels){.protocol = "unix", .path = context->path};
    return;
  }
  ret->is_counted = sock_choice_selects_inet(&context->sock->choice, one);
  if (!ret->is_counted || !has_group(context, one))
    return;
  text_u32(context->port, one->port);
  ret->has_group = true;
  ret->is_chosen = sock_choice_names_port(&context->sock->choice, one->port);
  ret->labels = (struct labels){.protocol = protocol_name(one->protocol),
                                .port = context->port};
  ret->port = one->port;
}

static int take(const struct socket_info *one, void *data) {
  struct dump_context *context = data;
  struct sock_space *space = context->space;
  if (context->listening != NULL)
    port_set_add(context->listening, one->port);
  context->count++;
  struct sock_group *group = sock_table_add(&space->table, one, place, context);
  if (group != NULL)
    sock_shown_note(&space->shown, &space->table, group);
  return 0;
}

static int ask(struct sock_space *space, const struct source *source,
               struct dump_context *context) {
  if (source->family == AF_UNIX)
    return sock_diag_unix(&space->netlink, take, context);
  return sock_diag_inet(&space->netlink, source->family, source->protocol,
                        source->states, take, context);
}

/* A foreign /proc/net shows another namespace than the sockets of the host's
 * space. Other namespaces have a table only if the host has it. */
static bool can_read_file(const struct sock_backlog *sock,
                          const struct sock_space *space,
                          enum sock_source which) {
  if (sources[which].file == NULL)
    return false;
  if (space->netns == NULL)
    return !sysroot_net_is_foreign(sock->context->root);
  return sock->host.sources[which].is_read;
}

static int read_file(const struct sock_backlog *sock, struct sock_space *space,
                     enum sock_source which, struct dump_context *context) {
  const struct source *source = &sources[which];
  struct sysroot_file *file = &space->sources[which].file;
  if (!can_read_file(sock, space, which))
    return -ENOENT;
  if (file->path == NULL) {
    *file = SYSROOT_FILE(source->file);
    file->is_foreign = space->netns != NULL;
  }
  if (file->is_foreign && !file->is_open)
    net_namespace_open_files(space->netns, sock->context, &file, 1);
  return proc_udp_read(sock->context->root, file, source->family,
                       source->protocol, take, context, NULL);
}

static const char *const kind_names[SOCK_KINDS] = {[SOCK_KIND_TCP] = "TCP",
                                                   [SOCK_KIND_UDP] = "UDP",
                                                   [SOCK_KIND_UNIX] = "UNIX"};

static void log_missing(const struct layer_context *context,
                        const struct source *source, bool has_file) {
  if (source->module == NULL)
    return;
  if (has_file)
    layer_log(context, LAYER_NOTICE,
              "this kernel has no %s: drops of sockets are read from %s "
              "instead, which does not show the size of receive buffers",
              source->module, source->file);
  else
    layer_log(context, LAYER_WARNING,
              "this kernel has no %s: %s sockets are not watched",
              source->module, kind_names[source->kind]);
}

/* All namespaces share the kernel's modules, so only the host's space tries
 * whether a missing one has been loaded. */
static bool should_ask(const struct sock_backlog *sock,
                       const struct sock_space *space, enum sock_source which) {
  if (space->netns != NULL)
    return !sock->host.sources[which].is_missing;
  return !space->sources[which].is_missing ||
         sock->now >= space->sources[which].retry_at;
}

/* Whether the namespace has no such socket. The kernel adds up its counters CPU
 * by CPU, so the sum can be 0 for a moment while sockets come and go: it is
 * trusted only after an empty dump. */
static bool is_unused(const struct sock_space *space, enum sock_source which) {
  size_t offset = sources[which].count;
  return space->sources[which].is_empty && offset != NO_COUNT &&
         *(const int64_t *)((const char *)&space->counts + offset) == 0;
}

/* Asks the kernel, or reads the file where the module is missing. */
static int dump(struct sock_backlog *sock, struct sock_space *space,
                enum sock_source which, struct dump_context *context) {
  const struct source *source = &sources[which];
  struct sock_source_state *state = &space->sources[which];
  bool has_asked = should_ask(sock, space, which);
  int r = -ENOENT;
  if (has_asked) {
    sock_table_begin_dump(&space->table, which, source->kind, false);
    r = ask(space, source, context);
  }
  bool is_missing = r == -ENOENT;
  if (is_missing) {
    sock_table_begin_dump(&space->table, which, source->kind, true);
    r = read_file(sock, space, which, context);
    if (!state->is_missing && space->netns == NULL)
      log_missing(sock->context, source, r == 0);
    if (has_asked)
      state->retry_at = sock->now + RETRY_SECONDS;
  }
  state->is_missing = is_missing;
  state->is_empty = r == 0 && context->count == 0;
  return r;
}

static enum sock_dump_result result_of(int r, unsigned count) {
  if (r == 0)
    return SOCK_DUMP_WHOLE;
  if (r == -EINTR)
    return SOCK_DUMP_INTERRUPTED;
  return r == -ENOENT && count == 0 ? SOCK_DUMP_MISSING : SOCK_DUMP_FAILED;
}

/* Returns as sock_diag_inet(). A missing module has been logged. */
static int read_source(struct sock_backlog *sock, struct sock_space *space,
                       enum sock_source which, struct port_set *listening) {
  struct dump_context context = {
      .sock = sock, .space = space, .kind = sources[which].kind};
  int r = 0;
  if (context.kind == SOCK_KIND_TCP)
    context.listening = listening;
  if (is_unused(space, which))
    sock_table_begin_dump(&space->table, which, context.kind,
                          space->table.dumps[which].is_file);
  else
    r = dump(sock, space, which, &context);
  sock_table_end_dump(&space->table, result_of(r, context.count));
  return r;
}

static void note_result(struct sock_backlog *sock, struct sock_space *space,
                        enum sock_source which, int r) {
  struct sock_source_state *state = &space->sources[which];
  const char *noun = sources[which].noun;
  const char *of = space->netns != NULL ? " of namespace " : "";
  const char *name = space->netns != NULL ? space->netns->name : "";
  if (r == -EINTR || r == 0 || r == -ENOENT) {
    layer_problem_end(&state->problem, sock->context,
                      "%s%s%s can be read again", noun, of, name);
    return;
  }
  layer_problem_begin(
      &state->problem, sock->context,
      "%s%s%s cannot be read: %s; their values are missing until that ends",
      noun, of, name, strerror(-r));
}

static void forget(struct sock_group *group, void *data) {
  sock_shown_remove(data, group);
}

int sock_sources_read(struct sock_backlog *sock, struct sock_space *space,
                      struct port_set *listening) {
  int result = -ENOENT;
  sock_table_begin(&space->table);
  for (int i = 0; i < SOCK_SOURCES; i++) {
    if (i == SOCK_SOURCE_UNIX && !sock->report_unix)
      continue;
    int r = read_source(sock, space, (enum sock_source)i, listening);
    note_result(sock, space, (enum sock_source)i, r);
    space->sources[i].is_read = r == 0 || r == -EINTR;
    if (space->sources[i].is_read)
      result = 0;
    else if (result == -ENOENT)
      result = r;
  }
  sock_refusals_settle(sock, space);
  sock_table_end(&space->table, forget, &space->shown);
  return result;
}

bool sock_sources_have(const struct sock_space *space, enum sock_kind kind) {
  for (size_t i = 0; i < SOCK_SOURCES; i++)
    if (sources[i].kind == kind && space->sources[i].is_read)
      return true;
  return false;
}

/* The counters of sockets do not include TIME_WAIT. */
bool sock_sources_may_have_connections(const struct sock_space *space) {
  bool is_empty = is_unused(space, SOCK_SOURCE_TCP4) &&
                  is_unused(space, SOCK_SOURCE_TCP6) &&
                  space->counts.tcp_time_wait == 0;
  return sock_sources_have(space, SOCK_KIND_TCP) && !is_empty;
}

void sock_sources_close(struct sock_space *space) {
  for (size_t i = 0; i < SOCK_SOURCES; i++)
    sysroot_file_free(&space->sources[i].file);
}
