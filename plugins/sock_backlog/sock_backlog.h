/* SPDX-License-Identifier: MIT */
/* What the files of sock_backlog share. */
#ifndef SOCK_BACKLOG_H
#define SOCK_BACKLOG_H

#include "layer.h"
#include "layer_problem.h"
#include "namespaces.h"
#include "netlink.h"
#include "sock_choice.h"
#include "sock_connections.h"
#include "sock_meters.h"
#include "sock_shown.h"
#include "sock_table.h"
#include "sockstat.h"

/* How many seconds a setting is taken to stay as it was read. */
#define SOCK_SETTINGS_AGE 60

/* What the kernel is asked for, one after another. */
enum sock_source {
  SOCK_SOURCE_TCP4,
  SOCK_SOURCE_TCP6,
  SOCK_SOURCE_UDP4,
  SOCK_SOURCE_UDP6,
  SOCK_SOURCE_UDPLITE4,
  SOCK_SOURCE_UDPLITE6,
  SOCK_SOURCE_UNIX,
  SOCK_SOURCES,
};

/* One source in one namespace. */
struct sock_asked {
  bool is_read;    /* in this read */
  bool is_missing; /* the kernel has nothing that tells of it */
  bool is_empty;   /* the last answer had no sockets */
  double retry;    /* when to ask again all the same */
  struct layer_problem problem;
  struct sysroot_file file; /* of /proc/net, in the place of what is missing */
};

/* A network namespace. */
struct sock_space {
  struct net_namespace *netns; /* NULL: the host's */
  struct netlink netlink;      /* opened there */
  struct sock_table table;
  struct sock_shown shown;
  struct sock_asked asked[SOCK_SOURCES];
  struct sock_connections *connections; /* NULL: not looked at */
  /* How many sockets a namespace has: the kernel looks through tables of all
   * namespaces together to tell of one. Not read of the host. */
  struct sockstat_reader sockstat;
  struct sockstat counts;
  uint32_t ephemeral_first; /* UDP ports from here on have no object */
  double settings_read;     /* when; NAN: never */
  bool is_crowding_said;
};

struct sock_backlog {
  /* Options. */
  struct sock_choice choice;
  unsigned max_objects;
  bool report_connections;
  bool report_syn_received; /* of connections, only those half open */
  unsigned receive_high;    /* bytes: more in Recv-Q is much */
  unsigned send_high;
  bool report_unix;

  const struct layer_context *context;
  struct sock_space host;
  struct namespaces namespaces; /* and those that were asked for */
  double now;
  unsigned lookups;      /* of processes, in this read */
  bool is_crowding_said; /* of some namespace but the host's */
};

/* What the layer does as namespaces come and go. */
extern const struct namespaces_user sock_space_user;

/* Opens what the host's needs. Returns 0 or -errno. */
int sock_space_open(struct sock_backlog *sock, struct sock_space *space);
void sock_space_close(struct sock_space *space);

/* Reads and reports the sockets of a namespace. Returns 0, or -errno where
 * nothing at all could be read. */
int sock_space_read(struct sock_backlog *sock, struct sock_space *space,
                    struct report *report);

/* The i-th namespace, of which 0 is the host's; NULL: it cannot be looked at.
 */
struct sock_space *sock_space_at(struct sock_backlog *sock, size_t i);

/* The group of an object, or NULL; and the namespace that the object is of. */
const struct sock_group *sock_space_find_group(struct sock_backlog *sock,
                                               const struct labels *labels,
                                               struct sock_space **ret_space);

/* Reads all sockets of a namespace into its table. Returns 0, or -errno where
 * nothing at all could be read. */
int sock_sources_read(struct sock_backlog *sock, struct sock_space *space);

/* Whether this read had anything of a kind of sockets. */
bool sock_sources_have(const struct sock_space *space, enum sock_kind kind);

/* Whether it can have TCP connections. */
bool sock_sources_have_connections(const struct sock_space *space);

/* Closes what a namespace has open. */
void sock_sources_close(struct sock_space *space);

/* Reports what is in its table. */
void sock_report(struct sock_backlog *sock, struct sock_space *space,
                 struct report *report);

/* Says, once, what is lacking to name the processes that have the sockets. */
void sock_explain_start(const struct sock_backlog *sock);

/* The layer's explain. */
void sock_explain(void *state, const struct report *report,
                  const struct alert *alert, struct explanation *explanation);

#endif
