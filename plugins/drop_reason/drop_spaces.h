/* SPDX-License-Identifier: MIT */
/* The dropped packets by the network namespace and the interface that they
 * belong to, from the keys of drop_program.h. */
#ifndef DROP_SPACES_H
#define DROP_SPACES_H

#include "drop_interfaces.h"
#include "namespaces.h"

#define DROP_SPACES_MAX_INTERFACES 128

/* A network namespace. */
struct drop_space {
  struct drop_space *next;
  uint32_t inode;          /* 0: unknown */
  char *name;              /* NULL: collectd's own */
  bool is_new;             /* in this read */
  bool is_users;           /* an ordinary user made it */
  struct drop_space *heir; /* has the same name: gets the rest; or NULL */
  struct drop_interfaces interfaces; /* with by_device */
  struct drop_share share;
};

struct drop_spaces {
  /* Options. */
  struct namespaces namespaces;
  bool by_device;
  unsigned max_interfaces;

  const struct layer_context *context;
  dev_t device; /* that all namespaces' files are on */
  struct drop_space own;
  struct drop_space *watched;
  struct drop_space *ended;  /* since the read before: reported a last time */
  struct drop_share unknown; /* packets that lead to no namespace */
  struct drop_share other;   /* of namespaces that are not watched, or counted
                                when the map of places was full */
  struct drop_share no_interface; /* on no known interface */
  unsigned room;                  /* for interfaces */
  bool has_warned_max;
};

/* Whether the options ask for namespaces. */
bool drop_spaces_by_netns(const struct drop_spaces *spaces);

/* Begins with collectd's own namespace. */
void drop_spaces_start(struct drop_spaces *spaces,
                       const struct layer_context *context);

/* Adds what counts gained in the last read. now: monotonic seconds. Returns 0,
 * or -ENOMEM if some are missing. */
int drop_spaces_update(struct drop_spaces *spaces,
                       const struct drop_counts *counts, double now);

/* The namespace after another one, or NULL: first (before is NULL) collectd's
 * own, then those watched, then those that ended. */
struct drop_space *drop_spaces_next(struct drop_spaces *spaces,
                                    const struct drop_space *before);

/* Writes the name of a namespace, watched or not, as "Containers true" would
 * give it; looks through all processes for others. Returns false for collectd's
 * own and for DROP_NETNS_UNKNOWN and DROP_NETNS_OTHER. */
bool drop_spaces_name(struct drop_spaces *spaces, uint32_t inode,
                      char ret[static NETNS_NAME_SIZE]);

/* The name of an interface that has lost packets, or NULL. */
const char *drop_spaces_interface(struct drop_spaces *spaces, uint32_t inode,
                                  uint32_t index);

void drop_spaces_stop(struct drop_spaces *spaces);

#endif
