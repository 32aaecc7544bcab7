/* SPDX-License-Identifier: MIT */
/* softnet: CPUs go offline and come back, counters wrap and are reset, the
 * table breaks and vanishes. */
#include "soak.h"

#include <stdint.h>
#include <stdio.h>

#include "layers.h"

enum { CPUS = 8 };

static struct { uint32_t processed, dropped, squeezed; } cpus[CPUS];

static void count(unsigned place) {
  for (unsigned i = 0; i < CPUS; i++) {
    cpus[i].processed += 150000000 + soak_choice(place, i, 1000);
    cpus[i].squeezed += soak_choice(place, 100 + i, 3);
    if (soak_loses(place) && i % 3 == 0)
      cpus[i].dropped += 500 * soak_choice(place, 200 + i, 10);
    if (soak_choice(place, 300 + i, 120) == 0)
      cpus[i].processed = cpus[i].dropped = cpus[i].squeezed = 0;
  }
}

static void lay_table(const struct temp_tree *tree, unsigned online) {
  char text[CPUS * 160], list[16];
  int length = 0;
  for (unsigned i = 0; i < online; i++)
    length += snprintf(text + length, sizeof(text) - (size_t)length,
                       "%08x %08x %08x 00000000 00000000 00000000 00000000 "
                       "00000000 00000000 00000005 00000001 00000003 %08x "
                       "00000002 00000001\n",
                       cpus[i].processed, cpus[i].dropped, cpus[i].squeezed, i);
  snprintf(list, sizeof(list), "0-%u\n", online - 1);
  temp_tree_write(tree, "proc/net/softnet_stat", text);
  temp_tree_write(tree, "sys/devices/system/cpu/online", list);
}

static void move(const struct temp_tree *tree, unsigned read, unsigned place) {
  (void)read;
  count(place);
  if (place == 300)
    temp_tree_unlink(tree, "proc/net/softnet_stat");
  else if (soak_choice(place, 400, 60) == 0)
    temp_tree_write(tree, "proc/net/softnet_stat", "no numbers\n");
  else if (place != 301)
    lay_table(tree, 2 + soak_choice(place, 401, CPUS - 1));
}

static void make(const struct temp_tree *tree) {
  temp_tree_write(tree, "proc/sys/net/core/netdev_max_backlog", "1000\n");
  temp_tree_write(tree, "proc/sys/net/core/netdev_budget", "300\n");
  lay_table(tree, CPUS);
}

int main(int argc, char **argv) {
  static const struct config_value yes = {.kind = CONFIG_BOOLEAN,
                                          .boolean = true};
  static const struct config_node options[] = {
      {.key = "ReportByCpu", .values = &yes, .value_count = 1}};
  static const struct soak soak = {.layer = &softnet_layer,
                                   .options = options,
                                   .option_count = 1,
                                   .make = make,
                                   .move = move};
  return soak_run(&soak, argc, argv);
}
