/* SPDX-License-Identifier: MIT */
/* loss_ledger, whose floor asks for each bucket; and what the ledger costs the
 * other layers, each measured in turn in a ledger and alone. */
#include <stdio.h>

#include "bench.h"
#include "layers.h"
#include "ledger.h"
#include "runner.h"

#define MANY_NAMESPACES 50

static void *ledger_floor_open(const struct bench_case *bench) {
  return bench->ledger;
}

static void ledger_floor_read(void *floor, unsigned read_number) {
  (void)read_number;
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    uint64_t lost;
    ledger_lost(floor, (enum ledger_bucket)i, &lost);
  }
}

static void ledger_floor_close(void *floor) { (void)floor; }

/* Enters every bucket of a namespace. */
static void post_all(struct ledger_teller *teller, const char *netns) {
  struct ledger_posting postings[LEDGER_BUCKETS - 1];
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++)
    postings[i - 1] = (struct ledger_posting){.bucket = (enum ledger_bucket)i,
                                              .exactness = LEDGER_OBJECT,
                                              .netns = netns,
                                              .gain = 1};
  struct ledger_read read = {
      .begin = 1, .end = 1, .postings = postings, .count = LEDGER_BUCKETS - 1};
  ledger_post(teller, &read);
}

static void bench_buckets(const char *situation, unsigned namespaces) {
  static const struct config_value yes = {.kind = CONFIG_BOOLEAN,
                                          .boolean = true};
  static const struct config_node line = {
      .key = "Namespaces", .values = &yes, .value_count = 1};
  static const struct config_node block = {
      .key = "Plugin", .children = &line, .child_count = 1};
  struct bench_case bench = {.layer = &loss_ledger_layer,
                             .situation = situation,
                             .block = namespaces > 0 ? &block : NULL,
                             .floor_open = ledger_floor_open,
                             .floor_read = ledger_floor_read,
                             .floor_close = ledger_floor_close};
  struct ledger_teller *teller;
  if (ledger_new(&bench.ledger) < 0 || ledger_join(bench.ledger, &teller) < 0)
    bench_die("ledger_new");
  post_all(teller, NULL);
  for (unsigned i = 0; i < namespaces; i++) {
    char netns[32];
    snprintf(netns, sizeof(netns), "web%u", i);
    post_all(teller, netns);
  }
  struct bench_result result = bench_run(&bench);
  bench_print(&bench, &result);
  ledger_leave(teller);
  ledger_free(bench.ledger);
}

static void ignore_log(void *data, enum layer_severity severity,
                       const char *message) {
  (void)data;
  (void)severity;
  (void)message;
}

static void ignore_value(void *data, const struct report_value *value) {
  (void)data;
  (void)value;
}

static void ignore_alert(void *data, const struct alert *alert,
                         const struct explanation *explanation,
                         const char *message) {
  (void)data;
  (void)alert;
  (void)explanation;
  (void)message;
}

/* The same layer without a ledger. */
static void *alone_open(const struct bench_case *bench) {
  const struct frontend frontend = {
      .log = ignore_log, .value = ignore_value, .alert = ignore_alert};
  struct runner *runner;
  if (runner_new(&runner, bench->layer, &frontend) < 0 ||
      runner_start(runner) < 0)
    bench_die(bench->layer->name);
  return runner;
}

static void alone_read(void *floor, unsigned read_number) {
  runner_read(floor, read_number + 1);
}

static void alone_close(void *floor) { runner_free(floor); }

static bool can_start(const struct layer *layer) {
  const struct frontend frontend = {
      .log = ignore_log, .value = ignore_value, .alert = ignore_alert};
  struct runner *runner;
  if (runner_new(&runner, layer, &frontend) < 0)
    bench_die(layer->name);
  bool starts = runner_start(runner) == 0;
  runner_free(runner);
  return starts;
}

static void bench_in_ledger(const struct layer *layer) {
  struct bench_case bench = {.layer = layer,
                             .situation = "in a ledger",
                             .floor_open = alone_open,
                             .floor_read = alone_read,
                             .floor_close = alone_close};
  if (layer == &loss_ledger_layer || !can_start(layer))
    return;
  if (ledger_new(&bench.ledger) < 0)
    bench_die("ledger_new");
  struct bench_result result = bench_run(&bench);
  printf("%-14s %-20s %14.2f %9.2f %7.3f\n", layer->name, "in a ledger : alone",
         result.read_us, result.floor_us, result.ratio);
  ledger_free(bench.ledger);
}

void bench_loss_ledger(void) {
  static const struct layer *const layers[] = {LAYERS(LAYERS_ADDRESS) NULL};
  bench_buckets("all buckets", 0);
  bench_buckets("50 namespaces", MANY_NAMESPACES);
  for (size_t i = 0; layers[i] != NULL; i++)
    bench_in_ledger(layers[i]);
}
