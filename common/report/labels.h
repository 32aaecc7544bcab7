/* SPDX-License-Identifier: MIT */
/* What identifies an object: a set of labels, each with a fixed meaning. Stores
 * that know labels take them as they are. Where an object needs one name, as in
 * messages and in <Threshold>, the labels are joined in a fixed order. */
#ifndef LABELS_H
#define LABELS_H

#include <stddef.h>

/* NULL: the object has no such label. No label at all is the host's total. */
struct labels {
  const char *netns;     /* a network namespace other than collectd's own */
  const char *device;    /* an interface: "eth0" */
  const char *protocol;  /* as the kernel spells it: "tcp", "Ip6", "unix" */
  const char *port;      /* "443" */
  const char *path;      /* of a UNIX socket: "/run/x", "@abstract" */
  const char *direction; /* of a queue: "rx", "tx", "rxtx" */
  const char *queue;     /* "0" */
  const char *cpu;       /* "3" */
  const char *group;     /* of meters that are no host total: "place" */
};

/* Enough for every joined name: the longest name of a namespace, path of a
 * UNIX socket, and numbers. */
#define LABELS_NAME_SIZE 512

/* The labels, in the order in which they are joined. */
#define LABELS_COUNT 9

/* The name of the label at index, 0 to LABELS_COUNT - 1: "netns", ... */
const char *labels_key(size_t index);

/* The value of that label, or NULL. */
const char *labels_value(const struct labels *labels, size_t index);

/* Joins the values with '-': "web-tcp-443", "eth0-rx-3", "eth0-cpu-7", "7"; ""
 * for the host's total. The result is cut to size, which includes the NUL.
 * Returns its length. */
size_t labels_join(const struct labels *labels, char *ret, size_t size);

/* Makes a copy whose values belong to it, in one block of memory. Returns 0 or
 * -ENOMEM. */
int labels_copy(struct labels *ret, void **ret_block,
                const struct labels *labels);

#endif
