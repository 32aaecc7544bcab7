/* SPDX-License-Identifier: MIT */
#include "net_device.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net_sysfs.h"
#include "sysroot.h"

/* Resolves all links; writes the result as a path of root. */
static int resolve(const struct sysroot *root, const char *path,
                   char ret[static PATH_MAX]) {
  char where[PATH_MAX], base[PATH_MAX], real[PATH_MAX];
  int r = sysroot_path(root, path, where, sizeof(where));
  if (r < 0)
    return r;
  if (realpath(where, real) == NULL || realpath(root->sys, base) == NULL)
    return -errno;
  size_t length = strlen(base);
  if (strncmp(real, base, length) != 0 || real[length] != '/')
    return -ENOENT;
  int written = snprintf(ret, PATH_MAX, "sys%s", real + length);
  return written >= 0 && written < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int net_device_find(const struct sysroot *root, const char *interface,
                    uint32_t index, struct net_device *device) {
  if (!net_sysfs_shows(root, interface, index))
    return -ENOENT;
  char path[PATH_MAX];
  int length =
      snprintf(path, sizeof(path), "sys/class/net/%s/device", interface);
  if (length < 0 || (size_t)length >= sizeof(path))
    return -ENAMETOOLONG;
  return resolve(root, path, device->path);
}

const char *net_device_name(const struct net_device *device) {
  return strrchr(device->path, '/') + 1;
}

/* Checks the form "0000:00:03.0"; the domain can have more digits. */
bool net_device_is_pci(const struct net_device *device) {
  const char *at = net_device_name(device);
  size_t domain = strspn(at, "0123456789abcdef");
  if (domain < 4 || strlen(at + domain) != sizeof(":00:03.0") - 1)
    return false;
  at += domain;
  return at[0] == ':' && isxdigit((unsigned char)at[1]) &&
         isxdigit((unsigned char)at[2]) && at[3] == ':' &&
         isxdigit((unsigned char)at[4]) && isxdigit((unsigned char)at[5]) &&
         at[6] == '.' && isdigit((unsigned char)at[7]);
}

int net_device_file(const struct net_device *device, const char *file,
                    char ret[static PATH_MAX]) {
  int length = snprintf(ret, PATH_MAX, "%s/%s", device->path, file);
  return length >= 0 && length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

bool net_device_has(const struct sysroot *root, const struct net_device *device,
                    const char *file) {
  char path[PATH_MAX], where[PATH_MAX];
  return net_device_file(device, file, path) == 0 &&
         sysroot_path(root, path, where, sizeof(where)) == 0 &&
         access(where, F_OK) == 0;
}

static bool is_on_usb(const struct sysroot *root,
                      const struct net_device *device) {
  char path[PATH_MAX], bus[PATH_MAX];
  return net_device_file(device, "subsystem", path) == 0 &&
         resolve(root, path, bus) == 0 &&
         strcmp(strrchr(bus, '/') + 1, "usb") == 0;
}

bool net_device_up(const struct sysroot *root, struct net_device *device) {
  static const char top[] = "sys/devices/";
  if (strncmp(device->path, top, sizeof(top) - 1) != 0 ||
      is_on_usb(root, device))
    return false;
  char *last = strrchr(device->path, '/');
  if (last < device->path + sizeof(top) - 1)
    return false;
  *last = '\0';
  return true;
}
