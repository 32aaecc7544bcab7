/* SPDX-License-Identifier: MIT */
#include "fake_adapters.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nic_fixture.h"

struct fake_kernel fake_kernel;

void fake_kernel_reset(void) {
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    fake_adapter_remove(&fake_kernel.adapters[i]);
  fake_kernel = (struct fake_kernel){0};
}

struct fake_adapter *fake_adapter_add(uint32_t index, const char *name,
                                      const char *driver) {
  struct fake_adapter *adapter = fake_kernel.adapters;
  while (adapter->index != 0)
    adapter++;
  *adapter = (struct fake_adapter){
      .index = index, .has_device = true, .txqueuelen = 1000};
  snprintf(adapter->name, sizeof(adapter->name), "%s", name);
  snprintf(adapter->driver, sizeof(adapter->driver), "%s", driver);
  return adapter;
}

void fake_adapter_remove(struct fake_adapter *adapter) {
  free(adapter->names);
  free(adapter->values);
  *adapter = (struct fake_adapter){0};
}

static void add_statistic(struct fake_adapter *adapter, const char *name,
                          uint64_t value) {
  if (adapter->names == NULL) {
    adapter->names = calloc(FAKE_NAMES, sizeof(*adapter->names));
    adapter->values = calloc(FAKE_NAMES, sizeof(*adapter->values));
  }
  if (adapter->names == NULL || adapter->values == NULL ||
      adapter->count == FAKE_NAMES)
    temp_tree_die("room for statistics");
  size_t length = strlen(name);
  memcpy(adapter->names[adapter->count], name, length < 32 ? length : 32);
  adapter->values[adapter->count++] = value;
}

void fake_adapter_set(struct fake_adapter *adapter, const char *name,
                      uint64_t value) {
  for (size_t i = 0; i < adapter->count; i++)
    if (strncmp(adapter->names[i], name, 32) == 0) {
      adapter->values[i] = value;
      return;
    }
  add_statistic(adapter, name, value);
}

void fake_adapter_load(struct fake_adapter *adapter,
                       const struct nic_fixture *fixture) {
  memcpy(adapter->driver, fixture->driver, sizeof(adapter->driver));
  for (size_t i = 0; i < fixture->count; i++) {
    char name[NIC_NAME_RAW + 1] = "";
    memcpy(name, fixture->names + i * NIC_NAME_RAW, NIC_NAME_RAW);
    add_statistic(adapter, name, fixture->values[i]);
  }
  memcpy(adapter->link, fixture->link, sizeof(adapter->link));
  adapter->qstats_present = fixture->qstats;
  memcpy(adapter->qstats, fixture->qstat, sizeof(fixture->qstat));
  adapter->rx_ring = fixture->rx_ring;
  adapter->rx_ring_max = fixture->rx_ring_max;
  adapter->tx_ring = fixture->tx_ring;
  adapter->tx_ring_max = fixture->tx_ring_max;
  adapter->combined = fixture->channels;
  adapter->combined_max = fixture->channels_max;
}

static struct fake_adapter *find_name(const char *name) {
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0 &&
        strcmp(fake_kernel.adapters[i].name, name) == 0)
      return &fake_kernel.adapters[i];
  return NULL;
}

static int answer_values(struct fake_adapter *adapter,
                         struct ethtool_stats *stats) {
  fake_kernel.clock += adapter->delay_ms / 1e3;
  if (adapter->error != 0)
    return adapter->error;
  if (adapter->count_later != 0) {
    adapter->count = adapter->count_later;
    adapter->count_later = 0;
  }
  fake_kernel.stats++;
  /* As kernels do that do not look at what was asked for. */
  stats->n_stats = (uint32_t)adapter->count;
  memcpy(stats->data, adapter->values, adapter->count * sizeof(uint64_t));
  return 0;
}

static int answer_strings(const struct fake_adapter *adapter,
                          struct ethtool_gstrings *strings) {
  if (strings->string_set != ETH_SS_STATS || adapter->count == 0)
    return EOPNOTSUPP;
  fake_kernel.strings++;
  strings->len = (uint32_t)adapter->count;
  memcpy(strings->data, adapter->names, adapter->count * 32);
  return 0;
}

static int answer_count(const struct fake_adapter *adapter,
                        struct ethtool_sset_info *info) {
  if (adapter->count == 0)
    info->sset_mask = 0;
  else
    info->data[0] = (uint32_t)adapter->count;
  return 0;
}

static int answer_rings(const struct fake_adapter *adapter,
                        struct ethtool_ringparam *rings) {
  if (adapter->rx_ring_max == 0)
    return EOPNOTSUPP;
  rings->rx_pending = adapter->rx_ring;
  rings->rx_max_pending = adapter->rx_ring_max;
  rings->tx_pending = adapter->tx_ring;
  rings->tx_max_pending = adapter->tx_ring_max;
  return 0;
}

static int answer_channels(const struct fake_adapter *adapter,
                           struct ethtool_channels *channels) {
  if (adapter->combined_max == 0)
    return EOPNOTSUPP;
  channels->combined_count = adapter->combined;
  channels->max_combined = adapter->combined_max;
  return 0;
}

static int answer_driver(const struct fake_adapter *adapter,
                         struct ethtool_drvinfo *info) {
  if (adapter->driver[0] == '\0')
    return EOPNOTSUPP;
  memcpy(info->driver, adapter->driver, sizeof(info->driver));
  return 0;
}

static int answer_ethtool(const char *name, void *data) {
  struct fake_adapter *adapter = find_name(name);
  if (adapter == NULL)
    return ENODEV;
  uint32_t command;
  memcpy(&command, data, sizeof(command));
  switch (command) {
  case ETHTOOL_GDRVINFO:
    return answer_driver(adapter, data);
  case ETHTOOL_GSSET_INFO:
    return answer_count(adapter, data);
  case ETHTOOL_GSTRINGS:
    return answer_strings(adapter, data);
  case ETHTOOL_GSTATS:
    return answer_values(adapter, data);
  case ETHTOOL_GRINGPARAM:
    fake_kernel.settings++;
    return answer_rings(adapter, data);
  case ETHTOOL_GCHANNELS:
    return answer_channels(adapter, data);
  case ETHTOOL_GGRO:
    ((struct ethtool_value *)data)->data = 1;
    return 0;
  case ETHTOOL_GTSO:
    ((struct ethtool_value *)data)->data = 0;
    return 0;
  default:
    return EOPNOTSUPP;
  }
}

double __wrap_clock_monotonic_seconds(void);
double __wrap_clock_monotonic_seconds(void) { return fake_kernel.clock; }

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...) {
  (void)fd;
  va_list arguments;
  va_start(arguments, request);
  struct ifreq *ifreq = va_arg(arguments, struct ifreq *);
  va_end(arguments);
  if (request != SIOCETHTOOL)
    temp_tree_die("an ioctl that is not ethtool's");
  int error = answer_ethtool(ifreq->ifr_name, ifreq->ifr_data);
  errno = error;
  return error == 0 ? 0 : -1;
}
