/* SPDX-License-Identifier: MIT */
/* softnet. Its floor reads the open table, and the settings once a minute. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bench.h"
#include "fixture.h"
#include "layers.h"
#include "softnet_stat.h"

static const char *const settings[] = {"netdev_max_backlog", "netdev_budget",
                                       "netdev_budget_usecs", "dev_weight"};

struct floor {
  int fd; /* -1: the table is opened at each read */
  char table[PATH_MAX];
  char settings[4][PATH_MAX];
};

static void *floor_open(const struct bench_case *bench) {
  struct floor *floor = calloc(1, sizeof(*floor));
  if (floor == NULL)
    bench_die("calloc");
  const char *proc = bench->proc != NULL ? bench->proc : "/proc";
  snprintf(floor->table, PATH_MAX, "%s/net/softnet_stat", proc);
  for (size_t i = 0; i < 4; i++)
    snprintf(floor->settings[i], PATH_MAX, "%s/sys/net/core/%s", proc,
             settings[i]);
  floor->fd = -1;
  if (bench->proc == NULL) {
    floor->fd = open(floor->table, O_RDONLY | O_CLOEXEC);
    if (floor->fd < 0)
      bench_die(floor->table);
  }
  return floor;
}

/* Opens an ordinary file for each read and finds out its file system, as the
 * plugin does. */
static void read_table(const struct floor *floor) {
  if (floor->fd >= 0) {
    bench_drain(floor->fd);
    return;
  }
  int fd = open(floor->table, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    bench_die(floor->table);
  bench_drain(fd);
  struct statfs status;
  fstatfs(fd, &status);
  close(fd);
}

static void floor_read(void *data, unsigned read_number) {
  const struct floor *floor = data;
  read_table(floor);
  if (read_number % 60 == 0)
    for (size_t i = 0; i < 4; i++)
      bench_drain_path(floor->settings[i]);
}

static void floor_close(void *data) {
  struct floor *floor = data;
  if (floor->fd >= 0)
    close(floor->fd);
  free(floor);
}

static size_t count_rows(void) {
  struct sysroot root;
  struct softnet_stat stat = SOFTNET_STAT_INIT;
  if (sysroot_init(&root, NULL, NULL) < 0 ||
      softnet_stat_read(&root, &stat, NULL) < 0)
    bench_die("/proc/net/softnet_stat");
  size_t rows = stat.count;
  softnet_stat_free(&stat);
  sysroot_free(&root);
  return rows;
}

/* Returns how long the kernel takes to print one row of this host's table: the
 * time of a whole read less that of a read at the end. */
static double kernel_row_us(void) {
  static size_t rows;
  if (rows == 0)
    rows = count_rows();
  enum { READS = 4000 };
  char buffer[4096];
  int fd = open("/proc/net/softnet_stat", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    bench_die("/proc/net/softnet_stat");
  ssize_t length = 0;
  double begin = bench_cpu_us();
  for (int i = 0; i < READS; i++)
    length = pread(fd, buffer, sizeof(buffer), 0);
  double whole = bench_cpu_us() - begin;
  begin = bench_cpu_us();
  for (int i = 0; i < READS; i++)
    if (pread(fd, buffer, sizeof(buffer), length) > 0)
      bench_die("/proc/net/softnet_stat grew");
  double end = bench_cpu_us() - begin;
  close(fd);
  return (whole - end) / READS / (double)rows;
}

void bench_softnet(void) {
  char situation[64];
  snprintf(situation, sizeof(situation), "this host, %zu CPUs", count_rows());
  const struct bench_case host = {.layer = &softnet_layer,
                                  .situation = situation,
                                  .floor_open = floor_open,
                                  .floor_read = floor_read,
                                  .floor_close = floor_close};
  struct bench_result result = bench_run(&host);
  bench_print(&host, &result);

  char proc[PATH_MAX], sys[PATH_MAX];
  fixture_path("softnet/cpus-256/proc", proc, sizeof(proc));
  fixture_path("softnet/cpus-256/sys", sys, sizeof(sys));
  struct bench_case many = host;
  many.situation = "a table of 256 CPUs";
  many.proc = proc;
  many.sys = sys;
  many.rows = 256;
  many.yardstick = kernel_row_us;
  result = bench_run(&many);
  bench_print(&many, &result);
  printf("\nsoftnet's own time per row, of %zu: %.3f us; the kernel prints a "
         "row in %.3f us: %.2f of that\n",
         many.rows, (result.read_us - result.floor_us) / (double)many.rows,
         result.yardstick_us, result.own_ratio);
}
