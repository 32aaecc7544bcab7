/* SPDX-License-Identifier: MIT */
/* The device of an interface, and the devices that contain it: a virtio device
 * is part of a PCI function, which has the interrupts and the memory. */
#ifndef NET_DEVICE_H
#define NET_DEVICE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sysroot;

struct net_device {
  char path[PATH_MAX]; /* "sys/devices/pci0000:00/0000:00:03.0/virtio2" */
};

/* Finds an interface's device. Returns 0, or -errno: -ENOENT if this sysfs does
 * not show the interface, or it has no device. */
int net_device_find(const struct sysroot *root, const char *interface,
                    uint32_t index, struct net_device *device);

/* Returns the last part of the path, "virtio2". */
const char *net_device_name(const struct net_device *device);

/* Returns true for a PCI function: "0000:00:03.0". */
bool net_device_is_pci(const struct net_device *device);

/* Moves to the device that contains it. Returns false, the device unchanged, at
 * the top and on USB, whose devices have no interrupts. */
bool net_device_up(const struct sysroot *root, struct net_device *device);

/* Returns true if it has a file or directory of this name. */
bool net_device_has(const struct sysroot *root, const struct net_device *device,
                    const char *file);

/* Writes the path of such a file. Returns 0 or -ENAMETOOLONG. */
int net_device_file(const struct net_device *device, const char *file,
                    char ret[static PATH_MAX]);

#endif
