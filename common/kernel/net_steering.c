/* SPDX-License-Identifier: MIT */
#include "net_steering.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "net_device.h"
#include "net_sysfs.h"

/* Adds the RPS mask of a queue, if the kernel has RPS. */
static int add_queue(const struct sysroot *root, const char *directory,
                     const char *queue, struct cpulist *mask,
                     struct cpulist *all) {
  char path[PATH_MAX + NAME_MAX];
  if (strncmp(queue, "rx-", 3) != 0)
    return 0;
  snprintf(path, sizeof(path), "%s/%s/rps_cpus", directory, queue);
  int r = cpulist_read_mask(root, path, mask);
  if (r == -ENOENT || r == -EOPNOTSUPP)
    return 0;
  return r == 0 ? cpulist_unite(all, mask) : r;
}

static int read_rps(const struct sysroot *root, const char *interface,
                    struct cpulist *rps) {
  char path[NAME_MAX + 32];
  int length =
      snprintf(path, sizeof(path), "sys/class/net/%s/queues", interface);
  if (length < 0 || (size_t)length >= sizeof(path))
    return -ENAMETOOLONG;
  DIR *directory;
  int r = sysroot_open_directory(root, path, &directory);
  if (r < 0)
    return r;
  struct cpulist mask = {0};
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    r = add_queue(root, path, entry->d_name, &mask, rps);
  cpulist_free(&mask);
  closedir(directory);
  return r;
}

/* Reads the CPUs of the node that the device, or else the closest device that
 * it is part of, names. A software interface has no device. */
static int read_local(const struct sysroot *root, const char *interface,
                      uint32_t index, struct cpulist *local) {
  struct net_device device;
  char path[PATH_MAX];
  uint64_t node;
  if (net_device_find(root, interface, index, &device) < 0)
    return 0;
  while (!net_device_has(root, &device, "numa_node"))
    if (!net_device_up(root, &device))
      return 0;
  int r = net_device_file(&device, "numa_node", path);
  /* -1 is a device without a node. */
  if (r < 0 || sysroot_read_number(root, path, &node) < 0)
    return r;
  r = net_device_file(&device, "local_cpulist", path);
  if (r == 0)
    r = cpulist_read(root, path, local);
  return r == -ENOENT ? 0 : r;
}

static void clear(struct net_steering *steering) {
  cpulist_clear(&steering->rps);
  cpulist_clear(&steering->local);
}

int net_steering_read(const struct sysroot *root, const char *interface,
                      uint32_t index, struct net_steering *steering) {
  clear(steering);
  if (!net_sysfs_shows(root, interface, index))
    return -ENOENT;
  int r = read_rps(root, interface, &steering->rps);
  if (r == 0)
    r = read_local(root, interface, index, &steering->local);
  if (r < 0)
    clear(steering);
  return r;
}

void net_steering_free(struct net_steering *steering) {
  cpulist_free(&steering->rps);
  cpulist_free(&steering->local);
}
