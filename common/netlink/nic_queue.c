/* SPDX-License-Identifier: MIT */
#include "nic_queue.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How names contain a queue's number. "@" is rx or tx, "#" a number, "$" the
 * rest; other characters stand for themselves. The first match counts. */
static const char *const grammars[] = {
    "@_queue_#_$",    /* virtio_net to 6.9, igb, ixgbe, ice, veth, hv_netvsc */
    "@-#.$",          /* i40e, iavf, sfc */
    "@#_$",           /* virtio_net from 6.10, mlx4_en, mlx5_core */
    "@_#_$",          /* mana, ionic */
    "@q#_$",          /* hns3 */
    "@q#: $",         /* be2net */
    "@q_#_$",         /* mvpp2 */
    "@_q-#_$",        /* idpf */
    "[#]: $",         /* bnxt_en, bnx2x */
    "#: $",           /* qede, received */
    "#_#: $",         /* qede, sent: the queue and its class */
    "queue_#_$",      /* ena */
    "Queue[#] $",     /* atlantic */
    "TC# Queue[#] $", /* atlantic with classes of traffic */
    "q#_$",           /* stmmac, macb */
    "ch#_$",          /* mlx5_core */
    "cpu#_$",         /* hv_netvsc */
    "$[Q-#]",         "$[#]", /* gve */
};

/* Words behind a number that is a packet size, not a queue: rx_64_bytes_phy,
 * rx_65_to_127_bytes, tx_64_or_less_octet_packets. */
static const char *const sizes[] = {"byte_", "bytes_", "oct", "or_", "to_"};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool begins_with(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

/* Takes a number of at most five digits; no adapter has more queues. */
static bool take_number(const char **text, int *ret) {
  int number = 0, digits = 0;
  for (; is_digit(**text) && digits < 5; digits++)
    number = 10 * number + *(*text)++ - '0';
  *ret = number;
  return digits > 0 && !is_digit(**text);
}

static bool take_direction(const char **text, char *ret) {
  if (!begins_with(*text, "rx") && !begins_with(*text, "tx"))
    return false;
  *ret = **text;
  *text += 2;
  return true;
}

/* Takes a leading "$": everything up to the bracket that ends the name. */
static bool take_rest(const char **text, const char *next, char *ret) {
  const char *bracket = strrchr(*text, '[');
  if (bracket == NULL || bracket == *text || *next != '[')
    return false;
  snprintf(ret, NIC_NAME_SIZE, "%.*s", (int)(bracket - *text), *text);
  *text = bracket;
  return true;
}

static bool match(const char *name, const char *grammar,
                  struct nic_queue *ret) {
  *ret = (struct nic_queue){.queue = -1, .direction = '?'};
  for (; *grammar != '\0'; grammar++) {
    if (*grammar == '$' && grammar[1] == '\0') {
      snprintf(ret->rest, sizeof(ret->rest), "%s", name);
      return *name != '\0';
    }
    int number;
    bool matches;
    if (*grammar == '@') {
      matches = take_direction(&name, &ret->direction);
    } else if (*grammar == '$') {
      matches = take_rest(&name, grammar + 1, ret->rest);
    } else if (*grammar == '#') {
      matches = take_number(&name, &number);
      /* In "TC0 Queue[1]" the number in brackets is the queue. */
      if (matches && (ret->queue < 0 || grammar[-1] == '['))
        ret->queue = number;
    } else {
      matches = *name++ == *grammar;
    }
    if (!matches)
      return false;
  }
  return *name == '\0';
}

static bool is_size(const char *rest) {
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
    if (begins_with(rest, sizes[i]))
      return true;
  return is_digit(rest[0]);
}

/* Strips a direction at the start of the rest, and notes it if the name had
 * none. */
static void refine(struct nic_queue *queue) {
  static const struct {
    const char *start;
    char direction;
  } starts[] = {{"rx_", 'r'}, {"tx_", 't'}, {"In", 'r'}, {"Out", 't'}};
  for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
    size_t length = strlen(starts[i].start);
    char direction = starts[i].direction;
    if (!begins_with(queue->rest, starts[i].start) ||
        queue->rest[length] == '\0' ||
        (queue->direction != '?' && queue->direction != direction))
      continue;
    queue->direction = direction;
    memmove(queue->rest, queue->rest + length,
            strlen(queue->rest + length) + 1);
    return;
  }
}

void nic_queue_parse(const char *name, struct nic_queue *ret) {
  for (size_t i = 0; i < sizeof(grammars) / sizeof(grammars[0]); i++) {
    if (!match(name, grammars[i], ret))
      continue;
    if (strcmp(grammars[i], "@_#_$") == 0 && is_size(ret->rest))
      continue;
    refine(ret);
    return;
  }
  *ret = (struct nic_queue){.queue = -1, .direction = '?'};
  snprintf(ret->rest, sizeof(ret->rest), "%s", name);
  refine(ret);
}
