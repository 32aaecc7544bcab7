/* SPDX-License-Identifier: MIT */
#include "nic_queues.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "nic_layout.h"
#include "nic_meters.h"
#include "report.h"

/* A counter of one queue. */
struct member {
  unsigned queue; /* in queues */
  unsigned cause; /* or NIC_QUEUE_PACKETS */
  size_t index;   /* of the source; of packets, in the driver's values */
};

struct queue {
  int number;
  char direction;
  char label[16]; /* the number */
  struct nic_sum sums[NIC_CAUSE_COUNT];
  uint64_t whole[NIC_CAUSE_COUNT], parts[NIC_CAUSE_COUNT]; /* of this read */
  uint32_t causes; /* bit N: the driver counts cause N */
  uint64_t packets;
  bool has_packets;
};

struct nic_queues {
  struct queue *queues;
  size_t queue_count, queue_room;
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

/* How drivers call the packets of a queue, without its number. */
static bool counts_packets(const char *rest) {
  static const char *const words[] = {
      "packets", "pkts", "cnt", "InPackets", "OutPackets", "ucast_packets"};
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
    if (strcmp(rest, words[i]) == 0)
      return true;
  return false;
}

/* If the name does not say, the cause does. */
static char direction_of(const struct nic_queue *name, unsigned cause) {
  if (name->direction != '?')
    return name->direction;
  if (cause == NIC_QUEUE_PACKETS)
    return strncmp(name->rest, "Out", 3) == 0 ? 't' : 'r';
  return cause <= NIC_RX_UNCLASSIFIED ? 'r' : 't';
}

/* Returns the index of the queue, which is new or not, or -ENOMEM. */
static int find_queue(struct nic_queues *queues, int number, char direction) {
  for (size_t i = queues->queue_count; i > 0; i--)
    if (queues->queues[i - 1].number == number &&
        queues->queues[i - 1].direction == direction)
      return (int)(i - 1);
  struct queue *grown = array_room(queues->queues, &queues->queue_room,
                                   queues->queue_count, sizeof(*grown));
  if (grown == NULL)
    return -ENOMEM;
  queues->queues = grown;
  struct queue *queue = &grown[queues->queue_count];
  *queue = (struct queue){.number = number, .direction = direction};
  snprintf(queue->label, sizeof(queue->label), "%d", number);
  return (int)queues->queue_count++;
}

/* Adds a member if the name has a queue's number. Subtracted counters alone
 * make no cause. */
static int add_member(struct nic_queues *queues, const struct nic_queue *name,
                      unsigned cause, size_t index, bool is_minus) {
  if (name->queue < 0)
    return 0;
  int number = find_queue(queues, name->queue, direction_of(name, cause));
  if (number < 0)
    return number;
  struct queue *queue = &queues->queues[number];
  if (cause == NIC_QUEUE_PACKETS)
    queue->has_packets = true;
  else if (!is_minus)
    queue->causes |= UINT32_C(1) << cause;
  queues->members[queues->member_count++] = (struct member){
      .queue = (unsigned)number, .cause = cause, .index = index};
  return 0;
}

/* A sum over the queues may be what counts for the adapter; here, the queues'
 * own counters do. */
static int add_all(struct nic_queues *queues, const struct nic_layout *layout) {
  const struct nic_name *names = layout->names.items;
  int r = 0;
  for (size_t i = 0; i < layout->names.count && r == 0; i++)
    if (counts_packets(names[i].queue.rest))
      r = add_member(queues, &names[i].queue, NIC_QUEUE_PACKETS, i, false);
  for (size_t i = 0; i < layout->sources.count && r == 0; i++) {
    const struct nic_source *source = &layout->sources.items[i];
    if (source->place == NIC_PLACE_ETHTOOL)
      r = add_member(queues, &names[source->index].queue, source->cause, i,
                     source->rule == NIC_MINUS);
  }
  return r;
}

int nic_queues_new(struct nic_queues **ret, const struct nic_layout *layout) {
  struct nic_queues *queues = calloc(1, sizeof(*queues));
  if (queues == NULL)
    return -ENOMEM;
  queues->members = calloc(layout->names.count + layout->sources.count + 1,
                           sizeof(*queues->members));
  int r = queues->members != NULL ? add_all(queues, layout) : -ENOMEM;
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

static void clear_growth(struct nic_queues *queues) {
  for (size_t i = 0; i < queues->queue_count; i++) {
    struct queue *queue = &queues->queues[i];
    memset(queue->whole, 0, sizeof(queue->whole));
    memset(queue->parts, 0, sizeof(queue->parts));
  }
}

static void add_growth(struct nic_queues *queues,
                       const struct nic_layout *layout) {
  for (size_t i = 0; i < queues->member_count; i++) {
    const struct member *member = &queues->members[i];
    if (member->cause == NIC_QUEUE_PACKETS)
      continue;
    struct queue *queue = &queues->queues[member->queue];
    bool is_part = layout->sources.items[member->index].rule == NIC_MINUS;
    uint64_t *growth = is_part ? queue->parts : queue->whole;
    growth[member->cause] += layout->tally.shares[member->index];
  }
}

void nic_queues_take(struct nic_queues *queues,
                     const struct nic_layout *layout) {
  if (!layout->tally.has_gains)
    return;
  clear_growth(queues);
  add_growth(queues, layout);
  for (size_t i = 0; i < queues->queue_count; i++) {
    struct queue *queue = &queues->queues[i];
    for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
      nic_sum_add(&queue->sums[cause], queue->whole[cause],
                  queue->parts[cause]);
  }
}

static void count_packets(struct nic_queues *queues, const uint64_t *values) {
  for (size_t i = 0; i < queues->queue_count; i++)
    queues->queues[i].packets = 0;
  for (size_t i = 0; i < queues->member_count; i++) {
    const struct member *member = &queues->members[i];
    if (member->cause == NIC_QUEUE_PACKETS)
      queues->queues[member->queue].packets += values[member->index];
  }
}

static void report_queue(const struct queue *queue, const char *interface,
                         const struct nic_queue_meters *meters,
                         struct report *report) {
  const struct labels labels = {.device = interface,
                                .direction =
                                    queue->direction == 'r' ? "rx" : "tx",
                                .queue = queue->label};
  struct report_object *object = report_object(report, NULL, &labels, false);
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    if ((queue->causes >> cause & 1) != 0)
      report_counter(report, object, meters->meters[cause],
                     queue->sums[cause].value);
  if (queue->has_packets)
    report_counter(report, object, meters->meters[NIC_QUEUE_PACKETS],
                   queue->packets);
}

void nic_queues_report(struct nic_queues *queues, const char *interface,
                       const uint64_t *values,
                       const struct nic_queue_meters *meters,
                       struct report *report) {
  count_packets(queues, values);
  for (size_t i = 0; i < queues->queue_count; i++)
    report_queue(&queues->queues[i], interface, meters, report);
}
