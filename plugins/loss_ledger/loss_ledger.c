/* SPDX-License-Identifier: MIT */
/* Shows the ledger of the process: where the host loses packets, each packet
 * counted once. It reads nothing of the kernel. */
#include <errno.h>

#include "layers.h"
#include "loss_meters.h"

struct loss_ledger {
  bool by_namespace;
  struct ledger *ledger;
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
};
