/* SPDX-License-Identifier: MIT */
/* snmp_proto: eleven tables, kept open; settings once a minute. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "layers.h"
#include "many_namespaces.h"

static const char *const tables[] = {
    "/proc/net/snmp",           "/proc/net/netstat",
    "/proc/net/snmp6",          "/proc/net/sctp/snmp",
    "/proc/net/xfrm_stat",      "/proc/net/stat/nf_conntrack",
    "/proc/net/stat/arp_cache", "/proc/net/stat/ndisc_cache",
    "/proc/net/sockstat",       "/proc/net/sockstat6",
};
#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

struct floor {
  int tables[TABLE_COUNT];
  char (*settings)[PATH_MAX];
  size_t setting_count;
};

/* Writes the path of a setting: /proc/sys/net/ipv4/tcp_rmem for
 * net.ipv4.tcp_rmem[2]. */
static void make_path(char path[static PATH_MAX], const char *setting) {
  int length = snprintf(path, PATH_MAX, "/proc/sys/%.*s",
                        (int)strcspn(setting, "["), setting);
  for (int i = (int)strlen("/proc/sys/"); i < length; i++)
    if (path[i] == '.')
      path[i] = '/';
}

static void *floor_open(const struct bench_case *bench) {
  struct floor *floor = calloc(1, sizeof(*floor));
  size_t count = bench->layer->meter_count;
  if (floor == NULL ||
      (floor->settings = calloc(count, sizeof(*floor->settings))) == NULL)
    bench_die("calloc");
  for (size_t i = 0; i < TABLE_COUNT; i++)
    floor->tables[i] = open(tables[i], O_RDONLY | O_CLOEXEC);
  for (size_t i = 0; i < count; i++)
    if (bench->layer->meters[i].meaning == METER_SETTING)
      make_path(floor->settings[floor->setting_count++],
                bench->layer->meters[i].setting);
  return floor;
}

static void floor_read(void *data, unsigned read_number) {
  const struct floor *floor = data;
  for (size_t i = 0; i < TABLE_COUNT; i++) {
    if (floor->tables[i] >= 0)
      bench_drain(floor->tables[i]);
    else
      bench_drain_path(tables[i]);
  }
  if (read_number % 60 == 0)
    for (size_t i = 0; i < floor->setting_count; i++)
      bench_drain_path(floor->settings[i]);
}

static void floor_close(void *data) {
  struct floor *floor = data;
  for (size_t i = 0; i < TABLE_COUNT; i++)
    if (floor->tables[i] >= 0)
      close(floor->tables[i]);
  free(floor->settings);
  free(floor);
}

static void *spaces_open(const struct bench_case *bench) {
  struct floor **floors = calloc(1 + BENCH_NAMESPACES, sizeof(*floors));
  if (floors == NULL)
    bench_die("calloc");
  for (int i = 0; i <= BENCH_NAMESPACES; i++) {
    many_namespaces_enter(i - 1);
    floors[i] = floor_open(bench);
  }
  many_namespaces_enter(-1);
  return floors;
}

/* Skips tables that the namespace does not have. */
static void spaces_read(void *data, unsigned read_number) {
  struct floor **floors = data;
  floor_read(floors[0], read_number);
  for (int i = 1; i <= BENCH_NAMESPACES; i++)
    for (size_t j = 0; j < TABLE_COUNT; j++)
      if (floors[i]->tables[j] >= 0)
        bench_drain(floors[i]->tables[j]);
}

static void spaces_close(void *data) {
  struct floor **floors = data;
  for (int i = 0; i <= BENCH_NAMESPACES; i++)
    floor_close(floors[i]);
  free(floors);
}

void bench_snmp_proto(void) {
  const struct bench_case host = {.layer = &snmp_proto_layer,
                                  .situation = "this host",
                                  .floor_open = floor_open,
                                  .floor_read = floor_read,
                                  .floor_close = floor_close};
  struct bench_result result = bench_run(&host);
  bench_print(&host, &result);
  const struct bench_case spaces = {.layer = &snmp_proto_layer,
                                    .floor_open = spaces_open,
                                    .floor_read = spaces_read,
                                    .floor_close = spaces_close};
  bench_in_namespaces(&spaces);
}
