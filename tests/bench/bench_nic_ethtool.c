/* SPDX-License-Identifier: MIT */
/* nic_ethtool: the statistics of all links, all qdiscs, then each adapter's own
 * statistics; what links there are and how they are set up once a minute. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "bench_netlink.h"
#include "ethtool_ioctl.h"
#include "ethtool_stats.h"
#include "layers.h"
#include "netdev_qstats.h"
#include "netlink.h"

#define PAIRS 64
#define QUEUES 16

struct adapter {
  char name[IFNAMSIZ];
  struct ethtool_stats *values; /* NULL: it has none */
};

struct floor {
  struct netlink route;
  struct netlink generic;
  struct netlink monitor; /* two sockets on which nothing is announced */
  struct netlink link_monitor;
  uint16_t ethtool;
  uint16_t netdev; /* 0: no adapter has statistics by it */
  int fd;
  struct adapter *adapters;
  size_t count;
};

/* Whether the plugin watches an interface: in the bench's namespace all that it
 * has made, elsewhere those with a device. */
static bool is_wanted(const struct bench_case *bench, const char *name) {
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
  return bench->block != NULL ? strncmp(name, "veth", 4) == 0
                              : access(path, F_OK) == 0;
}

/* The number of an interface's own statistics. */
static size_t count_statistics(int fd, const char *name) {
  struct ethtool_statistics stats = {.count = 0};
  ethtool_stats_read_names(&stats, fd, name);
  size_t count = stats.count;
  ethtool_stats_free(&stats);
  return count;
}

static void add_adapter(struct floor *floor, const char *name) {
  struct adapter *adapter = &floor->adapters[floor->count++];
  snprintf(adapter->name, sizeof(adapter->name), "%s", name);
  size_t count = count_statistics(floor->fd, name);
  if (count == 0)
    return;
  adapter->values = calloc(1, sizeof(*adapter->values) + 8 * count);
  if (adapter->values == NULL)
    bench_die("calloc");
  adapter->values->cmd = ETHTOOL_GSTATS;
  adapter->values->n_stats = (uint32_t)count;
}

static void ask_route(struct floor *floor, uint16_t type, size_t header_size) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, type, true);
  mnl_nlmsg_put_extra_header(request, header_size);
  bench_ask(&floor->route, request);
}

static void ask_statistics(struct floor *floor) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, RTM_GETSTATS, true);
  struct if_stats_msg *header =
      mnl_nlmsg_put_extra_header(request, sizeof(*header));
  header->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  bench_ask(&floor->route, request);
}

static void ask_setting(struct floor *floor, uint8_t command) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request =
      netlink_begin_generic(buffer, floor->ethtool, command, true);
  struct nlattr *header = mnl_attr_nest_start(request, ETHTOOL_A_RINGS_HEADER);
  if (command == ETHTOOL_MSG_PAUSE_GET)
    mnl_attr_put_u32(request, ETHTOOL_A_HEADER_FLAGS, ETHTOOL_FLAG_STATS);
  mnl_attr_nest_end(request, header);
  bench_ask(&floor->generic, request);
}

/* The plugin reads these only if some adapter has any. */
static bool has_qstats(struct netlink *generic, uint16_t family) {
  struct netdev_qstats qstats = {.count = 0};
  bool has_some =
      netdev_qstats_read(generic, family, &qstats) == 0 && qstats.count > 0;
  netdev_qstats_free(&qstats);
  return has_some;
}

static void ask_qstats(struct floor *floor) {
  enum { QSTATS_GET = 12 };
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  bench_ask(&floor->generic,
            netlink_begin_generic(buffer, floor->netdev, QSTATS_GET, true));
}

static void *floor_open(const struct bench_case *bench) {
  struct floor *floor = calloc(1, sizeof(*floor));
  struct if_nameindex *links = if_nameindex();
  size_t count = 0;
  while (links != NULL && links[count].if_index != 0)
    count++;
  if (floor == NULL || links == NULL ||
      (floor->adapters = calloc(count + 1, sizeof(*floor->adapters))) == NULL)
    bench_die("if_nameindex");
  struct netlink_family family;
  floor->fd = ethtool_ioctl_open();
  if (floor->fd < 0 || netlink_open(&floor->route, NETLINK_ROUTE) < 0 ||
      netlink_open(&floor->generic, NETLINK_GENERIC) < 0 ||
      netlink_open(&floor->monitor, NETLINK_GENERIC) < 0 ||
      netlink_open(&floor->link_monitor, NETLINK_ROUTE) < 0)
    bench_die("socket");
  if (netlink_find_family(&floor->generic, ETHTOOL_GENL_NAME, &family) == 0 &&
      netlink_join(&floor->monitor, family.monitor) == 0)
    floor->ethtool = family.id;
  if (netlink_find_family(&floor->generic, "netdev", &family) == 0 &&
      has_qstats(&floor->generic, family.id))
    floor->netdev = family.id;
  for (size_t i = 0; i < count; i++)
    if (is_wanted(bench, links[i].if_name))
      add_adapter(floor, links[i].if_name);
  if_freenameindex(links);
  return floor;
}

static const char *const queue_files[] = {
    "tx_timeout", "byte_queue_limits/limit", "byte_queue_limits/inflight",
    "byte_queue_limits/stall_cnt"};
#define QUEUE_FILES (sizeof(queue_files) / sizeof(queue_files[0]))

/* A file that the first queue lacks is missing in all queues. Opens each from
 * the directory of the queues, as the plugin does. */
static void drain_queue(int directory, const char *queue,
                        bool has_file[static QUEUE_FILES]) {
  char path[PATH_MAX];
  for (size_t i = 0; i < QUEUE_FILES; i++) {
    if (!has_file[i])
      continue;
    snprintf(path, sizeof(path), "%s/%s", queue, queue_files[i]);
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    has_file[i] = fd >= 0;
    if (fd < 0)
      continue;
    bench_drain(fd);
    close(fd);
  }
}

static void drain_queues(const char *name) {
  bool has_file[QUEUE_FILES] = {true, true, true, true};
  char path[PATH_MAX / 2];
  snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", name);
  bench_drain_path(path);
  snprintf(path, sizeof(path), "/sys/class/net/%s/queues", name);
  DIR *directory = opendir(path);
  if (directory == NULL)
    return;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    if (strncmp(entry->d_name, "tx-", 3) == 0)
      drain_queue(dirfd(directory), entry->d_name, has_file);
  closedir(directory);
}

static void read_settings(struct floor *floor) {
  static const uint8_t commands[] = {
      ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_MSG_PAUSE_GET,
      ETHTOOL_MSG_COALESCE_GET, ETHTOOL_MSG_LINKMODES_GET};
  for (size_t i = 0; i < sizeof(commands) && floor->ethtool != 0; i++)
    ask_setting(floor, commands[i]);
  for (size_t i = 0; i < floor->count; i++)
    drain_queues(floor->adapters[i].name);
}

static void await_nothing(const struct netlink *monitor) {
  recv(mnl_socket_get_fd(monitor->socket), monitor->buffer, BENCH_BUFFER_SIZE,
       MSG_DONTWAIT | MSG_TRUNC);
}

static void floor_read(void *data, unsigned read_number) {
  struct floor *floor = data;
  await_nothing(&floor->link_monitor);
  if (read_number % 60 == 0)
    ask_route(floor, RTM_GETLINK, sizeof(struct ifinfomsg));
  else
    ask_statistics(floor);
  ask_route(floor, RTM_GETQDISC, sizeof(struct tcmsg));
  if (floor->netdev != 0)
    ask_qstats(floor);
  await_nothing(&floor->monitor);
  if (read_number % 60 == 0)
    read_settings(floor);
  for (size_t i = 0; i < floor->count; i++) {
    const struct adapter *adapter = &floor->adapters[i];
    if (adapter->values != NULL &&
        ethtool_ioctl_ask(floor->fd, adapter->name, adapter->values) < 0)
      bench_die(adapter->name);
  }
}

static void floor_close(void *data) {
  struct floor *floor = data;
  for (size_t i = 0; i < floor->count; i++)
    free(floor->adapters[i].values);
  free(floor->adapters);
  netlink_close(&floor->route);
  netlink_close(&floor->generic);
  netlink_close(&floor->monitor);
  netlink_close(&floor->link_monitor);
  close(floor->fd);
  free(floor);
}

static void run(const struct bench_case *bench) {
  struct bench_result result = bench_run(bench);
  bench_print(bench, &result);
  fflush(stdout);
}

static int make_pairs(void) {
  FILE *ip = popen("PATH=$PATH:/usr/sbin:/sbin ip -batch - 2>/dev/null", "w");
  if (ip == NULL)
    return -errno;
  for (int i = 0; i < PAIRS; i++)
    fprintf(ip,
            "link add veth%da numtxqueues %d numrxqueues %d "
            "type veth peer name veth%db numtxqueues %d numrxqueues %d\n"
            "link set veth%da addrgenmode none up\n"
            "link set veth%db addrgenmode none up\n",
            i, QUEUES, QUEUES, i, QUEUES, QUEUES, i, i);
  return pclose(ip) == 0 ? 0 : -EIO;
}

/* A network namespace full of interfaces, for this process, and a /sys that
 * shows them. Returns 0, or -errno with what failed. */
static int enter_namespace(const char **ret_what) {
  *ret_what = "no network namespace of its own";
  if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
    return -errno;
  *ret_what = "no /sys of its own";
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
      mount("sysfs", "/sys", "sysfs", 0, NULL) < 0)
    return -errno;
  *ret_what = "no veth pairs by ip";
  return make_pairs();
}

static void run_many(void) {
  const struct config_value pattern = {.kind = CONFIG_STRING,
                                       .string = "/^veth/"};
  const struct config_node option = {
      .key = "Interface", .values = &pattern, .value_count = 1};
  const struct config_node block = {
      .key = "Plugin", .children = &option, .child_count = 1};
  char situation[64];
  struct bench_case many = {.layer = &nic_ethtool_layer,
                            .situation = situation,
                            .block = &block,
                            .floor_open = floor_open,
                            .floor_read = floor_read,
                            .floor_close = floor_close};
  const char *what;
  int r = enter_namespace(&what);
  if (r < 0) {
    printf("%-14s %d veth pairs: skipped: %s: %s\n", many.layer->name, PAIRS,
           what, strerror(-r));
    return;
  }
  int fd = ethtool_ioctl_open();
  if (fd < 0)
    bench_die("socket");
  snprintf(situation, sizeof(situation), "%d veth, %zu counters", 2 * PAIRS,
           count_statistics(fd, "veth0a"));
  close(fd);
  run(&many);
}

void bench_nic_ethtool(void) {
  const struct bench_case host = {.layer = &nic_ethtool_layer,
                                  .situation = "this host",
                                  .floor_open = floor_open,
                                  .floor_read = floor_read,
                                  .floor_close = floor_close};
  run(&host);
  /* In a process of its own, with which the namespace ends. */
  fflush(stdout);
  pid_t child = fork();
  if (child < 0)
    bench_die("fork");
  if (child == 0) {
    run_many();
    fflush(stdout);
    _exit(0);
  }
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0)
    bench_die("veth pairs");
}
