/* SPDX-License-Identifier: MIT */
/* An adapter's settings where the kernel has no ethtool netlink, and its
 * offloads. */
#include <linux/ethtool.h>

#include "ethtool_settings.h"
#include "ethtool_stats.h"

static void ask_rings(int fd, const char *interface,
                      struct ethtool_settings *settings) {
  struct ethtool_ringparam rings = {.cmd = ETHTOOL_GRINGPARAM};
  if (ethtool_ask(fd, interface, &rings) < 0)
    return;
  settings->rx_ring = rings.rx_pending;
  settings->rx_ring_max = rings.rx_max_pending;
  settings->tx_ring = rings.tx_pending;
  settings->tx_ring_max = rings.tx_max_pending;
}

static void ask_channels(int fd, const char *interface,
                         struct ethtool_settings *settings) {
  struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
  if (ethtool_ask(fd, interface, &channels) < 0)
    return;
  settings->rx_channels = channels.rx_count;
  settings->rx_channels_max = channels.max_rx;
  settings->tx_channels = channels.tx_count;
  settings->tx_channels_max = channels.max_tx;
  settings->combined_channels = channels.combined_count;
  settings->combined_channels_max = channels.max_combined;
}

static void ask_pause(int fd, const char *interface,
                      struct ethtool_settings *settings) {
  struct ethtool_pauseparam pause = {.cmd = ETHTOOL_GPAUSEPARAM};
  if (ethtool_ask(fd, interface, &pause) < 0)
    return;
  settings->rx_pause = pause.rx_pause != 0;
  settings->tx_pause = pause.tx_pause != 0;
}

static void ask_coalesce(int fd, const char *interface,
                         struct ethtool_settings *settings) {
  struct ethtool_coalesce coalesce = {.cmd = ETHTOOL_GCOALESCE};
  if (ethtool_ask(fd, interface, &coalesce) < 0)
    return;
  settings->rx_usecs = coalesce.rx_coalesce_usecs;
  settings->rx_adaptive = coalesce.use_adaptive_rx_coalesce != 0;
}

void ethtool_settings_ask(int fd, const char *interface,
                          struct ethtool_settings *settings) {
  ethtool_settings_forget(settings);
  ask_rings(fd, interface, settings);
  ask_channels(fd, interface, settings);
  ask_pause(fd, interface, settings);
  ask_coalesce(fd, interface, settings);
}

/* One of the commands that are older than the list of features, and that every
 * kernel answers from it. */
static uint32_t ask_value(int fd, const char *interface, uint32_t command) {
  struct ethtool_value value = {.cmd = command};
  return ethtool_ask(fd, interface, &value) < 0 ? ETHTOOL_UNKNOWN : value.data;
}

void ethtool_offloads_ask(int fd, const char *interface,
                          struct ethtool_offloads *ret) {
  uint32_t flags = ask_value(fd, interface, ETHTOOL_GFLAGS);
  *ret = (struct ethtool_offloads){
      .gro = ask_value(fd, interface, ETHTOOL_GGRO),
      .gso = ask_value(fd, interface, ETHTOOL_GGSO),
      .tso = ask_value(fd, interface, ETHTOOL_GTSO),
      .lro = flags == ETHTOOL_UNKNOWN ? flags : (flags & ETH_FLAG_LRO) != 0,
      .rx_checksum = ask_value(fd, interface, ETHTOOL_GRXCSUM),
      .tx_checksum = ask_value(fd, interface, ETHTOOL_GTXCSUM),
  };
}
