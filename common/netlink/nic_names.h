/* SPDX-License-Identifier: MIT */
/* The names of an adapter's own statistics, as ethtool -S shows them, made
 * unique; and the queue number that many of them contain. */
#ifndef NIC_NAMES_H
#define NIC_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* ETH_GSTRING_LEN: the kernel's names need have no terminator. */
#define NIC_NAME_RAW 32
#define NIC_NAME_SIZE 64

/* A name taken apart: "rx_queue_3_drops" is "drops" of queue 3, received. */
struct nic_queue {
  int queue;                /* -1: the name contains none */
  char direction;           /* 'r', 't', or '?' where the name does not say */
  char rest[NIC_NAME_SIZE]; /* without queue and direction */
};

/* name is unique within the adapter: blanks around it dropped, the sections of
 * vmxnet3 ("Rx Queue#" and the indented names below it) written as
 * "rx_queue_N_pkts rx OOB", a further one of the same name with "_2" behind. */
struct nic_name {
  char name[NIC_NAME_SIZE];
  struct nic_queue queue;
  bool is_number; /* no counter at all: vmxnet3's "Rx Queue#" */
};

struct nic_names {
  struct nic_name *items;
  size_t count;
};

/* Takes count names of NIC_NAME_RAW bytes each. Returns 0 or -ENOMEM; ret is
 * then unchanged, else what it held before is freed. */
int nic_names_set(struct nic_names *ret, const char *raw, size_t count);
void nic_names_free(struct nic_names *names);

/* Finds the queue number, in the grammars that drivers use: rx_queue_3_x,
 * rx-3.x, rx3_x, rx_3_x, [3]: x, 3: x, queue_3_rx_x, x[3], x[Q-3], Queue[3] x,
 * TC0 Queue[3] x, rxq3_x, q3_x, ch3_x, cpu3_x. */
void nic_queue_parse(const char *name, struct nic_queue *ret);

#endif
