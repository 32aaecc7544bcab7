/* SPDX-License-Identifier: MIT */
/* The labels that identify an object, each with a fixed meaning. A store that
 * knows labels takes them as they are. Where an object needs one name, as in
 * messages and in <Threshold>, they are joined in a fixed order. */
#ifndef LABELS_H
#define LABELS_H

#include <stddef.h>

/* NULL: the object has no such label. The host's total has none. */
struct labels {
  const char *netns;     /* a network namespace other than collectd's own */
  const char *device;    /* an interface: "eth0" */
  const char *vf;        /* a virtual function of the device: "3" */
  const char *protocol;  /* as the kernel spells it: "tcp", "Ip6", "unix" */
  const char *port;      /* "443" */
  const char *path;      /* of a UNIX socket: "/run/x", "@abstract" */
  const char *owner;     /* a user's number, where several have the path */
  const char *direction; /* of a queue: "rx", "tx", "rxtx" */
  const char *queue;     /* "0" */
  const char *cpu;       /* "3" */
  const char *group;     /* of meters that are no host total: "place" */
};

/* Room for every joined name: the longest name of a namespace, the longest path
 * of a UNIX socket, and numbers. */
#define LABELS_NAME_SIZE 512

/* The labels, in the order in which they are joined. */
#define LABELS_COUNT 11

/* The key of the label at index, 0 to LABELS_COUNT - 1: "netns", ... */
const char *labels_key(size_t index);

/* The value of that label, or NULL. */
const char *labels_value(const struct labels *labels, size_t index);

/* Joins the values with '-': "web-tcp-443", "eth0-rx-3", "eth0-cpu-7",
 * "eth0-vf-3", "unix-/run/x-uid-1000", "7"; "" for the host's total. Cuts the
 * name to size, NUL included. Returns its length.
 */
size_t labels_join(const struct labels *labels, char *ret, size_t size);

/* Makes a copy with its own values, all in *ret_block, which the caller frees.
 * Returns 0 or -ENOMEM. */
int labels_copy(struct labels *ret, void **ret_block,
                const struct labels *labels);

#endif
