/* SPDX-License-Identifier: MIT */
/* Shows the ledger of the process: where the host loses packets, each packet
 * counted once. It reads nothing of the kernel, except that it counts once the
 * network namespaces that no layer watches. */
#include <errno.h>

#include "layers.h"
#include "loss_meters.h"
#include "netns.h"

/* By then the other layers have read. */
#define READS_UNTIL_COUNTED 3

/* Of each kind of namespace, so many are counted at most. */
#define COUNTED_MAX 4096

struct loss_ledger {
  bool by_namespace;
  const struct layer_context *context;
  struct ledger *ledger;
  unsigned reads; /* up to READS_UNTIL_COUNTED */
};

static const struct layer_option options[] = {
    {.name = "Namespaces",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct loss_ledger, by_namespace),
     .value = "true|false",
     .help = "Sends the packets of each network namespace beside the totals, "
             "from the first lost packet on. Default: false."},
    {.name = NULL},
};

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct loss_ledger *loss = state;
  loss->context = context;
  loss->ledger = context->ledger;
  if (loss->ledger == NULL)
    return layer_fail(error, "no other plugin counts losses in this process");
  return 0;
}

/* Where a sum goes, passed to report_sum(). */
struct sum_context {
  struct report *report;
  struct report_object *own, *unwatched; /* NULL: not mentioned yet */
};

/* Before the first reading of its sum, a bucket had lost nothing. */
static void report_sum_of(struct report *report, struct report_object *object,
                          enum ledger_bucket bucket, uint64_t lost) {
  report_counter_since(report, object, loss_meter_of(bucket), 0, lost);
}

static struct report_object *group_object(struct report *report,
                                          struct report_object **object,
                                          const char *name) {
  if (*object == NULL)
    *object = report_object(report, NULL, &(const struct labels){.group = name},
                            false);
  return *object;
}

static void report_sum(void *data, const struct ledger_sum *sum) {
  struct sum_context *context = data;
  struct report *report = context->report;
  struct report_object *object;
  if (sum->is_elsewhere)
    object = group_object(report, &context->unwatched, "netns-unwatched");
  else if (sum->netns == NULL)
    object = group_object(report, &context->own, "netns-own");
  else if (sum->is_read)
    object = report_object(report, NULL,
                           &(const struct labels){.netns = sum->netns}, false);
  else
    return;
  if (object == NULL)
    return;
  report_object_omit_zeros(object, true);
  report_sum_of(report, object, sum->bucket, sum->lost);
}

static int read(void *state, struct report *report) {
  struct loss_ledger *loss = state;
  struct report_object *host = report_object(report, NULL, REPORT_HOST, false);
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    enum ledger_bucket bucket = (enum ledger_bucket)i;
    uint64_t lost;
    if (ledger_lost(loss->ledger, bucket, &lost))
      report_sum_of(report, host, bucket, lost);
  }
  struct sum_context context = {.report = report};
  if (loss->by_namespace)
    ledger_each(loss->ledger, report_sum, &context);
  return 0;
}

/* Finds collectd's own namespace, then those that processes are in. */
static int find_namespaces(const struct loss_ledger *loss,
                           struct netns_list *list) {
  static const size_t limits[NETNS_KINDS] = {COUNTED_MAX, COUNTED_MAX,
                                             COUNTED_MAX, COUNTED_MAX};
  const struct sysroot *root = loss->context->root;
  struct netns_entry own = {.pid = 0};
  bool is_denied;
  int r = netns_of_process(root, "self", &own.id);
  if (r == 0)
    r = netns_list_add(list, &own);
  return r < 0 ? r : netns_find_inhabited(root, NULL, limits, list, &is_denied);
}

/* Logs how many namespaces no layer watches, if there are any. */
static void log_unwatched(const struct loss_ledger *loss) {
  struct netns_list list = {.count = 0};
  size_t unwatched = 0;
  if (find_namespaces(loss, &list) == 0)
    for (size_t i = 1; i < list.count; i++) {
      netns_make_name(loss->context->root, &list.entries[i]);
      unwatched += !ledger_watches(loss->ledger, list.entries[i].name);
    }
  netns_list_free(&list);
  if (unwatched > 0)
    layer_log(loss->context, LAYER_NOTICE,
              "%zu network namespace%s not watched, where only drop_reason "
              "counts losses: set Containers true in sock_backlog and "
              "snmp_proto",
              unwatched, unwatched == 1 ? " is" : "s are");
}

static void after(void *state) {
  struct loss_ledger *loss = state;
  if (loss->reads >= READS_UNTIL_COUNTED)
    return;
  if (++loss->reads == READS_UNTIL_COUNTED)
    log_unwatched(loss);
}

const struct layer loss_ledger_layer = {
    .name = "loss_ledger",
    .summary = "where packets are lost, each packet counted once",
    .noun = "",
    .options = options,
    .meters = loss_meters,
    .meter_count = LOSS_METER_COUNT,
    .state_size = sizeof(struct loss_ledger),
    .start = start,
    .read = read,
    .after = after,
};
