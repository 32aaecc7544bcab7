/* SPDX-License-Identifier: MIT */
#include "snmp_mtu.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sysroot.h"

#define DIRECTORY "sys/class/net"

static bool is_down(const struct sysroot *root, const char *interface) {
  char path[sizeof(DIRECTORY) + 2 * IF_NAMESIZE], state[16];
  snprintf(path, sizeof(path), DIRECTORY "/%.*s/operstate", IF_NAMESIZE - 1,
           interface);
  return sysroot_read_text(root, path, state, sizeof(state)) < 0 ||
         strcmp(state, "down") == 0;
}

static int read_mtu(const struct sysroot *root, const char *interface,
                    uint64_t *ret) {
  char path[sizeof(DIRECTORY) + 2 * IF_NAMESIZE];
  if (strlen(interface) >= IF_NAMESIZE || strcmp(interface, "lo") == 0 ||
      is_down(root, interface))
    return -ENOENT;
  snprintf(path, sizeof(path), DIRECTORY "/%.*s/mtu", IF_NAMESIZE - 1,
           interface);
  return sysroot_read_number(root, path, ret);
}

int snmp_mtu_find_smallest(const struct sysroot *root, struct snmp_mtu *ret) {
  DIR *directory;
  int r = sysroot_open_directory(root, DIRECTORY, &directory);
  if (r < 0)
    return r;
  uint64_t largest = 0;
  struct snmp_mtu smallest = {.bytes = UINT64_MAX};
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    uint64_t mtu;
    if (entry->d_name[0] == '.' || read_mtu(root, entry->d_name, &mtu) < 0)
      continue;
    if (mtu > largest)
      largest = mtu;
    if (mtu >= smallest.bytes)
      continue;
    smallest.bytes = mtu;
    snprintf(smallest.interface, sizeof(smallest.interface), "%.*s",
             IF_NAMESIZE - 1, entry->d_name);
  }
  closedir(directory);
  if (smallest.bytes >= largest)
    return -ENOENT;
  *ret = smallest;
  return 0;
}
