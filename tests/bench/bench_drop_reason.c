/* SPDX-License-Identifier: MIT */
/* drop_reason: reading the maps of the program. flood.sh measures what the
 * program costs at each packet. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bpf.h"
#include "drop_trace.h"
#include "layers.h"

static const struct drop_trace_wish wish = {.places = 4096};

/* Opens a program of its own, whose maps fill like those of the plugin. */
static void *floor_open(const struct bench_case *bench) {
  struct sysroot root = {0};
  struct drop_trace *trace;
  struct drop_trace_error error;
  (void)bench;
  if (sysroot_init(&root, NULL, NULL) < 0 ||
      drop_trace_open(&trace, &root, &wish, &error) < 0)
    bench_die("drop_trace");
  sysroot_free(&root);
  return trace;
}

static void floor_read(void *floor, unsigned read_number) {
  struct drop_maps *maps = drop_trace_maps(floor);
  uint32_t position = 0, spilled = DROP_SPILLED, full = DROP_FULL, count;
  uint64_t misses;
  int r = 0;
  (void)read_number;
  for (int is_first = 1; r == 0; is_first = 0) {
    count = DROP_MAPS_BATCH;
    r = bpf_map_batch(maps->places, is_first, &position, maps->keys,
                      maps->values, &count);
  }
  bpf_map_lookup(maps->spill, &spilled, maps->values);
  bpf_map_lookup(maps->spill, &full, maps->values);
  bpf_program_misses(drop_trace_program(floor), &misses);
}

static void floor_close(void *floor) { drop_trace_close(floor); }

/* Whether this process may count drops at all. */
static bool may_run(void) {
  struct sysroot root = {0};
  struct drop_trace *trace = NULL;
  struct drop_trace_error error;
  if (sysroot_init(&root, NULL, NULL) < 0)
    return false;
  int r = drop_trace_open(&trace, &root, &wish, &error);
  if (r < 0)
    printf("drop_reason    not measured: %s\n", error.text);
  drop_trace_close(trace);
  sysroot_free(&root);
  return r == 0;
}

void bench_drop_reason(void) {
  static const struct bench_case host = {
      .layer = &drop_reason_layer,
      .situation = "this host",
      .floor_open = floor_open,
      .floor_read = floor_read,
      .floor_close = floor_close,
  };
  if (!may_run())
    return;
  struct bench_result result = bench_run(&host);
  bench_print(&host, &result);
}
