/* SPDX-License-Identifier: MIT */
/* Network namespaces of a temporary tree, for programs that are linked with
 * $(wrap_netns). What one of them has is below spaces/NAME in the tree: "net"
 * is what /proc/net is in it, and "settings" what /proc/sys/net is, if that
 * exists. What is to be done there is done at once, and by nobody else. */
#ifndef FAKE_NETNS_H
#define FAKE_NETNS_H

#include "temp_tree.h"

struct fake_netns {
  char inside[64];    /* the one in which work is being done; "": none */
  int error;          /* to be returned instead, as a positive errno */
  const char *closed; /* the one that cannot be entered, or NULL: -EPERM */
  unsigned visits;
};

extern struct fake_netns fake_netns;

/* The host's own namespace, and everything as at the beginning. */
void fake_netns_reset(const struct temp_tree *tree);

/* Gives a namespace a name below /run/netns, or has a process be in it. A name
 * or a process that has one already has another from now on. */
void fake_netns_name(const struct temp_tree *tree, const char *space,
                     const char *name);
void fake_netns_process(const struct temp_tree *tree, const char *space,
                        unsigned pid);

void fake_netns_unname(const struct temp_tree *tree, const char *name);
void fake_netns_end_process(const struct temp_tree *tree, unsigned pid);

#endif
