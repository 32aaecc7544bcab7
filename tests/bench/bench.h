/* SPDX-License-Identifier: MIT */
/* What a plugin's read costs beside what the kernel alone needs: the same
 * system calls with the results thrown away, measured in turn in one run. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

#include "config_node.h"
#include "layer.h"

/* One plugin in one situation. */
struct bench_case {
  const struct layer *layer;
  const char *situation; /* "this host" */
  const char *proc;      /* trees to read; NULL: the host's */
  const char *sys;
  const struct config_node *block; /* what else is configured, or NULL */
  size_t rows;   /* of the plugin's table, or 0 where that says nothing */
  size_t rounds; /* odd; 0: as many as usual */

  /* The floor: what start opens is read again and again. read_number counts
   * from 0, one read a second. */
  void *(*floor_open)(const struct bench_case *bench);
  void (*floor_read)(void *floor, unsigned read_number);
  void (*floor_close)(void *floor);

  /* Another cost that is measured in the same rounds, in microseconds, such as
   * that of one row in the kernel. May be NULL. */
  double (*yardstick)(void);
};

/* What was measured: medians over rounds. */
struct bench_result {
  double read_us;  /* CPU time of one read by the plugin */
  double floor_us; /* and of its floor */
  double ratio;
  double yardstick_us;
  double own_ratio;   /* read less floor, for each row, over the yardstick */
  double allocations; /* per read */
  size_t memory;      /* bytes that the plugin has allocated in the end */
  size_t series;
};

struct bench_result bench_run(const struct bench_case *bench);

/* CPU time of all the program's threads, in microseconds. */
double bench_cpu_us(void);

/* The median of count numbers, which are put in order. */
double bench_median(double *numbers, size_t count);

/* Reads a file to its end, in pieces of 4096 bytes, and throws it away. */
void bench_drain(int fd);

/* Opens, drains and closes. False: it is missing. */
bool bench_drain_path(const char *path);

/* Ends the program: the bench itself does not work. */
void bench_die(const char *what) __attribute__((noreturn));

/* Prints a case, run where there are so many network namespaces besides. */
#define BENCH_NAMESPACES 50
void bench_in_namespaces(const struct bench_case *bench);

/* The plugins' cases, NULL if there is none. Each prints its lines. */
#define BENCH_DECLARE(name) void bench_##name(void) __attribute__((weak));
LAYERS(BENCH_DECLARE)

/* Prints the line of a case. */
void bench_print(const struct bench_case *bench,
                 const struct bench_result *result);

/* Prints a line of what it has allocated. */
void bench_print_memory(const struct bench_case *bench,
                        const struct bench_result *result);

#endif
