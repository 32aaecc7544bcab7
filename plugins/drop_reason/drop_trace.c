/* SPDX-License-Identifier: MIT */
#include "drop_trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf.h"
#include "drop_source.h"
#include "drop_subsystems.h"

struct drop_trace {
  struct drop_trace_wish wish;
  struct drop_source source;
  struct drop_subsystems subsystems;
  struct drop_trace_method method;
  struct drop_maps maps;
  int program, link; /* descriptors; -1: closed */
};

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

static void close_descriptor(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

static void close_all(struct drop_trace *trace) {
  close_descriptor(&trace->link);
  close_descriptor(&trace->program);
  drop_maps_close(&trace->maps);
  drop_source_free(&trace->source);
  drop_subsystems_free(&trace->subsystems);
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
  plan.places = trace->maps.places;
  plan.spill = trace->maps.spill;
  size_t count = drop_program_make(&plan, code);
  return bpf_program_load(types[plan.type], trace->source.id, code, count,
                          "netloss_drops", NULL, 0);
}

static int attach(const struct drop_trace *trace) {
  switch (trace->source.plan.type) {
  case DROP_TYPED:
    return bpf_raw_tracepoint_open(NULL, trace->program);
  case DROP_TRACEPOINT:
    return bpf_tracepoint_open(trace->source.id, trace->program);
  default:
    return bpf_raw_tracepoint_open("kfree_skb", trace->program);
  }
}

/* Turns to the next simpler program: the same type without namespaces, then the
 * next type. Returns false if there is none. A program that reads namespaces
 * through a helper is slow, so it has to be wished for. */
static bool simplify(struct drop_trace *trace, bool can_have_netns) {
  struct drop_plan *plan = &trace->source.plan;
  if (plan->by_netns) {
    plan->by_netns = false;
    return true;
  }
  if (plan->type >= DROP_RAW_BLIND)
    return false;
  plan->type++;
  plan->by_netns =
      can_have_netns && plan->type == DROP_RAW && trace->wish.by_netns;
  return true;
}

/* Loads and attaches the program. Tries the types in turn: not all machines
 * support typed programs, and a kernel that is locked down for confidentiality
 * refuses those that read memory. */
static int start(struct drop_trace *trace, struct drop_trace_error *error) {
  struct drop_plan *plan = &trace->source.plan;
  plan->by_netns =
      plan->by_netns && drop_owner_find_operations(&plan->owner) == 0;
  plan->by_device = trace->wish.by_device;
  bool can_have_netns = plan->by_netns;
  trace->program = load(trace);
  while (trace->program < 0 && trace->program != -EPERM &&
         simplify(trace, can_have_netns))
    trace->program = load(trace);
  if (trace->program < 0)
    return fail_call(error, trace->program, "the BPF program is refused");
  trace->link = attach(trace);
  if (trace->link < 0)
    return fail_call(error, trace->link,
                     "the tracepoint kfree_skb takes no BPF program");
  trace->method = (struct drop_trace_method){
      .type = plan->type,
      .has_reason = plan->has_reason,
      .has_protocol = plan->type != DROP_RAW_BLIND,
      .has_netns = plan->by_netns,
      .has_device = plan->by_netns && plan->by_device,
  };
  return 0;
}

static int open_source(struct drop_trace *trace,
                       struct drop_trace_error *error) {
  const char *failure;
  int r = drop_maps_open(&trace->maps, trace->wish.places,
                         trace->source.plan.reasons, &failure);
  if (r < 0)
    fail_call(error, r, failure);
  else
    r = start(trace, error);
  if (r < 0)
    close_all(trace);
  return r;
}

/* Tries BTF first, and tracefs if that can succeed where BTF failed. */
static int open_any(struct drop_trace *trace, const struct sysroot *root,
                    struct drop_trace_error *error) {
  char no_btf[128], no_tracefs[128];
  int r = drop_source_from_btf(&trace->source, root, no_btf, sizeof(no_btf));
  if (r == 0) {
    r = open_source(trace, error);
    if (r == 0 || r == -EPERM || r == -ENOSYS || r == -ENOMEM)
      return r;
    snprintf(no_btf, sizeof(no_btf), "%.*s", (int)sizeof(no_btf) - 1,
             error->text);
  }
  r = drop_source_from_tracefs(&trace->source, root, no_tracefs,
                               sizeof(no_tracefs));
  if (r < 0)
    return fail(error, r, "%.110s, and %.110s", no_btf, no_tracefs);
  return open_source(trace, error);
}

int drop_trace_open(struct drop_trace **ret, const struct sysroot *root,
                    const struct drop_trace_wish *wish,
                    struct drop_trace_error *error) {
  struct drop_trace *trace = calloc(1, sizeof(*trace));
  if (trace == NULL)
    return fail(error, -ENOMEM, "no memory");
  trace->wish = *wish;
  trace->wish.by_netns = wish->by_netns || wish->by_device;
  trace->maps = DROP_MAPS;
  trace->program = trace->link = -1;
  int r = open_any(trace, root, error);
  if (r < 0) {
    free(trace);
    return r;
  }
  *ret = trace;
  return 0;
}

static int read_gaps(const struct drop_trace *trace,
                     struct drop_trace_gaps *ret) {
  uint64_t misses = 0;
  int r = bpf_program_misses(trace->program, &misses);
  if (r < 0 && r != -EOPNOTSUPP)
    return r;
  *ret = (struct drop_trace_gaps){.has_uncounted = r == 0,
                                  .uncounted = misses,
                                  .is_full = trace->maps.is_full};
  return 0;
}

int drop_trace_read(struct drop_trace *trace, const struct drop_row **ret,
                    size_t *ret_count, struct drop_trace_gaps *ret_gaps) {
  uint32_t unnamed =
      trace->method.has_reason ? DROP_OTHER_REASON : DROP_NO_REASON;
  struct drop_trace_gaps gaps;
  int r = drop_maps_read(&trace->maps, unnamed);
  if (r == 0)
    r = read_gaps(trace, &gaps);
  if (r < 0)
    return r;
  *ret = trace->maps.rows;
  *ret_count = trace->maps.row_count;
  *ret_gaps = gaps;
  return 0;
}

void drop_trace_close(struct drop_trace *trace) {
  if (trace == NULL)
    return;
  close_all(trace);
  free(trace);
}

const struct drop_trace_method *
drop_trace_method(const struct drop_trace *trace) {
  return &trace->method;
}

const struct drop_names *drop_trace_names(const struct drop_trace *trace) {
  return &trace->source.names;
}

int drop_trace_learn_names(struct drop_trace *trace,
                           const struct sysroot *root) {
  return drop_subsystems_learn(&trace->subsystems, root, &trace->source.names);
}

int drop_trace_program(const struct drop_trace *trace) {
  return trace->program;
}

struct drop_maps *drop_trace_maps(struct drop_trace *trace) {
  return &trace->maps;
}
