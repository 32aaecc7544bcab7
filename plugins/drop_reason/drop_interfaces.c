/* SPDX-License-Identifier: MIT */
#include "drop_interfaces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interface_name.h"

static void forget(struct drop_interfaces *interfaces,
                   struct drop_interface *interface, unsigned *room) {
  HASH_DEL(interfaces->all, interface);
  drop_share_free(&interface->share);
  free(interface);
  (*room)++;
}

static bool has_other(const struct drop_interfaces *interfaces,
                      const struct drop_interface *interface) {
  for (const struct drop_interface *other = interfaces->all; other != interface;
       other = other->hh.next)
    if (strcmp(other->name, interface->name) == 0)
      return true;
  return false;
}

/* Shows one interface of each name: they are asked one after the other, and one
 * may take the name of another meanwhile. */
static void choose_shown(struct drop_interfaces *interfaces) {
  for (struct drop_interface *interface = interfaces->all; interface != NULL;
       interface = interface->hh.next)
    interface->is_shown = !has_other(interfaces, interface);
}

/* Asks for a name again. Returns whether it has changed. */
static bool refresh(struct drop_interfaces *interfaces,
                    struct drop_interface *interface, unsigned *room) {
  char name[IFNAMSIZ];
  if (interface_name_find(interfaces->fd, interface->index, name) < 0) {
    forget(interfaces, interface, room);
    return true;
  }
  if (strcmp(name, interface->name) == 0)
    return false;
  memcpy(interface->name, name, sizeof(interface->name));
  drop_share_free(&interface->share);
  return true;
}

void drop_interfaces_begin(struct drop_interfaces *interfaces, unsigned *room) {
  struct drop_interface *interface, *next;
  bool has_changed = false;
  HASH_ITER(hh, interfaces->all, interface, next) {
    drop_share_begin(&interface->share);
    has_changed = refresh(interfaces, interface, room) || has_changed;
  }
  if (has_changed)
    choose_shown(interfaces);
}

struct drop_interface *
drop_interfaces_find(const struct drop_interfaces *interfaces, uint32_t index) {
  struct drop_interface *interface;
  HASH_FIND(hh, interfaces->all, &index, sizeof(index), interface);
  return interface;
}

static int add(struct drop_interfaces *interfaces, uint32_t index,
               const char name[static IFNAMSIZ], struct drop_interface **ret) {
  struct drop_interface *interface = calloc(1, sizeof(*interface));
  if (interface == NULL)
    return -ENOMEM;
  interface->index = index;
  memcpy(interface->name, name, sizeof(interface->name));
  HASH_ADD(hh, interfaces->all, index, sizeof(index), interface);
  if (!HASH_ADDED(interface)) {
    free(interface);
    return -ENOMEM;
  }
  choose_shown(interfaces);
  *ret = interface;
  return 0;
}

int drop_interfaces_take(struct drop_interfaces *interfaces, uint32_t index,
                         unsigned *room, struct drop_interface **ret) {
  char name[IFNAMSIZ];
  struct drop_interface *interface = drop_interfaces_find(interfaces, index);
  if (interface != NULL) {
    *ret = interface;
    return 0;
  }
  int r = interface_name_find(interfaces->fd, index, name);
  if (r == 0 && *room == 0)
    r = -ENOSPC;
  if (r == 0)
    r = add(interfaces, index, name, ret);
  if (r == 0)
    (*room)--;
  return r;
}

void drop_interfaces_free(struct drop_interfaces *interfaces, unsigned *room) {
  struct drop_interface *interface, *next;
  HASH_ITER(hh, interfaces->all, interface, next) {
    forget(interfaces, interface, room);
  }
  if (interfaces->fd >= 0)
    close(interfaces->fd);
  interfaces->fd = -1;
}
