/* SPDX-License-Identifier: MIT */
#include "irq_neighbours.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "irq_name.h"

static int add(struct irq_neighbours *neighbours, const char *name) {
  char(*names)[IFNAMSIZ] = array_room(neighbours->names, &neighbours->room,
                                      neighbours->count, sizeof(*names));
  if (names == NULL)
    return -ENOMEM;
  neighbours->names = names;
  strcpy(names[neighbours->count++], name);
  return 0;
}

int irq_neighbours_read(const struct sysroot *root,
                        const struct net_device *device, const char *interface,
                        struct irq_neighbours *neighbours) {
  char path[PATH_MAX];
  DIR *directory;
  int r = net_device_file(device, "net", path);
  if (r == 0)
    r = sysroot_open_directory(root, path, &directory);
  if (r < 0)
    return r == -ENOENT ? 0 : r;
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.' && strlen(entry->d_name) < IFNAMSIZ &&
        strcmp(entry->d_name, interface) != 0)
      r = add(neighbours, entry->d_name);
  closedir(directory);
  return r;
}

bool irq_neighbours_own(const struct irq_neighbours *neighbours,
                        const char *name) {
  for (size_t i = 0; i < neighbours->count; i++) {
    const struct irq_name_owner owner = {.interface = neighbours->names[i]};
    if (irq_name_is_of(name, &owner))
      return true;
  }
  return false;
}

void irq_neighbours_free(struct irq_neighbours *neighbours) {
  free(neighbours->names);
  *neighbours = (struct irq_neighbours){0};
}
