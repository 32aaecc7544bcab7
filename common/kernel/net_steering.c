/* SPDX-License-Identifier: MIT */
#include "net_steering.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "net_device.h"
#include "net_sysfs.h"
#include "sysroot.h"

/* A number in a small file; false if there is none. */
static bool read_number(const struct sysroot *root, const char *path,
                        int64_t *ret) {
  char text[32];
  if (sysroot_read_text(root, path, text, sizeof(text)) < 0)
    return false;
  struct scan scan = scan_text(text, strlen(text));
  return scan_i64(&scan, ret) && scan_done(&scan);
}

/* Adds the mask of a queue, where it has one, to those of the others. */
static int add_mask(const struct sysroot *root, const char *path,
                    struct cpulist *one, struct cpulist *all,
                    unsigned *queues) {
  int r = cpulist_read_mask(root, path, one);
  /* The one queue of a device has no XPS mask. */
  if (r == -ENOENT || r == -EOPNOTSUPP)
    return 0;
  if (r == 0 && one->count > 0) {
    ++*queues;
    r = cpulist_unite(all, one);
  }
  return r;
}

static int add_queue(const struct sysroot *root, const char *directory,
                     const char *queue, struct cpulist *mask,
                     struct net_steering *steering) {
  char path[PATH_MAX + 2 * NAME_MAX];
  int64_t flows;
  if (strncmp(queue, "tx-", 3) == 0) {
    steering->tx_queues++;
    snprintf(path, sizeof(path), "%s/%s/xps_cpus", directory, queue);
    return add_mask(root, path, mask, &steering->xps, &steering->xps_queues);
  }
  if (strncmp(queue, "rx-", 3) != 0)
    return 0;
  steering->rx_queues++;
  snprintf(path, sizeof(path), "%s/%s/rps_flow_cnt", directory, queue);
  if (read_number(root, path, &flows) && flows > 0)
    steering->rfs_flows += (uint64_t)flows;
  snprintf(path, sizeof(path), "%s/%s/rps_cpus", directory, queue);
  return add_mask(root, path, mask, &steering->rps, &steering->rps_queues);
}

static int add_queues(const struct sysroot *root, const char *interface,
                      struct net_steering *steering) {
  char path[NAME_MAX + 32], real[PATH_MAX];
  int length =
      snprintf(path, sizeof(path), "sys/class/net/%s/queues", interface);
  if (length < 0 || (size_t)length >= sizeof(path))
    return -ENAMETOOLONG;
  int r = sysroot_path(root, path, real, sizeof(real));
  if (r < 0)
    return r;
  DIR *directory = opendir(real);
  if (directory == NULL)
    return -errno;
  struct cpulist mask = {0};
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    r = add_queue(root, path, entry->d_name, &mask, steering);
  cpulist_free(&mask);
  closedir(directory);
  return r;
}

/* The node, and the CPUs near to it, of the device or of the first one that it
 * is part of and that tells. An interface of software has none. */
static int take_node(const struct sysroot *root, const char *interface,
                     uint32_t index, struct net_steering *steering) {
  struct net_device device;
  char path[PATH_MAX];
  int64_t node = -1;
  if (net_device_find(root, interface, index, &device) < 0)
    return 0;
  while (!net_device_has(root, &device, "numa_node"))
    if (!net_device_up(root, &device))
      return 0;
  int r = net_device_file(&device, "numa_node", path);
  if (r < 0 || !read_number(root, path, &node) || node < 0 || node > INT32_MAX)
    return r;
  steering->node = (int)node;
  r = net_device_file(&device, "local_cpulist", path);
  if (r == 0)
    r = cpulist_read(root, path, &steering->local);
  return r == -ENOENT ? 0 : r;
}

static void clear(struct net_steering *steering) {
  cpulist_clear(&steering->rps);
  cpulist_clear(&steering->xps);
  cpulist_clear(&steering->local);
  *steering = (struct net_steering){
      .rps = steering->rps,
      .xps = steering->xps,
      .local = steering->local,
      .node = -1,
  };
}

int net_steering_read(const struct sysroot *root, const char *interface,
                      uint32_t index, struct net_steering *steering) {
  clear(steering);
  if (!net_sysfs_shows(root, interface, index))
    return -ENOENT;
  int r = add_queues(root, interface, steering);
  if (r == 0)
    r = take_node(root, interface, index, steering);
  if (r < 0)
    clear(steering);
  return r;
}

void net_steering_free(struct net_steering *steering) {
  cpulist_free(&steering->rps);
  cpulist_free(&steering->xps);
  cpulist_free(&steering->local);
  *steering = (struct net_steering){.node = -1};
}
