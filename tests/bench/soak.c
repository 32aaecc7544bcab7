/* SPDX-License-Identifier: MIT */
#include "soak.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ALLOCATIONS_OF_LIBRARIES
#include "allocations.h"
#include "open_files.h"
#include "runner.h"

enum {
  FEW_READS = 4 * SOAK_PERIOD, /* without an argument */
  SETTLED = 2 * SOAK_PERIOD,   /* until reused memory has its final size */
  SPARE_BYTES = 65536,         /* lost where freed blocks do not fit exactly */
};

struct seen {
  uint64_t values, alerts, lines, failed;
};

/* Resources of this process. */
struct usage {
  size_t blocks, bytes, files;
};

static struct usage usage(void) {
  return (struct usage){.blocks = allocations_in_use(),
                        .bytes = mallinfo2().uordblks,
                        .files = open_files()};
}

unsigned soak_choice(unsigned place, unsigned salt, unsigned limit) {
  uint32_t mixed = (place + 1) * 2654435761u + salt * 2246822519u;
  mixed = (mixed ^ mixed >> 15) * 2246822519u;
  mixed = (mixed ^ mixed >> 13) * 3266489917u;
  return (mixed ^ mixed >> 16) % limit;
}

bool soak_loses(unsigned place) { return place % 50 < 10; }

static void log_line(void *data, enum layer_severity severity,
                     const char *message) {
  struct seen *seen = data;
  (void)severity;
  (void)message;
  seen->lines++;
}

static void take_value(void *data, const struct report_value *value) {
  struct seen *seen = data;
  (void)value;
  seen->values++;
}

static void take_alert(void *data, const struct alert *alert,
                       const struct explanation *explanation,
                       const char *message) {
  struct seen *seen = data;
  (void)alert;
  (void)explanation;
  (void)message;
  seen->alerts++;
}

static void configure(struct runner *runner, const struct soak *soak,
                      const struct temp_tree *tree) {
  const struct config_value proc = {.kind = CONFIG_STRING,
                                    .string = tree->proc},
                            sys = {.kind = CONFIG_STRING, .string = tree->sys};
  const struct config_node roots[] = {
      {.key = "ProcRoot", .values = &proc, .value_count = 1},
      {.key = "SysRoot", .values = &sys, .value_count = 1},
  };
  const struct config_node blocks[] = {
      {.key = "Plugin", .children = roots, .child_count = 2},
      {.key = "Plugin",
       .children = soak->options,
       .child_count = soak->option_count},
  };
  runner_configure(runner, &blocks[0]);
  runner_configure(runner, &blocks[1]);
}

static struct runner *start(const struct soak *soak,
                            const struct temp_tree *tree, struct seen *seen) {
  const struct frontend frontend = {
      .log = log_line, .value = take_value, .alert = take_alert, .data = seen};
  struct runner *runner;
  if (runner_new(&runner, soak->layer, &frontend) < 0)
    temp_tree_die("a runner");
  configure(runner, soak, tree);
  if (runner_start(runner) < 0)
    temp_tree_die(soak->layer->name);
  return runner;
}

static void print_usage(unsigned reads, const struct usage *usage) {
  printf("# after %u reads: %zu blocks, %zu bytes, %zu files\n", reads,
         usage->blocks, usage->bytes, usage->files);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool judge(const struct seen *seen, const struct usage *first,
                  const struct usage *last) {
  return seen->values > 0 && seen->alerts > 0 && last->files == first->files &&
         last->blocks == first->blocks &&
         last->bytes <= first->bytes + SPARE_BYTES;
}

static bool read_often(const struct soak *soak, const struct temp_tree *tree,
                       unsigned reads) {
  struct seen seen = {0};
  struct usage first = {0}, last;
  struct runner *runner = start(soak, tree, &seen);
  double begin = seconds();
  for (unsigned i = 0; i < reads; i++) {
    if (i == SETTLED)
      first = usage();
    soak->move(tree, i, i % SOAK_PERIOD);
    seen.failed += runner_read(runner, 10.0 * (i + 1)) < 0;
  }
  last = usage();
  printf("# %s: %u reads in %.0f s, %" PRIu64 " values, %" PRIu64
         " alerts, %" PRIu64 " lines of log, %" PRIu64 " failed reads\n",
         soak->layer->name, reads, seconds() - begin, seen.values, seen.alerts,
         seen.lines, seen.failed);
  print_usage(SETTLED, &first);
  print_usage(reads, &last);
  runner_free(runner);
  return judge(&seen, &first, &last);
}

/* Blocks that the allocator keeps for a thread count as in use: runs the
 * program again without them. */
static void run_without_cache(char **argv) {
  static const char name[] = "GLIBC_TUNABLES";
  static const char setting[] = "glibc.malloc.tcache_count=0";
  const char *before = getenv(name);
  if (before != NULL && strcmp(before, setting) == 0)
    return;
  if (setenv(name, setting, 1) < 0 || execv("/proc/self/exe", argv) < 0)
    temp_tree_die("/proc/self/exe");
}

int soak_run(const struct soak *soak, int argc, char **argv) {
  struct temp_tree tree;
  unsigned reads = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : FEW_READS;
  reads -= reads % SOAK_PERIOD;
  if (argc > 2 || reads <= SETTLED) {
    fprintf(stderr, "usage: %s [READS], more than %d\n", argv[0], SETTLED);
    return 2;
  }
  run_without_cache(argv);
  /* The tree changes at each read, so keep it in memory if possible. */
  if (access("/dev/shm", W_OK) == 0)
    setenv("TMPDIR", "/dev/shm", 0);
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("1..1\n");
  temp_tree_make(&tree);
  if (soak->make != NULL)
    soak->make(&tree);
  bool is_ok = read_often(soak, &tree, reads);
  if (soak->end != NULL)
    soak->end();
  temp_tree_remove(&tree);
  printf("%sok 1 - %s leaves nothing behind\n", is_ok ? "" : "not ",
         soak->layer->name);
  return is_ok ? 0 : 1;
}
