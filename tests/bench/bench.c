/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "allocations.h"
#include "runner.h"

/* The most rounds; odd, for the median. */
#define ROUNDS 21
/* The length of one measurement: whole minutes of one read a second, so that
 * each includes what is read once a minute. */
#define ROUND_US 40e3
#define MINUTE 60

void bench_die(const char *what) {
  perror(what);
  exit(1);
}

double bench_cpu_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_median(double *numbers, size_t count) {
  qsort(numbers, count, sizeof(*numbers), compare);
  return numbers[count / 2];
}

void bench_drain(int fd) {
  static char buffer[4096];
  off_t offset = 0;
  ssize_t n;
  while ((n = pread(fd, buffer, sizeof(buffer), offset)) > 0)
    offset += n;
}

bool bench_drain_path(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  bench_drain(fd);
  close(fd);
  return true;
}

static void log_line(void *data, enum layer_severity severity,
                     const char *message) {
  (void)data;
  (void)severity;
  fprintf(stderr, "# %s\n", message);
}

static void count_value(void *data, const struct report_value *value) {
  (void)value;
  ++*(size_t *)data;
}

static void ignore_alert(void *data, const struct alert *alert,
                         const struct explanation *explanation,
                         const char *message) {
  (void)data;
  (void)alert;
  (void)explanation;
  (void)message;
}

static struct runner *start_runner(const struct bench_case *bench,
                                   size_t *values) {
  const struct frontend frontend = {.log = log_line,
                                    .value = count_value,
                                    .alert = ignore_alert,
                                    .data = values,
                                    .ledger = bench->ledger};
  const struct config_value proc = {.kind = CONFIG_STRING,
                                    .string = bench->proc};
  const struct config_value sys = {.kind = CONFIG_STRING, .string = bench->sys};
  const struct config_node options[] = {
      {.key = "ProcRoot", .values = &proc, .value_count = 1},
      {.key = "SysRoot", .values = &sys, .value_count = 1},
  };
  const struct config_node block = {
      .key = "Plugin",
      .children = options,
      .child_count = bench->proc != NULL ? 2 : 0,
  };
  struct runner *runner;
  if (runner_new(&runner, bench->layer, &frontend) < 0)
    bench_die("runner_new");
  runner_configure(runner, &block);
  if (bench->block != NULL)
    runner_configure(runner, bench->block);
  if (runner_start(runner) < 0 || runner_read(runner, 0) < 0)
    bench_die(bench->layer->name);
  return runner;
}

/* A plugin and its floor; now is the plugin's clock. */
struct contest {
  struct runner *runner;
  double now;
  const struct bench_case *bench;
  void *floor;
  unsigned floor_reads;
};

static double time_plugin(struct contest *contest, unsigned reads) {
  double begin = bench_cpu_us();
  for (unsigned i = 0; i < reads; i++)
    runner_read(contest->runner, contest->now += 1);
  return (bench_cpu_us() - begin) / reads;
}

static double time_floor(struct contest *contest, unsigned reads) {
  double begin = bench_cpu_us();
  for (unsigned i = 0; i < reads; i++)
    contest->bench->floor_read(contest->floor, contest->floor_reads++);
  return (bench_cpu_us() - begin) / reads;
}

/* Returns how many reads take about the length of a round. */
static unsigned reads_per_round(struct contest *contest) {
  double minute = MINUTE * time_plugin(contest, MINUTE);
  return MINUTE * (1 + (unsigned)(ROUND_US / (minute > 1 ? minute : 1)));
}

/* Returns the number of allocated bytes. */
static size_t memory_in_use(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct bench_result bench_run(const struct bench_case *bench) {
  size_t values = 0;
  size_t memory = memory_in_use();
  struct contest contest = {.runner = start_runner(bench, &values),
                            .bench = bench,
                            .floor = bench->floor_open(bench)};
  struct bench_result result = {.series = values};
  unsigned reads = reads_per_round(&contest);
  time_floor(&contest, reads);

  const size_t rounds = bench->rounds != 0 ? bench->rounds : ROUNDS;
  double plugin[ROUNDS] = {0}, floor[ROUNDS] = {0}, ratio[ROUNDS] = {0};
  double yardstick[ROUNDS] = {0}, own[ROUNDS] = {0};
  size_t allocations = 0;
  for (size_t i = 0; i < rounds; i++) {
    size_t before = allocations_count();
    plugin[i] = time_plugin(&contest, reads);
    allocations += allocations_count() - before;
    floor[i] = time_floor(&contest, reads);
    ratio[i] = plugin[i] / floor[i];
    if (bench->yardstick != NULL) {
      yardstick[i] = bench->yardstick();
      own[i] = (plugin[i] - floor[i]) / (double)bench->rows / yardstick[i];
    }
  }
  result.read_us = bench_median(plugin, rounds);
  result.floor_us = bench_median(floor, rounds);
  result.ratio = bench_median(ratio, rounds);
  result.yardstick_us = bench_median(yardstick, rounds);
  result.own_ratio = bench_median(own, rounds);
  result.allocations = (double)allocations / ((double)reads * (double)rounds);
  bench->floor_close(contest.floor);
  result.memory = memory_in_use() - memory;
  runner_free(contest.runner);
  return result;
}

void bench_print(const struct bench_case *bench,
                 const struct bench_result *result) {
  printf("%-14s %-26s %9.2f %9.2f %7.2f %12.2f %7zu\n", bench->layer->name,
         bench->situation, result->read_us, result->floor_us, result->ratio,
         result->allocations, result->series);
}

void bench_print_memory(const struct bench_case *bench,
                        const struct bench_result *result) {
  printf("%-14s has allocated %.1f KiB\n", bench->layer->name,
         (double)result->memory / 1024);
}

/* bench [PLUGIN...] runs all plugins unless some are named. */
static bool is_requested(const char *name, int argc, char **argv) {
  bool is_named = argc < 2;
  for (int i = 1; i < argc; i++)
    is_named = is_named || strcmp(argv[i], name) == 0;
  return is_named;
}

int main(int argc, char **argv) {
  printf("CPU time of one read, and of its floor: the same system calls with "
         "the results\nthrown away. Medians of %d rounds, in turn.\n\n",
         ROUNDS);
  printf("%-14s %-26s %9s %9s %7s %12s %7s\n", "plugin", "situation", "read us",
         "floor us", "ratio", "allocations", "series");
#define BENCH_RUN(name)                                                        \
  if (bench_##name != NULL && is_requested(#name, argc, argv))                 \
    bench_##name();
  LAYERS(BENCH_RUN)
  return 0;
}
