/* SPDX-License-Identifier: MIT */
/* Network namespaces of a temporary tree, for programs linked with
 * $(wrap_netns). spaces/NAME in the tree holds one of them: "net" is its
 * /proc/net and "settings", if it exists, its /proc/sys/net. Work in one runs
 * on the caller's thread. An ordinary user made those whose NAME begins with
 * "user", and root made all others. */
#ifndef FAKE_NETNS_H
#define FAKE_NETNS_H

#include "temp_tree.h"

struct fake_netns {
  char inside[64];    /* the one that work is running in; "": none */
  int error;          /* a positive errno to return instead; 0: none */
  const char *closed; /* the one that returns -EPERM, or NULL */
  unsigned visits;
};

extern struct fake_netns fake_netns;

/* Starts anew with the host's own namespace alone. */
void fake_netns_reset(const struct temp_tree *tree);

/* Give a namespace a name in /run/netns, or put a process into it. A name or
 * process that had another namespace leaves that one. */
void fake_netns_name(const struct temp_tree *tree, const char *space,
                     const char *name);
void fake_netns_process(const struct temp_tree *tree, const char *space,
                        unsigned pid);

void fake_netns_unname(const struct temp_tree *tree, const char *name);
void fake_netns_end_process(const struct temp_tree *tree, unsigned pid);

#endif
