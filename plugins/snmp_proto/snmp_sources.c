/* SPDX-License-Identifier: MIT */
#include "snmp_sources.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto_counters.h"
#include "snmp_cause.h"
#include "snmp_derived.h"

/* Reads for which an absent table is not looked for: modules are rarely loaded,
 * and looking for a file costs more than reading an open one. */
#define ABSENT_PAUSE 5

/* A counter that is neither sent nor judged. */
#define METER_NONE UINT_MAX

static const char *const snmp6_prefixes[] = {"Ip6", "Icmp6", "Udp6", "UdpLite6",
                                             NULL};
static const char *const sctp_prefixes[] = {"Sctp", NULL};

static const struct snmp_source initial_sources[SNMP_SOURCES] = {
    {.table = {.text = {.layout = PROTO_PAIRS},
               .file = {.path = "proc/net/snmp"}},
     .is_required = true},
    {.table = {.text = {.layout = PROTO_PAIRS},
               .file = {.path = "proc/net/netstat"}},
     .is_required = true},
    {.table = {.text = {.layout = PROTO_LINES, .prefixes = snmp6_prefixes},
               .file = {.path = "proc/net/snmp6"}}},
    {.table = {.text = {.layout = PROTO_LINES, .prefixes = sctp_prefixes},
               .file = {.path = "proc/net/sctp/snmp"}}},
    {.table = {.text = {.layout = PROTO_LINES},
               .file = {.path = "proc/net/xfrm_stat"}},
     .object = "xfrm"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/nf_conntrack"}},
     .object = "conntrack",
     .has_32_bits = true},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/arp_cache"}},
     .object = "arp_cache"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/ndisc_cache"}},
     .object = "ndisc_cache"},
};

void snmp_sources_init(struct snmp_sources *sources) {
  memcpy(sources->all, initial_sources, sizeof(sources->all));
  sources->reads = 0;
}

void snmp_sources_free(struct snmp_sources *sources) {
  for (size_t i = 0; i < SNMP_SOURCES; i++) {
    proto_table_free(&sources->all[i].table);
    free(sources->all[i].meters);
    free(sources->all[i].before);
  }
}

bool snmp_sources_is_open(const struct snmp_sources *sources,
                          const char *object) {
  for (size_t i = 0; i < SNMP_SOURCES; i++)
    if (sources->all[i].object != NULL &&
        strcmp(sources->all[i].object, object) == 0)
      return sources->all[i].table.file.is_open;
  return false;
}

/* The object of a source's counter. */
static const char *object_of(const struct snmp_source *source,
                             const struct proto_counter *counter) {
  return source->object != NULL ? source->object : counter->protocol;
}

/* Makes a meter for a counter that is not in proto_counters.tsv. Returns its
 * index or -ENOMEM. */
static int learn(struct report *report, const struct snmp_source *source,
                 const char *key, const struct proto_counter *counter) {
  const struct meter meter = {
      .name = counter->name,
      .key = key,
      .type = "protocol_counter",
      .kind = source->has_32_bits ? METER_COUNTER32 : METER_COUNTER64,
      .meaning = METER_INFORMATION,
      .unit = "events",
  };
  return report_learn(report, &meter);
}

/* The meter of a counter, or METER_NONE. */
static unsigned find_meter(const struct snmp_selection *selection,
                           struct report *report,
                           const struct snmp_source *source,
                           const struct proto_counter *counter) {
  char key[128];
  int length = snprintf(key, sizeof(key), "%s:%s", object_of(source, counter),
                        counter->name);
  if (length < 0 || (size_t)length >= sizeof(key))
    return METER_NONE;
  int meter = report_find_meter(report, key);
  if (meter < 0) {
    meter = learn(report, source, key, counter);
    if (meter >= 0)
      report_set_sending(report, (unsigned)meter,
                         snmp_selection_sending(selection, key, false));
  }
  if (meter < 0)
    return METER_NONE;
  bool is_wanted = report_wants(report, (unsigned)meter) ||
                   snmp_derived_needs((unsigned)meter) ||
                   snmp_cause_needs((unsigned)meter);
  return is_wanted ? (unsigned)meter : METER_NONE;
}

/* Looks up the meters again if the table's names have changed. */
static int map_counters(const struct snmp_selection *selection,
                        struct report *report, struct snmp_source *source) {
  const struct proto_table *table = &source->table;
  if (source->meters != NULL && source->generation == table->generation)
    return 0;
  unsigned *meters = calloc(table->count + 1, sizeof(*meters));
  uint64_t *before = calloc(table->count + 1, sizeof(*before));
  if (meters == NULL || before == NULL) {
    free(meters);
    free(before);
    return -ENOMEM;
  }
  for (size_t i = 0; i < table->count; i++)
    meters[i] = find_meter(selection, report, source, &table->counters[i]);
  free(source->meters);
  free(source->before);
  source->meters = meters;
  source->before = before;
  source->has_before = false;
  source->generation = table->generation;
  return 0;
}

static bool is_counter(const struct report *report,
                       const struct snmp_source *source, size_t i) {
  return source->meters[i] != METER_NONE &&
         meter_is_counter(report_meter(report, source->meters[i]));
}

/* Whether a counter can have gone back by a wrap at 32 bits. */
static bool can_have_wrapped(uint64_t before, uint64_t value) {
  return before > INT32_MAX && value < before &&
         ((value - before) & UINT32_MAX) <= INT32_MAX;
}

/* Whether the table is that of a 32-bit kernel, whose counters wrap at 32 bits,
 * also as sums over CPUs: some went back, all by a wrap. A reset, as of a new
 * namespace, takes small counters back as well. */
static bool has_wrapped(const struct report *report,
                        const struct snmp_source *source) {
  const struct proto_table *table = &source->table;
  bool has_gone_back = false, has_stayed = false;
  for (size_t i = 0; source->has_before && i < table->count; i++) {
    uint64_t before = source->before[i], value = table->counters[i].value;
    if (value >= before)
      has_stayed |= before > 0;
    else if (!is_counter(report, source, i))
      continue;
    else if (can_have_wrapped(before, value))
      has_gone_back = true;
    else
      return false;
  }
  return has_gone_back && has_stayed;
}

static void remember(struct snmp_source *source) {
  for (size_t i = 0; i < source->table.count; i++)
    source->before[i] = source->table.counters[i].value;
  source->has_before = true;
}

/* Mentions an object. In the first read of a namespace, an object that the
 * report knows is that of an earlier namespace with the same name. */
static struct report_object *mention(struct report *report,
                                     const struct snmp_sources *sources,
                                     const struct snmp_scope *scope,
                                     const char *protocol) {
  const struct labels labels = snmp_scope_labels(scope, protocol);
  bool is_new =
      sources->reads == 1 &&
      !report_object_is_present(report, report_object_find(report, &labels));
  struct report_object *object = report_object(report, NULL, &labels, false);
  report_object_set_users(object, net_namespace_is_users(scope->netns));
  if (is_new)
    report_object_rebase(object);
  return object;
}

static void report_counters(const struct snmp_sources *sources,
                            const struct snmp_scope *scope,
                            struct report *report,
                            const struct snmp_source *source) {
  const struct proto_table *table = &source->table;
  bool wraps = has_wrapped(report, source);
  /* With 2, every SYN is answered with a cookie: no sign of a full queue. */
  bool always_cookies =
      snmp_scope_setting(scope, report, PROTO_SETTING_tcp_syncookies) == 2;
  const char *protocol = NULL;
  struct report_object *object = NULL;
  for (size_t i = 0; i < table->count; i++) {
    unsigned meter = source->meters[i];
    if (meter == METER_NONE)
      continue;
    const struct proto_counter *counter = &table->counters[i];
    const char *owner = object_of(source, counter);
    if (protocol != owner) {
      protocol = owner;
      object = mention(report, sources, scope, owner);
    }
    if (meter == PROTO_TcpExt_TCPReqQFullDoCookies && always_cookies)
      report_idle(report, object, meter);
    else if (report_meter(report, meter)->kind == METER_GAUGE)
      report_gauge(report, object, meter, (double)(int64_t)counter->value);
    else if (wraps)
      report_counter_of(report, object, meter, counter->value, 32);
    else
      report_counter(report, object, meter, counter->value);
  }
}

/* Keeps the objects of a table that cannot be read, by its last good text. */
static void keep_objects(const struct snmp_scope *scope, struct report *report,
                         const struct snmp_source *source) {
  const char *protocol = NULL;
  for (size_t i = 0; i < source->table.count; i++) {
    const char *owner = object_of(source, &source->table.counters[i]);
    bool is_other = protocol == NULL || strcmp(protocol, owner) != 0;
    if (is_other && owner[0] != '\0')
      report_object_keep(report, snmp_scope_name(scope), owner);
    protocol = owner;
  }
}

static int read_source(const struct snmp_sources *sources,
                       const struct snmp_scope *scope,
                       const struct snmp_selection *selection,
                       struct report *report, struct snmp_source *source) {
  if (source->pause > 0) {
    source->pause--;
    return -ENOENT;
  }
  struct scan_error fault;
  int r = proto_table_read(scope->context->root, &source->table, &fault);
  if (r == -ENOENT && !source->is_required) {
    source->pause = source->table.file.is_foreign ? 0 : ABSENT_PAUSE;
    return r;
  }
  if (r == 0)
    r = map_counters(selection, report, source);
  snmp_scope_problem(scope, &source->problem, source->table.file.path, r,
                     &fault, "its counters are not reported");
  if (r == 0) {
    report_counters(sources, scope, report, source);
    remember(source);
  } else {
    keep_objects(scope, report, source);
  }
  return r;
}

int snmp_sources_read(struct snmp_sources *sources,
                      const struct snmp_scope *scope,
                      const struct snmp_selection *selection,
                      struct report *report) {
  bool has_read_any = false;
  int first_error = 0;
  sources->reads++;
  for (size_t i = 0; i < SNMP_SOURCES; i++) {
    int r = read_source(sources, scope, selection, report, &sources->all[i]);
    if (r == 0)
      has_read_any = true;
    else if (first_error == 0)
      first_error = r;
  }
  return has_read_any ? 0 : first_error;
}
