/* SPDX-License-Identifier: MIT */
/* Cases of layers that watch network namespaces. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "many_namespaces.h"

static void print(const struct bench_case *bench) {
  struct bench_result result = bench_run(bench);
  bench_print(bench, &result);
}

static int run(void *data) {
  struct bench_case bench = *(const struct bench_case *)data;
  const struct config_value all = {.kind = CONFIG_STRING, .string = "/./"};
  const struct config_value yes = {.kind = CONFIG_BOOLEAN, .boolean = true};
  const struct config_node names = {
      .key = "Namespace", .values = &all, .value_count = 1};
  const struct config_node containers = {
      .key = "Containers", .values = &yes, .value_count = 1};
  struct config_node block = {
      .key = "Plugin", .children = &names, .child_count = 1};
  bench.block = &block;
  for (unsigned i = 0; i < BENCH_NAMESPACES; i++)
    many_namespaces_name(i);
  bench.situation = "50 namespaces by name";
  print(&bench);
  for (unsigned i = 0; i < BENCH_NAMESPACES; i++) {
    many_namespaces_end(i);
    many_namespaces_process(i);
  }
  block.children = &containers;
  bench.situation = "50 namespaces by process";
  print(&bench);
  return 0;
}

void bench_in_namespaces(const struct bench_case *bench) {
  struct bench_case copy = *bench;
  int r = many_namespaces_apart(run, &copy);
  if (r != 0)
    printf("%-14s %d namespaces: skipped: %s\n", bench->layer->name,
           BENCH_NAMESPACES, r < 0 ? strerror(-r) : "it failed");
  fflush(stdout);
}
