/* SPDX-License-Identifier: MIT */
#include "nic_finder.h"

#include <errno.h>
#include <string.h>

#include "array.h"
#include "nic_names.h"

int nic_finder_add(struct nic_finder *finder, const struct nic_source *source,
                   const struct nic_row *row) {
  struct nic_source *items =
      array_room(finder->items, &finder->room, finder->count, sizeof(*items));
  if (items == NULL)
    return -ENOMEM;
  finder->items = items;
  const struct nic_row **rows =
      array_room(finder->rows, &finder->row_room, finder->count, sizeof(*rows));
  if (rows == NULL)
    return -ENOMEM;
  finder->rows = rows;
  items[finder->count] = *source;
  rows[finder->count++] = row;
  return 0;
}

bool nic_finder_can_use(const struct nic_finder *finder, size_t name) {
  return name <= UINT16_MAX && !finder->names->items[name].is_number;
}

uint32_t nic_finder_name(const struct nic_finder *finder, const char *name) {
  for (size_t i = 0; i < finder->names->count; i++)
    if (nic_finder_can_use(finder, i) &&
        strcmp(finder->names->items[i].name, name) == 0)
      return (uint32_t)i;
  return NIC_NONE;
}
