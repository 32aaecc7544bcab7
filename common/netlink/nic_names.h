/* SPDX-License-Identifier: MIT */
/* The names of an adapter's own statistics, as ethtool -S shows them, made
 * unique. */
#ifndef NIC_NAMES_H
#define NIC_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "nic_queue.h"

/* ETH_GSTRING_LEN: the kernel's names fill it and need not be terminated. */
#define NIC_NAME_RAW 32

struct nic_name {
  char name[NIC_NAME_SIZE]; /* unique within the adapter */
  struct nic_queue queue;
  bool is_number; /* a queue's number rather than a counter: vmxnet3's
                     "Rx Queue#" */
};

/* All zero is empty. */
struct nic_names {
  struct nic_name *items;
  size_t count;
};

/* Takes count names of NIC_NAME_RAW bytes each. Drops blanks around a name;
 * writes vmxnet3's sections ("Rx Queue#" and the indented names below it) as
 * "rx_queue_N_pkts rx OOB"; and appends "_2" and so on to a repeated name.
 * Frees what ret held. Returns 0, or -ENOMEM; ret is then unchanged. */
int nic_names_set(struct nic_names *ret, const char *raw, size_t count);
void nic_names_free(struct nic_names *names);

#endif
