/* SPDX-License-Identifier: MIT */
#include "drop_trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf.h"
#include "drop_trace_private.h"

/* No kernel is built for more (CONFIG_NR_CPUS). */
#define MAX_CPUS 16384

static int fail(struct drop_trace_error *error, int r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int fail(struct drop_trace_error *error, int r, const char *format,
                ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof(error->text), format, arguments);
  va_end(arguments);
  return r;
}

static int fail_call(struct drop_trace_error *error, int r, const char *what) {
  if (r == -EPERM)
    return fail(error, r,
                "%s: %s; it needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, "
                "and a kernel that is not locked down",
                what, strerror(-r));
  if (r == -ENOSYS)
    return fail(error, r, "this kernel was built without bpf(2)");
  return fail(error, r, "%s: %s", what, strerror(-r));
}

/* The kernel writes a number for each CPU that is possible. How many these are
 * is nowhere told so surely as by what it writes. */
static int count_cpus(struct drop_trace *trace) {
  uint64_t *numbers = malloc(MAX_CPUS * sizeof(*numbers));
  uint32_t element = DROP_SPILLED;
  if (numbers == NULL)
    return -ENOMEM;
  memset(numbers, 0xff, MAX_CPUS * sizeof(*numbers));
  int r = bpf_map_lookup(trace->spill, &element, numbers);
  size_t count = 0;
  while (r == 0 && count < MAX_CPUS && numbers[count] == 0)
    count++;
  trace->cpus = count;
  free(numbers);
  return r == 0 && count == 0 ? -EINVAL : r;
}

static int make_maps(struct drop_trace *trace, unsigned places,
                     struct drop_trace_error *error) {
  uint32_t reasons = trace->source.plan.reasons;
  trace->places = bpf_map_new(BPF_MAP_TYPE_PERCPU_HASH, sizeof(struct drop_key),
                              sizeof(uint64_t), places, "netloss_places");
  if (trace->places < 0)
    return fail_call(error, trace->places, "no map for a BPF program");
  trace->spill =
      bpf_map_new(BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint32_t), sizeof(uint64_t),
                  DROP_SPILL_REASON + reasons, "netloss_reasons");
  if (trace->spill < 0)
    return fail_call(error, trace->spill, "no map for a BPF program");
  int r = count_cpus(trace);
  if (r < 0)
    return fail_call(error, r, "a map of a BPF program cannot be read");
  trace->keys = calloc(DROP_BATCH, sizeof(*trace->keys));
  trace->values = calloc(DROP_BATCH * trace->cpus, sizeof(*trace->values));
  trace->spilled = calloc(reasons + 1, sizeof(*trace->spilled));
  if (trace->keys == NULL || trace->values == NULL || trace->spilled == NULL)
    return fail(error, -ENOMEM, "no memory");
  return 0;
}

static void close_all(struct drop_trace *trace) {
  int *const descriptors[] = {&trace->link, &trace->program, &trace->spill,
                              &trace->places};
  for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
    if (*descriptors[i] >= 0)
      close(*descriptors[i]);
    *descriptors[i] = -1;
  }
  free(trace->keys);
  free(trace->values);
  free(trace->spilled);
  trace->keys = NULL;
  trace->values = NULL;
  trace->spilled = NULL;
}

static int load(struct drop_trace *trace) {
  static const enum bpf_prog_type types[] = {
      [DROP_TYPED] = BPF_PROG_TYPE_TRACING,
      [DROP_RAW] = BPF_PROG_TYPE_RAW_TRACEPOINT,
      [DROP_RAW_BLIND] = BPF_PROG_TYPE_RAW_TRACEPOINT,
      [DROP_TRACEPOINT] = BPF_PROG_TYPE_TRACEPOINT,
  };
  struct bpf_insn code[DROP_PROGRAM_SIZE];
  struct drop_plan plan = trace->source.plan;
  plan.places = trace->places;
  plan.spill = trace->spill;
  size_t count = drop_program_make(&plan, code);
  return bpf_program_load(types[plan.way], trace->source.id, code, count,
                          "netloss_drops", NULL, 0);
}

static int attach(const struct drop_trace *trace) {
  switch (trace->source.plan.way) {
  case DROP_TYPED:
    return bpf_raw_tracepoint_open(NULL, trace->program);
  case DROP_TRACEPOINT:
    return bpf_tracepoint_open(trace->source.id, trace->program);
  default:
    return bpf_raw_tracepoint_open("kfree_skb", trace->program);
  }
}

/* Has the program loaded and run. How much a kernel lets a program read, it
 * says by taking it: not all machines have what the first way needs, nor does a
 * kernel that is locked down for confidentiality allow the second. */
static int begin(struct drop_trace *trace, struct drop_trace_error *error) {
  struct drop_plan *plan = &trace->source.plan;
  trace->program = load(trace);
  while (trace->program < 0 && trace->program != -EPERM &&
         plan->way < DROP_RAW_BLIND) {
    plan->way++;
    trace->program = load(trace);
  }
  if (trace->program < 0)
    return fail_call(error, trace->program, "the BPF program is refused");
  trace->link = attach(trace);
  if (trace->link < 0)
    return fail_call(error, trace->link,
                     "the tracepoint kfree_skb takes no BPF program");
  trace->ways = (struct drop_trace_ways){
      .way = plan->way,
      .has_reason = plan->has_reason,
      .has_protocol = plan->way != DROP_RAW_BLIND,
  };
  return 0;
}

static int open_source(struct drop_trace *trace, unsigned places,
                       struct drop_trace_error *error) {
  int r = make_maps(trace, places, error);
  if (r == 0)
    r = begin(trace, error);
  if (r < 0) {
    close_all(trace);
    drop_source_free(&trace->source);
  }
  return r;
}

/* First by BTF; by tracefs only where that would help. */
static int open_any(struct drop_trace *trace, const struct sysroot *root,
                    unsigned places, struct drop_trace_error *error) {
  char no_btf[128], no_tracefs[128];
  struct drop_trace_error first;
  int r = drop_source_from_btf(&trace->source, root, no_btf, sizeof(no_btf));
  if (r == 0) {
    r = open_source(trace, places, error);
    if (r == 0 || r == -EPERM || r == -ENOSYS || r == -ENOMEM)
      return r;
    first = *error;
    snprintf(no_btf, sizeof(no_btf), "%.*s", (int)sizeof(no_btf) - 1,
             first.text);
  }
  r = drop_source_from_tracefs(&trace->source, root, no_tracefs,
                               sizeof(no_tracefs));
  if (r < 0)
    return fail(error, r, "%.110s, and %.110s", no_btf, no_tracefs);
  return open_source(trace, places, error);
}

int drop_trace_open(struct drop_trace **ret, const struct sysroot *root,
                    unsigned places, struct drop_trace_error *error) {
  struct drop_trace *trace = calloc(1, sizeof(*trace));
  if (trace == NULL)
    return fail(error, -ENOMEM, "no memory");
  trace->places = trace->spill = trace->program = trace->link = -1;
  int r = open_any(trace, root, places, error);
  if (r < 0) {
    free(trace);
    return r;
  }
  *ret = trace;
  return 0;
}

void drop_trace_close(struct drop_trace *trace) {
  if (trace == NULL)
    return;
  close_all(trace);
  drop_source_free(&trace->source);
  free(trace->rows);
  free(trace);
}

const struct drop_trace_ways *drop_trace_ways(const struct drop_trace *trace) {
  return &trace->ways;
}

const struct drop_names *drop_trace_names(const struct drop_trace *trace) {
  return &trace->source.names;
}

int drop_trace_program(const struct drop_trace *trace) {
  return trace->program;
}
