/* SPDX-License-Identifier: MIT */
#include "nic_queues.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number that belongs to one queue. */
struct member {
  unsigned queue; /* in queues */
  unsigned index; /* in the driver's values */
  unsigned cause; /* or NIC_QUEUE_PACKETS */
  uint8_t bits;
  bool minus;
};

struct queue {
  int number;
  char direction;
  char text[16]; /* the number, as a label */
  struct nic_sum sums[NIC_QUEUE_PACKETS + 1];
};

struct nic_queues {
  struct queue *queues;
  size_t queue_count;
  struct member *members;
  size_t member_count;
};

int nic_queues_learn_meters(struct report *report,
                            struct nic_queue_meters *ret) {
  struct nic_queue_meters learned;
  for (unsigned i = 0; i <= NIC_QUEUE_PACKETS; i++) {
    struct meter meter = nic_meters[i];
    char key[64];
    if (i == NIC_QUEUE_PACKETS)
      meter.name = meter.key = "processed";
    snprintf(key, sizeof(key), "queue:%s", meter_key(&meter));
    meter.key = key;
    meter.limits = NULL;
    int index = report_learn(report, &meter);
    if (index < 0)
      return index;
    if (i != NIC_QUEUE_PACKETS && !nic_meters_is_main((enum nic_cause)i))
      report_set_sending(report, (unsigned)index, METER_SENT_ONCE_COUNTED);
    learned.meters[i] = (unsigned)index;
  }
  *ret = learned;
  return 0;
}

/* How drivers call the packets of a queue, once its number is taken away. */
static bool counts_packets(const char *rest) {
  static const char *const words[] = {
      "packets", "pkts", "cnt", "InPackets", "OutPackets", "ucast_packets"};
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
    if (strcmp(rest, words[i]) == 0)
      return true;
  return false;
}

/* Causes know their direction where the name does not tell. */
static char direction_of(const struct nic_queue *name, unsigned cause) {
  if (name->direction != '?')
    return name->direction;
  if (cause == NIC_QUEUE_PACKETS)
    return strncmp(name->rest, "Out", 3) == 0 ? 't' : 'r';
  return cause <= NIC_RX_UNCLASSIFIED ? 'r' : 't';
}

static int find_queue(struct nic_queues *queues, int number, char direction) {
  for (size_t i = queues->queue_count; i > 0; i--)
    if (queues->queues[i - 1].number == number &&
        queues->queues[i - 1].direction == direction)
      return (int)(i - 1);
  struct queue *grown =
      realloc(queues->queues, (queues->queue_count + 1) * sizeof(*grown));
  if (grown == NULL)
    return -ENOMEM;
  queues->queues = grown;
  struct queue *queue = &grown[queues->queue_count];
  *queue = (struct queue){.number = number, .direction = direction};
  snprintf(queue->text, sizeof(queue->text), "%d", number);
  return (int)queues->queue_count++;
}

static int add_member(struct nic_queues *queues,
                      const struct nic_device *device, unsigned index,
                      unsigned cause, uint8_t bits, bool minus) {
  const struct nic_queue *name = &device->names.items[index].queue;
  if (name->queue < 0)
    return 0;
  int queue = find_queue(queues, name->queue, direction_of(name, cause));
  if (queue < 0)
    return queue;
  queues->members[queues->member_count++] =
      (struct member){.queue = (unsigned)queue,
                      .index = index,
                      .cause = cause,
                      .bits = bits,
                      .minus = minus};
  return 0;
}

static int add_all(struct nic_queues *queues, const struct nic_device *device) {
  for (unsigned i = 0; i < device->names.count; i++) {
    if (!counts_packets(device->names.items[i].queue.rest))
      continue;
    int r = add_member(queues, device, i, NIC_QUEUE_PACKETS, 64, false);
    if (r < 0)
      return r;
  }
  /* A sum that the driver tells beside the queues' own counters may be what is
   * counted for the adapter: here it is the queues' that are wanted. */
  for (size_t i = 0; i < device->sources.count; i++) {
    const struct nic_source *source = &device->sources.items[i];
    if (source->place != NIC_PLACE_ETHTOOL)
      continue;
    int r = add_member(queues, device, source->index, source->cause,
                       source->bits, source->minus);
    if (r < 0)
      return r;
  }
  return 0;
}

int nic_queues_new(struct nic_queues **ret, const struct nic_device *device) {
  struct nic_queues *queues = calloc(1, sizeof(*queues));
  if (queues == NULL)
    return -ENOMEM;
  queues->members = calloc(device->names.count + device->sources.count + 1,
                           sizeof(*queues->members));
  int r = queues->members != NULL ? add_all(queues, device) : -ENOMEM;
  if (r < 0)
    nic_queues_free(queues);
  else
    *ret = queues;
  return r;
}

void nic_queues_free(struct nic_queues *queues) {
  if (queues == NULL)
    return;
  free(queues->queues);
  free(queues->members);
  free(queues);
}

static void sum_up(struct nic_queues *queues, const uint64_t *values) {
  for (size_t i = 0; i < queues->queue_count; i++)
    memset(queues->queues[i].sums, 0, sizeof(queues->queues[i].sums));
  for (size_t i = 0; i < queues->member_count; i++) {
    const struct member *member = &queues->members[i];
    struct nic_sum *sum = &queues->queues[member->queue].sums[member->cause];
    uint64_t value = values[member->index];
    sum->value += member->minus ? -value : value;
    /* What is subtracted may be all that is told of this queue. */
    sum->is_told = sum->is_told || !member->minus;
    sum->bits = member->bits > sum->bits ? member->bits : sum->bits;
  }
}

void nic_queues_report(struct nic_queues *queues,
                       const struct nic_device *device,
                       const struct nic_queue_meters *meters,
                       struct report *report) {
  if (device->values == NULL)
    return;
  sum_up(queues, device->values);
  for (size_t i = 0; i < queues->queue_count; i++) {
    const struct queue *queue = &queues->queues[i];
    const struct labels labels = {.device = device->name,
                                  .direction =
                                      queue->direction == 'r' ? "rx" : "tx",
                                  .queue = queue->text};
    struct report_object *object = report_object(report, NULL, &labels, false);
    for (unsigned j = 0; j <= NIC_QUEUE_PACKETS; j++)
      if (queue->sums[j].is_told)
        report_counter_of(report, object, meters->meters[j],
                          nic_sum_value(&queue->sums[j]), queue->sums[j].bits);
  }
}
