/* SPDX-License-Identifier: MIT */
#include "interface_choice.h"

#include "net_sysfs.h"

/* An interface made by software has a kind, except the loopback device and a
 * few old ones; newer kernels name the device of the others. */
bool interface_choice_has_device(const struct sysroot *root,
                                 const struct link_stats_one *link) {
  if (link->has_device)
    return true;
  return link->kind[0] == '\0' &&
         net_sysfs_has_device(root, link->name, link->index);
}

bool interface_choice_selects(const struct interface_choice *choice,
                              const struct sysroot *root,
                              const struct link_stats_one *link) {
  bool is_named = match_any(&choice->interfaces, link->name);
  if (choice->interfaces.count > 0 && !choice->ignore_selected)
    return is_named;
  return !is_named && interface_choice_has_device(root, link);
}

void interface_choice_free(struct interface_choice *choice) {
  match_free(&choice->interfaces);
}
