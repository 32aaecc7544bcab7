/* SPDX-License-Identifier: MIT */
#include "nic_sharing.h"

#include <string.h>

#include "nic_device.h"

/* The length of a device's name without the function of a PCI address. */
static size_t card_length(const char *parent) {
  const char *dot = strrchr(parent, '.');
  return strchr(parent, ':') != NULL && dot != NULL ? (size_t)(dot - parent)
                                                    : strlen(parent);
}

static bool are_on_one_card(const struct link_stats_one *a,
                            const struct link_stats_one *b) {
  size_t length = card_length(a->parent);
  return length > 0 && card_length(b->parent) == length &&
         memcmp(a->parent, b->parent, length) == 0;
}

static bool are_on_one_port(const struct link_stats_one *a,
                            const struct link_stats_one *b) {
  return a->port_length > 0 && a->port_length == b->port_length &&
         memcmp(a->port, b->port, a->port_length) == 0;
}

static uint8_t facts_of(const struct nic_device *device) {
  const struct nic_sources *sources = &device->layout.sources;
  uint8_t facts = 0;
  for (size_t i = 0; i < sources->count; i++)
    if (sources->items[i].is_counted)
      facts |= sources->items[i].facts;
  return facts & (NIC_OF_PORT | NIC_OF_CARD);
}

/* Which of a device's registers another device counts. */
static uint8_t find_shared(const struct interface_table *interfaces,
                           const struct nic_device *device) {
  uint8_t facts = facts_of(device), shared = 0;
  for (struct nic_device *other = nic_device_first(interfaces);
       other != NULL && facts != 0; other = nic_device_next(other)) {
    if (other->interface.index >= device->interface.index ||
        !interface_table_is_current(interfaces, &other->interface) ||
        strcmp(other->layout.statistics.driver,
               device->layout.statistics.driver) != 0)
      continue;
    if (are_on_one_port(other->interface.link, device->interface.link))
      shared |= facts & facts_of(other);
    else if (are_on_one_card(other->interface.link, device->interface.link))
      shared |= facts & facts_of(other) & NIC_OF_CARD;
  }
  return shared;
}

void nic_sharing_assign(const struct interface_table *interfaces) {
  for (struct nic_device *device = nic_device_first(interfaces); device != NULL;
       device = nic_device_next(device)) {
    if (!device->has_layout ||
        !interface_table_is_current(interfaces, &device->interface))
      continue;
    uint8_t shared = find_shared(interfaces, device);
    if (shared != device->layout.tally.excluded)
      nic_tally_exclude(&device->layout.tally, &device->layout.sources, shared);
  }
}
