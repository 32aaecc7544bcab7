/* SPDX-License-Identifier: MIT */
#include "ladder_notes.h"

#include <math.h>
#include <string.h>

enum fold {
  FOLD_SUM, /* of all objects */
  FOLD_MAX,
  FOLD_FULLEST, /* the largest, with its object's name */
};

/* Notes of a place follow each other. */
struct rule {
  enum ladder_place place;
  const char *layer;
  const char *key; /* of the meter */
  enum fold fold;
  const char *before;
  const char *unit, *one; /* several and a single one; NULL: the same */
  int digits;             /* after the point */
};

static const struct rule rules[] = {
    {LADDER_WIRE, "nic_ethtool", "packets_rx", FOLD_SUM, "", "packets/s", NULL,
     0},
    {LADDER_IRQ, "irq_balance", "queues", FOLD_SUM, "", "queues", "queue", 0},
    {LADDER_IRQ, "irq_balance", "allowed_cpus", FOLD_MAX, " on ", "CPUs", "CPU",
     0},
    {LADDER_BACKLOG, "softnet", "processed", FOLD_SUM, "", "packets/s", NULL,
     0},
    {LADDER_IP, "snmp_proto", "Ip:InReceives", FOLD_SUM, "", "packets/s", NULL,
     0},
    {LADDER_TCP, "snmp_proto", "Tcp:retransmitted", FOLD_MAX, "",
     "% retransmitted", NULL, 1},
    {LADDER_LISTEN, "sock_backlog", "accept_queue", FOLD_FULLEST, "fullest ",
     "%", NULL, 0},
    {LADDER_SOCKET, "sock_backlog", "receive_queue", FOLD_FULLEST, "fullest ",
     "%", NULL, 0},
    {LADDER_QDISC, "nic_ethtool", "qdisc_backlog", FOLD_SUM, "",
     "packets waiting", "packet waiting", 0},
    {LADDER_SEND, "nic_ethtool", "packets_tx", FOLD_SUM, "", "packets/s", NULL,
     0},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };
_Static_assert(RULES <= LADDER_FACTS, "each rule needs a fact");

static void take(struct ladder_fact *fact,
                 const struct report_reading *reading) {
  double value =
      meter_is_counter(reading->meter) ? reading->rate : reading->gauge;
  if (isnan(value))
    return;
  if (!fact->is_known || value > fact->max) {
    fact->max = value;
    fact->max_name = reading->name;
  }
  fact->is_known = true;
  fact->sum += value;
}

void ladder_notes_take(struct ladder_fact *facts, const struct layer *layer,
                       const struct report_reading *reading) {
  if (reading->is_total || reading->labels->queue != NULL)
    return;
  for (int i = 0; i < RULES; i++)
    if (strcmp(layer->name, rules[i].layer) == 0 &&
        strcmp(meter_key(reading->meter), rules[i].key) == 0)
      take(&facts[i], reading);
}

void ladder_notes_write(const struct ladder_fact *facts,
                        enum ladder_place place, struct text *note) {
  for (int i = 0; i < RULES; i++) {
    const struct rule *rule = &rules[i];
    if (!facts[i].is_known || rule->place != place)
      continue;
    double value = rule->fold == FOLD_SUM ? facts[i].sum : facts[i].max;
    text_add(note, "%s", rule->before);
    if (rule->fold == FOLD_FULLEST)
      text_add(note, "%s ", facts[i].max_name);
    text_add(note, "%.*f %s", rule->digits, value,
             value == 1 && rule->one != NULL ? rule->one : rule->unit);
  }
}
