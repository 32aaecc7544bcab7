/* SPDX-License-Identifier: MIT */
/* The queue number that many names of adapters' statistics contain. */
#ifndef NIC_QUEUE_H
#define NIC_QUEUE_H

/* Room for a name, terminated. */
#define NIC_NAME_SIZE 64

/* A name taken apart: "rx_queue_3_drops" is "drops" of queue 3, received. */
struct nic_queue {
  int queue;                /* -1: the name contains none */
  char direction;           /* 'r', 't', or '?' if the name does not say */
  char rest[NIC_NAME_SIZE]; /* without queue and direction */
};

/* Finds the queue number, in the grammars that drivers use: rx_queue_3_x,
 * rx-3.x, rx3_x, rx_3_x, [3]: x, 3: x, queue_3_rx_x, x[3], x[Q-3], Queue[3] x,
 * TC0 Queue[3] x, rxq3_x, q3_x, ch3_x, cpu3_x. */
void nic_queue_parse(const char *name, struct nic_queue *ret);

#endif
