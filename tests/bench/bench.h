/* SPDX-License-Identifier: MIT */
/* Compares the CPU time of a plugin's read with its floor, the same system
 * calls with the results thrown away. Both are measured in turn in one run. */
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
  const struct config_node *block; /* further options, or NULL */
  struct ledger *ledger;           /* that the layer joins, or NULL */
  size_t rows;                     /* of the plugin's table; 0: none */
  size_t rounds;                   /* odd; 0: the usual number */

  /* The floor opens its files once and reads them each second; read_number
   * counts from 0. */
  void *(*floor_open)(const struct bench_case *bench);
  void (*floor_read)(void *floor, unsigned read_number);
  void (*floor_close)(void *floor);

  /* Measures another cost in the same rounds, in microseconds, such as that of
   * one row in the kernel. May be NULL. */
  double (*yardstick)(void);
};

/* Medians over all rounds. */
struct bench_result {
  double read_us;  /* CPU time of one read of the plugin */
  double floor_us; /* and of the floor */
  double ratio;
  double yardstick_us;
  double own_ratio;   /* (read - floor) / rows / yardstick */
  double allocations; /* per read */
  size_t memory;      /* bytes allocated by the plugin at the end */
  size_t series;
};

struct bench_result bench_run(const struct bench_case *bench);

/* Returns the CPU time of all threads of the program, in microseconds. */
double bench_cpu_us(void);

/* Sorts count numbers and returns their median. */
double bench_median(double *numbers, size_t count);

/* Reads a file to its end in pieces of 4096 bytes. */
void bench_drain(int fd);

/* Opens, drains and closes a file. Returns false if it cannot be opened. */
bool bench_drain_path(const char *path);

/* Ends the program because the bench itself failed. */
void bench_die(const char *what) __attribute__((noreturn));

/* Runs a case and prints it with this many other network namespaces. */
#define BENCH_NAMESPACES 50
void bench_in_namespaces(const struct bench_case *bench);

/* Run the cases of a plugin and print their lines; NULL: there are none. */
#define BENCH_DECLARE(name) void bench_##name(void) __attribute__((weak));
LAYERS(BENCH_DECLARE)

/* Prints the line of a case. */
void bench_print(const struct bench_case *bench,
                 const struct bench_result *result);

/* Prints the line of a case's memory. */
void bench_print_memory(const struct bench_case *bench,
                        const struct bench_result *result);

#endif
