/* SPDX-License-Identifier: MIT */
#include "nic_sources.h"

#include <stdlib.h>

#include "nic_table.h"

void nic_sources_free(struct nic_sources *sources) {
  free(sources->items);
  free(sources->conditions);
  *sources = (struct nic_sources){.items = NULL};
}

const char *nic_sources_link_member(unsigned index) {
  return index < NIC_LINK_MEMBERS ? nic_link_members[index] : NULL;
}
