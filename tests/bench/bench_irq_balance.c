/* SPDX-License-Identifier: MIT */
/* irq_balance. Its floor reads the softirqs, softnet_stat and the counts of the
 * interfaces' interrupts, and lists all links once a minute. The floor does not
 * include finding out which interrupts belong to which interface. */
#include <fcntl.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bench.h"
#include "bench_netlink.h"
#include "interface_choice.h"
#include "irq_tree.h"
#include "layers.h"
#include "nic_irqs.h"
#include "softnet_stat.h"

#define CPUS 256u
#define ROWS 2000u
#define FIRST 24u /* interrupt in the generated table */
#define VECTORS 64u
#define FIRST_VECTOR 500u
/* Large enough for each file. */
#define ROOM (16 << 20)

/* A file that is read each time. The floor opens it by its path; the plugin has
 * a cheaper way, from the directory of all interrupts. */
struct source {
  char path[128];
  int fd; /* -1: an ordinary file, which is opened for each read */
};

struct floor {
  struct netlink route;
  struct source *sources;
  size_t count;
  uint32_t *numbers;
  size_t number_count;
  char *buffer;
};

static const char *proc_of(const struct bench_case *bench) {
  return bench->proc != NULL ? bench->proc : "/proc";
}

static const char *sys_of(const struct bench_case *bench) {
  return bench->sys != NULL ? bench->sys : "/sys";
}

static void add_source(struct floor *floor, const struct bench_case *bench,
                       const char *tree, const char *file) {
  struct source *source = &floor->sources[floor->count++];
  snprintf(source->path, sizeof(source->path), "%s/%s", tree, file);
  source->fd = -1;
  if (bench->proc == NULL) {
    source->fd = open(source->path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0)
      bench_die(source->path);
  }
}

static void add_interface(struct floor *floor, const struct sysroot *root,
                          const char *name, uint32_t index) {
  struct interrupts interrupts = INTERRUPTS_INIT;
  struct nic_irqs irqs = {0};
  if (nic_irqs_read(root, &interrupts, NULL, name, index, &irqs) < 0)
    bench_die(name);
  floor->numbers =
      realloc(floor->numbers,
              (floor->number_count + irqs.count + 1) * sizeof(*floor->numbers));
  if (floor->numbers == NULL)
    bench_die("realloc");
  for (size_t i = 0; i < irqs.count; i++)
    floor->numbers[floor->number_count++] = irqs.items[i].number;
  nic_irqs_free(&irqs);
  interrupts_free(&interrupts);
}

/* Finds the plugin's interfaces. In a generated tree that is lo. */
static void find_interfaces(struct floor *floor,
                            const struct bench_case *bench) {
  struct sysroot root;
  struct link_stats links = {0};
  if (sysroot_init(&root, bench->proc, bench->sys) < 0 ||
      link_stats_read(&floor->route, &links) < 0)
    bench_die("links");
  for (size_t i = 0; i < links.count; i++) {
    const struct link_stats_one *link = &links.items[i];
    bool is_wanted = bench->proc != NULL
                         ? strcmp(link->name, "lo") == 0
                         : interface_choice_has_device(&root, link);
    if (is_wanted)
      add_interface(floor, &root, link->name, link->index);
  }
  link_stats_free(&links);
  sysroot_free(&root);
}

static void *floor_open(const struct bench_case *bench) {
  struct floor *floor = calloc(1, sizeof(*floor));
  if (floor == NULL || netlink_open(&floor->route, NETLINK_ROUTE) < 0)
    bench_die("netlink");
  find_interfaces(floor, bench);
  floor->sources = calloc(floor->number_count + 4, sizeof(*floor->sources));
  floor->buffer = malloc(ROOM);
  if (floor->sources == NULL || floor->buffer == NULL)
    bench_die("memory");
  add_source(floor, bench, sys_of(bench), "devices/system/cpu/online");
  add_source(floor, bench, proc_of(bench), "softirqs");
  add_source(floor, bench, proc_of(bench), "net/softnet_stat");
  char counts[128];
  snprintf(counts, sizeof(counts), "%s/kernel/irq", sys_of(bench));
  if (access(counts, F_OK) != 0)
    add_source(floor, bench, proc_of(bench), "interrupts");
  else
    for (size_t i = 0; i < floor->number_count; i++) {
      snprintf(counts, sizeof(counts), "kernel/irq/%u/per_cpu_count",
               floor->numbers[i]);
      add_source(floor, bench, sys_of(bench), counts);
    }
  return floor;
}

static void read_source(const struct source *source, char *buffer) {
  int fd = source->fd;
  if (fd < 0)
    fd = open(source->path, O_RDONLY | O_CLOEXEC);
  ssize_t length = 0, n;
  while ((n = pread(fd, buffer + length, (size_t)(ROOM - length), length)) > 0)
    length += n;
  if (source->fd >= 0)
    return;
  struct statfs status;
  fstatfs(fd, &status);
  close(fd);
}

static void floor_read(void *data, unsigned read_number) {
  struct floor *floor = data;
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, RTM_GETLINK, true);
  mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
  if (read_number % 60 == 0)
    bench_ask(&floor->route, request);
  /* Looks for an announcement. */
  recv(mnl_socket_get_fd(floor->route.socket), floor->route.buffer,
       BENCH_BUFFER_SIZE, MSG_DONTWAIT);
  for (size_t i = 0; i < floor->count; i++)
    read_source(&floor->sources[i], floor->buffer);
}

static void floor_close(void *data) {
  struct floor *floor = data;
  for (size_t i = 0; i < floor->count; i++)
    if (floor->sources[i].fd >= 0)
      close(floor->sources[i].fd);
  netlink_close(&floor->route);
  free(floor->sources);
  free(floor->numbers);
  free(floor->buffer);
  free(floor);
}

/* --- A host with many interrupts and CPUs --- */

static void write_text(const struct temp_tree *tree, const char *path,
                       struct irq_text *text) {
  temp_tree_write_bytes(tree, path, text->text, text->length);
  irq_text_free(text);
}

static void write_softirqs(const struct temp_tree *tree) {
  struct irq_text softirqs = {0}, softnet = {0};
  for (unsigned i = 0; i < CPUS; i++)
    irq_text_add(&softirqs, " CPU%u", i);
  for (const char *const *row =
           (const char *const[]){"\n HI:", "\n NET_TX:", "\n NET_RX:", NULL};
       *row != NULL; row++) {
    irq_text_add(&softirqs, "%s", *row);
    for (unsigned i = 0; i < CPUS; i++)
      irq_text_add(&softirqs, " %10u", irq_tree_count(1, i));
  }
  irq_text_add(&softirqs, "\n");
  for (unsigned i = 0; i < CPUS; i++)
    for (unsigned column = 0; column < SOFTNET_COLUMNS_QUEUES; column++)
      irq_text_add(&softnet, "%08x%c",
                   column == 0    ? irq_tree_count(2, i)
                   : column == 12 ? i
                                  : 0,
                   column + 1 < SOFTNET_COLUMNS_QUEUES ? ' ' : '\n');
  write_text(tree, "proc/softirqs", &softirqs);
  write_text(tree, "proc/net/softnet_stat", &softnet);
}

/* Gives lo the interrupts, because every host has lo. */
static void write_vectors(const struct temp_tree *tree) {
  temp_tree_write(tree, "sys/class/net/lo/ifindex", "1\n");
  for (unsigned i = FIRST_VECTOR; i < FIRST_VECTOR + VECTORS; i++) {
    char path[64], text[16];
    snprintf(path, sizeof(path), "sys/class/net/lo/device/msi_irqs/%u", i);
    temp_tree_write(tree, path, "msix\n");
    snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", i);
    snprintf(text, sizeof(text), "%u\n", i % CPUS);
    temp_tree_write(tree, path, text);
  }
}

static void make_tree(struct temp_tree *tree) {
  char cpus[16];
  temp_tree_make(tree);
  snprintf(cpus, sizeof(cpus), "0-%u\n", CPUS - 1);
  temp_tree_write(tree, "sys/devices/system/cpu/online", cpus);
  temp_tree_write(tree, "sys/devices/system/cpu/possible", cpus);
  write_softirqs(tree);
  write_vectors(tree);
}

static void write_counts(const struct temp_tree *tree) {
  for (unsigned i = FIRST; i < FIRST + ROWS; i++) {
    char path[64], name[32];
    struct irq_text text = {0};
    for (unsigned j = 0; j < CPUS; j++)
      irq_text_add(&text, "%s%u", j > 0 ? "," : "", irq_tree_count(i, j));
    irq_text_add(&text, "\n");
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/per_cpu_count", i);
    write_text(tree, path, &text);
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/actions", i);
    snprintf(name, sizeof(name), "eth0-TxRx-%u\n", i - FIRST);
    temp_tree_write(tree, path, name);
  }
}

/* Returns what a bare count of the table's lines takes, for each line. */
static double line_us(void) {
  static struct irq_text table;
  if (table.text == NULL)
    table = irq_tree_table(CPUS, 1, FIRST, ROWS);
  size_t lines = 0;
  double begin = bench_cpu_us();
  const char *at = table.text, *end = at + table.length;
  while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
    at++;
    lines++;
  }
  double all = bench_cpu_us() - begin;
  if (lines < ROWS)
    bench_die("the table's lines");
  return all / ROWS;
}

static void run_many(const char *situation, const struct temp_tree *tree,
                     bool show_lines) {
  const struct config_value name = {.kind = CONFIG_STRING, .string = "lo"};
  const struct config_node option = {
      .key = "Interface", .values = &name, .value_count = 1};
  const struct config_node block = {
      .key = "Plugin", .children = &option, .child_count = 1};
  const struct bench_case many = {.layer = &irq_balance_layer,
                                  .situation = situation,
                                  .proc = tree->proc,
                                  .sys = tree->sys,
                                  .block = &block,
                                  .rows = ROWS,
                                  .floor_open = floor_open,
                                  .floor_read = floor_read,
                                  .floor_close = floor_close,
                                  .yardstick = line_us};
  struct bench_result result = bench_run(&many);
  bench_print(&many, &result);
  if (show_lines)
    printf("\nirq_balance's own time, of %u CPUs x %u interrupts: %.0f us; a "
           "bare count of the\nlines takes %.0f us: %.2f of that\n\n",
           CPUS, ROWS, result.read_us - result.floor_us,
           ROWS * result.yardstick_us, result.own_ratio);
  fflush(stdout);
}

void bench_irq_balance(void) {
  const struct bench_case host = {.layer = &irq_balance_layer,
                                  .situation = "this host",
                                  .floor_open = floor_open,
                                  .floor_read = floor_read,
                                  .floor_close = floor_close};
  struct bench_result result = bench_run(&host);
  bench_print(&host, &result);
  struct temp_tree tree;
  make_tree(&tree);
  struct irq_text table = irq_tree_table(CPUS, 1, FIRST, ROWS);
  write_text(&tree, "proc/interrupts", &table);
  run_many("64 of 2000, the table", &tree, true);
  write_counts(&tree);
  run_many("64 of 2000, each its file", &tree, false);
  temp_tree_remove(&tree);
}
