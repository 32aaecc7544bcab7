/* SPDX-License-Identifier: MIT */
/* What the files of sock_backlog share. */
#ifndef SOCK_BACKLOG_H
#define SOCK_BACKLOG_H

#include "layer.h"
#include "netlink.h"
#include "sock_choice.h"
#include "sock_meters.h"
#include "sock_shown.h"
#include "sock_table.h"

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
  double retry;    /* when to ask again all the same */
  struct layer_problem problem;
  struct sysroot_file file; /* of /proc/net, in the place of what is missing */
};

/* A network namespace. Whoever adds one opens its netlink socket there. */
struct sock_space {
  const char *prefix; /* of its objects' names */
  struct netlink netlink;
  struct sock_table table;
  struct sock_shown shown;
  struct sock_asked asked[SOCK_SOURCES];
  bool is_crowding_said;
};

struct sock_backlog {
  /* Options. */
  struct sock_choice choice;
  unsigned max_objects;
  bool report_syn_received;
  bool report_unix;

  const struct layer_context *context;
  struct sock_space host;
  uint32_t ephemeral_first; /* UDP ports from here on have no object */
  double now;
  double settings_read; /* when; NAN: never */
  unsigned lookups;     /* of processes, in this read */
};

/* Reads all sockets of a namespace into its table. Returns 0, or -errno where
 * nothing at all could be read. */
int sock_sources_read(struct sock_backlog *sock, struct sock_space *space);

/* Whether this read had anything of a kind of sockets. */
bool sock_sources_have(const struct sock_space *space, enum sock_kind kind);

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
