/* SPDX-License-Identifier: MIT */
/* Checks on the running kernel that layers give back memory and files of
 * what is gone: before each read, a network namespace, an interface and some
 * sockets are replaced by others. 4,320 reads are 12 hours at an interval of 10
 * seconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALLOCATIONS_OF_LIBRARIES
#include "allocations.h"
#include "churn.h"
#include "layers.h"
#include "many_namespaces.h"
#include "open_files.h"
#include "runner.h"

/* Reads until reused memory has its final size. */
#define SETTLED 200

/* As far apart that the report admits the new series of each read. */
#define READ_SECONDS 100.0

/* Namespaces whose listeners are too new to be sent: sock_backlog waits for
 * three reads. */
#define NEW_SPACES 3

struct soak {
  unsigned reads;
  unsigned spaces;
};

static unsigned faults;

static void log_line(void *data, enum layer_severity severity,
                     const char *message) {
  (void)data;
  (void)severity;
  printf("# %s\n", message);
  faults++;
}

static void take_value(void *data, const struct report_value *value) {
  size_t *found = data;
  *found += strcmp(value->type_instance, "sockets") == 0 &&
            strstr(value->instance, "-tcp-80") != NULL;
}

static void take_alert(void *data, const struct alert *alert,
                       const struct explanation *explanation,
                       const char *message) {
  (void)data;
  (void)alert;
  (void)explanation;
  printf("# %s\n", message);
  faults++;
}

static void ignore_line(void *data, enum layer_severity severity,
                        const char *message) {
  (void)data;
  (void)severity;
  (void)message;
}

static void ignore_value(void *data, const struct report_value *value) {
  (void)data;
  (void)value;
}

static void ignore_alert(void *data, const struct alert *alert,
                         const struct explanation *explanation,
                         const char *message) {
  (void)data;
  (void)alert;
  (void)explanation;
  (void)message;
}

/* Starts a layer that watches the host, which may have something to log and to
 * raise. Returns NULL if it cannot work here. */
static struct runner *start_other(const struct layer *layer) {
  const struct frontend frontend = {
      .log = ignore_line, .value = ignore_value, .alert = ignore_alert};
  const struct config_value all = {.kind = CONFIG_STRING, .string = "/./"};
  const struct config_node options[] = {
      {.key = "Interface", .values = &all, .value_count = 1}};
  const struct config_node block = {
      .key = "Plugin", .children = options, .child_count = 1};
  struct runner *runner;
  if (runner_new(&runner, layer, &frontend) < 0)
    exit(99);
  if (layer == &nic_ethtool_layer)
    runner_configure(runner, &block);
  if (runner_start(runner) == 0)
    return runner;
  runner_free(runner);
  return NULL;
}

static struct runner *start(const struct layer *layer, size_t *found) {
  const struct frontend frontend = {
      .log = log_line, .value = take_value, .alert = take_alert, .data = found};
  const struct config_value all = {.kind = CONFIG_STRING, .string = "/./"};
  const struct config_value yes = {.kind = CONFIG_BOOLEAN, .boolean = true};
  const struct config_node options[] = {
      {.key = "Namespace", .values = &all, .value_count = 1},
      {.key = "Containers", .values = &yes, .value_count = 1},
  };
  const struct config_node block = {
      .key = "Plugin", .children = options, .child_count = 2};
  struct runner *runner;
  if (runner_new(&runner, layer, &frontend) < 0)
    exit(99);
  runner_configure(runner, &block);
  if (runner_start(runner) < 0)
    exit(99);
  return runner;
}

/* Resources of this process. */
struct usage {
  size_t blocks;   /* of allocated memory */
  size_t files;    /* open */
  size_t resident; /* KiB */
};

static struct usage usage(void) {
  struct usage now = {.blocks = allocations_in_use(), .files = open_files()};
  char line[128];
  FILE *status = fopen("/proc/self/status", "r");
  if (status == NULL)
    temp_tree_die("/proc/self/status");
  while (fgets(line, sizeof(line), status) != NULL)
    if (sscanf(line, "VmRSS: %zu", &now.resident) == 1)
      break;
  fclose(status);
  return now;
}

static void make(unsigned i) {
  if (i % 2 == 0)
    many_namespaces_name(i);
  else
    many_namespaces_process(i);
}

/* Not drop_reason, which remembers the places where any process on this machine
 * made the kernel drop packets. */
static const struct layer *const others[] = {
    &irq_balance_layer, &nic_ethtool_layer, &softnet_layer};
enum { OTHERS = sizeof(others) / sizeof(others[0]) };

struct readers {
  struct runner *sock, *snmp;
  struct runner *others[OTHERS]; /* NULL: it cannot work here */
  size_t found;                  /* listeners, in this read */
};

static void start_all(struct readers *readers) {
  readers->sock = start(&sock_backlog_layer, &readers->found);
  readers->snmp = start(&snmp_proto_layer, &readers->found);
  for (size_t i = 0; i < OTHERS; i++)
    readers->others[i] = start_other(others[i]);
}

static void free_all(const struct readers *readers) {
  runner_free(readers->sock);
  runner_free(readers->snmp);
  for (size_t i = 0; i < OTHERS; i++)
    runner_free(readers->others[i]);
}

static bool read_all(struct readers *readers, const struct soak *soak,
                     unsigned number) {
  size_t wanted = (size_t)soak->spaces * NAMESPACE_LISTENERS;
  double now = READ_SECONDS * number;
  readers->found = 0;
  if (runner_read(readers->sock, now) < 0 ||
      runner_read(readers->snmp, now) < 0)
    return false;
  for (size_t i = 0; i < OTHERS; i++)
    if (readers->others[i] != NULL)
      runner_read(readers->others[i], now);
  bool is_right = readers->found <= wanted &&
                  readers->found + NEW_SPACES * NAMESPACE_LISTENERS >= wanted;
  if (!is_right)
    printf("read %u: %zu listeners of %zu\n", number, readers->found, wanted);
  return is_right;
}

/* Reads once more, for the layers to forget what is gone. */
static bool settle(struct readers *readers, const struct soak *soak,
                   unsigned number, struct usage *ret) {
  if (!read_all(readers, soak, number))
    return false;
  *ret = usage();
  return true;
}

static bool judge(const struct soak *soak, const struct usage *first,
                  const struct usage *last) {
  printf("%u namespaces with %d listeners each and %d interfaces with sockets, "
         "one of each replaced before each of %u reads\n"
         "after %d reads: %zu blocks, %zu open files, %zu KiB\n"
         "after %u reads: %zu blocks, %zu open files, %zu KiB\n",
         soak->spaces, NAMESPACE_LISTENERS, CHURN_KEPT, soak->reads, SETTLED,
         first->blocks, first->files, first->resident, soak->reads,
         last->blocks, last->files, last->resident);
  return faults == 0 && last->files == first->files &&
         last->blocks == first->blocks;
}

static int run(void *data) {
  const struct soak *soak = data;
  struct readers readers;
  struct usage first = {0}, last;
  for (unsigned i = 0; i < soak->spaces; i++)
    make(i);
  for (unsigned i = 0; i < CHURN_KEPT; i++)
    churn(i);
  start_all(&readers);
  for (unsigned i = 1; i <= soak->reads; i++) {
    many_namespaces_end(i % soak->spaces);
    make(i % soak->spaces);
    churn(i + CHURN_KEPT);
    if (!read_all(&readers, soak, i) ||
        (i == SETTLED && !settle(&readers, soak, i, &first)))
      return 1;
  }
  if (!settle(&readers, soak, soak->reads + 1, &last))
    return 1;
  free_all(&readers);
  return judge(soak, &first, &last) ? 0 : 1;
}

int main(int argc, char **argv) {
  struct soak soak = {.reads = 10000, .spaces = 50};
  if (argc > 1)
    soak.reads = (unsigned)strtoul(argv[1], NULL, 10);
  if (argc > 2)
    soak.spaces = (unsigned)strtoul(argv[2], NULL, 10);
  if (soak.reads <= SETTLED || soak.spaces < 1 ||
      soak.spaces > MANY_NAMESPACES) {
    fprintf(stderr,
            "usage: soak_namespaces [READS [NAMESPACES]], more than %d reads "
            "and at most %d namespaces\n",
            SETTLED, MANY_NAMESPACES);
    return 2;
  }
  int r = many_namespaces_apart(run, &soak);
  if (r < 0)
    printf("skipped: %s\n", strerror(-r));
  return r < 0 ? 77 : r;
}
