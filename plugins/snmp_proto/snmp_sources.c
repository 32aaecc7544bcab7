/* SPDX-License-Identifier: MIT */
/* The kernel's tables of counters, and what is reported of them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto_counters.h"
#include "snmp_proto.h"

/* The module of a table that is absent is hardly ever loaded, and to look for a
 * file costs more than to read one that is open. */
#define ABSENT_PAUSE 5

/* A counter that is neither sent nor judged. */
#define METER_NONE UINT_MAX

static const char *const snmp6_prefixes[] = {"Ip6", "Icmp6", "Udp6", "UdpLite6",
                                             NULL};
static const char *const sctp_prefixes[] = {"Sctp", NULL};

static const struct snmp_source initial_sources[SNMP_SOURCES] = {
    {.table = {.text = {.layout = PROTO_PAIRS},
               .file = {.path = "proc/net/snmp"}},
     .required = true},
    {.table = {.text = {.layout = PROTO_PAIRS},
               .file = {.path = "proc/net/netstat"}},
     .required = true},
    {.table = {.text = {.layout = PROTO_LINES, .prefixes = snmp6_prefixes},
               .file = {.path = "proc/net/snmp6"}}},
    {.table = {.text = {.layout = PROTO_LINES, .prefixes = sctp_prefixes},
               .file = {.path = "proc/net/sctp/snmp"}}},
    {.table = {.text = {.layout = PROTO_LINES},
               .file = {.path = "proc/net/xfrm_stat"}},
     .object = "xfrm"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/nf_conntrack"}},
     .object = "conntrack"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/arp_cache"}},
     .object = "arp_cache"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/ndisc_cache"}},
     .object = "ndisc_cache"},
};

void snmp_sources_init(struct snmp_space *space) {
  memcpy(space->sources, initial_sources, sizeof(space->sources));
}

void snmp_sources_free(struct snmp_space *space) {
  for (size_t i = 0; i < SNMP_SOURCES; i++) {
    proto_table_free(&space->sources[i].table);
    free(space->sources[i].meters);
  }
}

/* The object of a source's counter. */
static const char *object_of(const struct snmp_source *source,
                             const struct proto_counter *counter) {
  return source->object != NULL ? source->object : counter->protocol;
}

/* A counter that the table of counters does not know. */
static int learn(struct report *report, const char *key,
                 const struct proto_counter *counter) {
  const struct meter meter = {
      .name = counter->name,
      .key = key,
      .type = "protocol_counter",
      .kind = METER_COUNTER64,
      .meaning = METER_INFORMATION,
      .unit = "events",
  };
  return report_learn(report, &meter);
}

/* Finds out which meter a counter is. */
static unsigned find_meter(const struct snmp_proto *snmp, struct report *report,
                           const struct snmp_source *source,
                           const struct proto_counter *counter) {
  char key[128];
  int length = snprintf(key, sizeof(key), "%s:%s", object_of(source, counter),
                        counter->name);
  if (length < 0 || (size_t)length >= sizeof(key))
    return METER_NONE;
  int meter = report_find_meter(report, key);
  if (meter < 0) {
    meter = learn(report, key, counter);
    if (meter >= 0)
      report_set_sending(report, (unsigned)meter,
                         snmp_proto_sending(snmp, key, false));
  }
  if (meter < 0)
    return METER_NONE;
  bool wanted = report_wants(report, (unsigned)meter) ||
                snmp_derived_needs((unsigned)meter);
  return wanted ? (unsigned)meter : METER_NONE;
}

/* Makes the list of meters anew when the table's names changed. */
static int map_counters(const struct snmp_proto *snmp, struct report *report,
                        struct snmp_source *source) {
  const struct proto_table *table = &source->table;
  if (source->meters != NULL && source->generation == table->generation)
    return 0;
  unsigned *meters = calloc(table->count + 1, sizeof(*meters));
  if (meters == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < table->count; i++)
    meters[i] = find_meter(snmp, report, source, &table->counters[i]);
  free(source->meters);
  source->meters = meters;
  source->generation = table->generation;
  return 0;
}

/* A namespace can have come in the place of another of the same name, whose
 * counts were others. */
static struct report_object *take_object(struct snmp_space *space,
                                         struct report *report,
                                         const char *owner) {
  const struct labels labels = snmp_space_labels(space, owner);
  bool is_new =
      space->reads == 1 &&
      !report_object_is_present(report, report_object_find(report, &labels));
  struct report_object *object = report_object(report, NULL, &labels, false);
  if (is_new)
    report_object_rebase(object);
  return object;
}

static void report_counters(struct snmp_space *space, struct report *report,
                            const struct snmp_source *source) {
  const struct proto_table *table = &source->table;
  /* Every SYN is answered with a cookie then, and the counter says nothing. */
  bool always_cookies =
      snmp_space_setting(space, report, PROTO_SETTING_tcp_syncookies) == 2;
  const char *name = NULL;
  struct report_object *object = NULL;
  for (size_t i = 0; i < table->count; i++) {
    unsigned meter = source->meters[i];
    if (meter == METER_NONE)
      continue;
    const struct proto_counter *counter = &table->counters[i];
    const char *owner = object_of(source, counter);
    if (name == NULL || strcmp(name, owner) != 0) {
      name = owner;
      object = take_object(space, report, owner);
    }
    if (meter == PROTO_TcpExt_TCPReqQFullDoCookies && always_cookies)
      report_idle(report, object, meter);
    else if (report_meter(report, meter)->kind == METER_GAUGE)
      report_gauge(report, object, meter, (double)(int64_t)counter->value);
    else
      report_counter(report, object, meter, counter->value);
  }
}

/* Reads one table and says, once, what is wrong with it. */
static int read_source(struct snmp_proto *snmp, struct snmp_space *space,
                       struct report *report, struct snmp_source *source) {
  const struct layer_context *context = snmp->context;
  if (source->pause > 0) {
    source->pause--;
    return -ENOENT;
  }
  struct scan_error fault;
  int r = proto_table_read(context->root, &source->table, &fault);
  if (r == -ENOENT && !source->required) {
    source->pause = source->table.file.is_foreign ? 0 : ABSENT_PAUSE;
    return r;
  }
  if (r == 0)
    r = map_counters(snmp, report, source);
  snmp_space_problem(space, &source->problem, context, source->table.file.path,
                     r, &fault, "its counters are not reported");
  if (r == 0)
    report_counters(space, report, source);
  else
    report_set_incomplete(report);
  return r;
}

int snmp_sources_read(struct snmp_proto *snmp, struct snmp_space *space,
                      struct report *report) {
  bool read_any = false;
  int first_error = 0;
  for (size_t i = 0; i < SNMP_SOURCES; i++) {
    int r = read_source(snmp, space, report, &space->sources[i]);
    if (r == 0)
      read_any = true;
    else if (first_error == 0)
      first_error = r;
  }
  return read_any ? 0 : first_error;
}
