/* SPDX-License-Identifier: MIT */
/* What IP, ICMP, TCP, UDP and the kernel's tables threw away. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"
#include "layers.h"
#include "proto_counters.h"
#include "proto_table.h"
#include "snmp_derived.h"

/* One table, and which meter each of its counters is. */
struct source {
  struct proto_table table;
  const char *object; /* of all its counters, where the text names none */
  bool required;
  unsigned pause;      /* reads until an absent table is looked for again */
  unsigned generation; /* of the table, when meters was made */
  unsigned *meters;
  struct layer_problem problem;
};

enum {
  SOURCE_COUNT = 8,
  /* The module of a table that is absent is hardly ever loaded, and to look
   * for a file costs more than to read one that is open. */
  ABSENT_PAUSE = 5,
};

struct snmp_proto {
  int selection; /* index in selections */
  struct match counters;
  bool ignore_selected;

  const struct layer_context *context;
  bool prepared; /* the report knows what is selected */
  struct source sources[SOURCE_COUNT];
  struct snmp_derived derived;
};

static const char *const selections[] = {"default", "all", NULL};

static const char *const snmp6_prefixes[] = {"Ip6", "Icmp6", "Udp6", "UdpLite6",
                                             NULL};
static const char *const sctp_prefixes[] = {"Sctp", NULL};

static const struct source initial_sources[SOURCE_COUNT] = {
    {.table = {.text = {.layout = PROTO_PAIRS},
               .file = {.path = "proc/net/snmp", .fd = -1}},
     .required = true},
    {.table = {.text = {.layout = PROTO_PAIRS},
               .file = {.path = "proc/net/netstat", .fd = -1}},
     .required = true},
    {.table = {.text = {.layout = PROTO_LINES, .prefixes = snmp6_prefixes},
               .file = {.path = "proc/net/snmp6", .fd = -1}}},
    {.table = {.text = {.layout = PROTO_LINES, .prefixes = sctp_prefixes},
               .file = {.path = "proc/net/sctp/snmp", .fd = -1}}},
    {.table = {.text = {.layout = PROTO_LINES},
               .file = {.path = "proc/net/xfrm_stat", .fd = -1}},
     .object = "xfrm"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/nf_conntrack", .fd = -1}},
     .object = "conntrack"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/arp_cache", .fd = -1}},
     .object = "arp_cache"},
    {.table = {.text = {.layout = PROTO_ROWS},
               .file = {.path = "proc/net/stat/ndisc_cache", .fd = -1}},
     .object = "ndisc_cache"},
};

/* A counter that is neither sent nor judged. */
#define METER_NONE UINT_MAX

static const struct layer_option options[] = {
    {.name = "Report",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct snmp_proto, selection),
     .choices = selections,
     .value = "\"default\"|\"all\"",
     .help = "Which counters are sent: those that tell of losses and what they "
             "are measured against, each from its first event on; or all that "
             "the kernel has, those that are 0 too. Default: default."},
    {.name = "Counter",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct snmp_proto, counters),
     .value = "\"Udp:RcvbufErrors\"|\"/^TcpExt:TCP.*Drop$/\"",
     .help = "Sends these counters instead of the default ones. Can be given "
             "several times."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct snmp_proto, ignore_selected),
     .value = "true|false",
     .help = "Sends what Report says, but not those that Counter names. "
             "Default: false."},
    {.name = NULL},
};

/* When a meter is sent: what was asked for by name or by "all", always; the
 * default counters from their first event on, since most have none. */
static enum meter_sending sending_of(const struct snmp_proto *snmp,
                                     const char *key, bool by_default) {
  bool everything = snmp->selection == 1;
  enum meter_sending sending = METER_SENT_NEVER;
  if (everything)
    sending = METER_SENT_ALWAYS;
  else if (by_default)
    sending = METER_SENT_ONCE_COUNTED;
  if (snmp->counters.count == 0)
    return sending;
  bool named = match_any(&snmp->counters, key);
  if (snmp->ignore_selected)
    return named ? METER_SENT_NEVER : sending;
  return named ? METER_SENT_ALWAYS : METER_SENT_NEVER;
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  (void)error;
  struct snmp_proto *snmp = state;
  snmp->context = context;
  memcpy(snmp->sources, initial_sources, sizeof(snmp->sources));
  snmp->derived = SNMP_DERIVED;
  return 0;
}

static void stop(void *state) {
  struct snmp_proto *snmp = state;
  match_free(&snmp->counters);
  if (snmp->context == NULL)
    return;
  for (size_t i = 0; i < SOURCE_COUNT; i++) {
    proto_table_free(&snmp->sources[i].table);
    free(snmp->sources[i].meters);
  }
  snmp_derived_free(&snmp->derived);
}

/* The object of a source's counter. */
static const char *object_of(const struct source *source,
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
                           const struct source *source,
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
      report_send(report, (unsigned)meter, sending_of(snmp, key, false));
  }
  if (meter < 0)
    return METER_NONE;
  bool wanted = report_wants(report, (unsigned)meter) ||
                snmp_derived_needs((unsigned)meter);
  return wanted ? (unsigned)meter : METER_NONE;
}

/* Makes the list of meters anew when the table's names changed. */
static int map_counters(const struct snmp_proto *snmp, struct report *report,
                        struct source *source) {
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

static void report_counters(struct report *report,
                            const struct source *source) {
  const struct proto_table *table = &source->table;
  /* Every SYN is answered with a cookie then, and the counter says nothing. */
  bool always_cookies = report_level(report, report_find(report, ""),
                                     PROTO_SETTING_tcp_syncookies) == 2;
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
      object = report_object(report, NULL, name, false);
    }
    if (meter == PROTO_TcpExt_TCPReqQFullDoCookies && always_cookies)
      report_rest(report, object, meter);
    else if (report_meter(report, meter)->kind == METER_GAUGE)
      report_gauge(report, object, meter, (double)(int64_t)counter->value);
    else
      report_counter(report, object, meter, counter->value);
  }
}

/* Reads one table and says, once, what is wrong with it. */
static int read_source(struct snmp_proto *snmp, struct report *report,
                       struct source *source) {
  const struct layer_context *context = snmp->context;
  const char *path = source->table.file.path;
  if (source->pause > 0) {
    source->pause--;
    return -ENOENT;
  }
  struct scan_error fault;
  int r = proto_table_read(context->root, &source->table, &fault);
  if (r == -ENOENT && !source->required) {
    source->pause = ABSENT_PAUSE;
    return r;
  }
  if (r == 0)
    r = map_counters(snmp, report, source);
  if (r == 0) {
    layer_problem_ends(&source->problem, context, "%s can be read again", path);
    report_counters(report, source);
    return 0;
  }
  report_incomplete(report);
  if (r == -EBADMSG)
    layer_problem_is(&source->problem, context,
                     "%s, line %zu: expected %s, found \"%s\"; its counters "
                     "are not reported until that ends",
                     path, fault.line, fault.expected, fault.found);
  else
    layer_problem_is(&source->problem, context,
                     "%s cannot be read: %s; its counters are not reported "
                     "until that ends",
                     path, strerror(-r));
  return r;
}

static void select_meters(struct snmp_proto *snmp, struct report *report) {
  if (snmp->prepared)
    return;
  snmp->prepared = true;
  for (unsigned i = 0; i < PROTO_COUNT; i++)
    if (proto_meters[i].meaning != METER_SETTING)
      report_send(report, i,
                  sending_of(snmp, meter_key(&proto_meters[i]),
                             proto_meters_by_default[i]));
}

static int read(void *state, struct report *report) {
  struct snmp_proto *snmp = state;
  select_meters(snmp, report);
  bool read_any = false;
  int first_error = 0;
  for (size_t i = 0; i < SOURCE_COUNT; i++) {
    int r = read_source(snmp, report, &snmp->sources[i]);
    if (r == 0)
      read_any = true;
    else if (first_error == 0)
      first_error = r;
  }
  snmp_derived_report(&snmp->derived, snmp->context, report);
  return read_any ? 0 : first_error;
}

/* Losses for want of memory, which have three possible limits. */
static bool is_receive_memory(unsigned meter) {
  switch (meter) {
  case PROTO_TcpExt_PruneCalled:
  case PROTO_TcpExt_RcvPruned:
  case PROTO_TcpExt_RcvPrunedOther:
  case PROTO_TcpExt_OfoPruned:
  case PROTO_TcpExt_TCPRcvQDrop:
  case PROTO_TcpExt_TCPOFODrop:
    return true;
  default:
    return false;
  }
}

/* Says how near the host-wide limit is, so that a socket's own buffer or a
 * cgroup's limit is looked for where it is far. */
static void explain(void *state, const struct report *report,
                    const struct alert *alert,
                    struct explanation *explanation) {
  (void)state;
  if (alert->meter < proto_meters || alert->meter >= proto_meters + PROTO_COUNT)
    return;
  double used =
      report_level(report, report_find(report, "Tcp"), PROTO_Tcp_memory_used);
  if (!is_receive_memory((unsigned)(alert->meter - proto_meters)) ||
      isnan(used))
    return;
  struct text detail = TEXT_IN(explanation->detail);
  text_add(&detail, "TCP memory is at %.0f %% of tcp_mem", used);
}

const struct layer snmp_proto_layer = {
    .name = "snmp_proto",
    .summary = "what IP, TCP, UDP and their tables threw away",
    .noun = "",
    .options = options,
    .meters = proto_meters,
    .meter_count = PROTO_COUNT,
    .learns_meters = true,
    .settings_on_demand = true,
    .state_size = sizeof(struct snmp_proto),
    .start = start,
    .read = read,
    .explain = explain,
    .stop = stop,
};
