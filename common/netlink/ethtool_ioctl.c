/* SPDX-License-Identifier: MIT */
#include "ethtool_ioctl.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "ethtool_settings.h"

int ethtool_ioctl_open(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 && errno == EAFNOSUPPORT)
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd < 0 ? -errno : fd;
}

int ethtool_ioctl_ask(int fd, const char *interface, void *request) {
  struct ifreq ifreq = {.ifr_data = request};
  size_t length = strlen(interface);
  if (length >= sizeof(ifreq.ifr_name))
    return -ENODEV;
  memcpy(ifreq.ifr_name, interface, length);
  return ioctl(fd, SIOCETHTOOL, &ifreq) < 0 ? -errno : 0;
}

static void read_rings(int fd, const char *interface,
                       struct ethtool_settings *settings) {
  struct ethtool_ringparam rings = {.cmd = ETHTOOL_GRINGPARAM};
  if (ethtool_ioctl_ask(fd, interface, &rings) < 0)
    return;
  settings->rx_ring = rings.rx_pending;
  settings->rx_ring_max = rings.rx_max_pending;
  settings->tx_ring = rings.tx_pending;
  settings->tx_ring_max = rings.tx_max_pending;
}

static void read_channels(int fd, const char *interface,
                          struct ethtool_settings *settings) {
  struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
  if (ethtool_ioctl_ask(fd, interface, &channels) < 0)
    return;
  settings->rx_channels = channels.rx_count;
  settings->rx_channels_max = channels.max_rx;
  settings->tx_channels = channels.tx_count;
  settings->tx_channels_max = channels.max_tx;
  settings->combined_channels = channels.combined_count;
  settings->combined_channels_max = channels.max_combined;
}

static void read_pause(int fd, const char *interface,
                       struct ethtool_settings *settings) {
  struct ethtool_pauseparam pause = {.cmd = ETHTOOL_GPAUSEPARAM};
  if (ethtool_ioctl_ask(fd, interface, &pause) < 0)
    return;
  settings->rx_pause = pause.rx_pause != 0;
  settings->tx_pause = pause.tx_pause != 0;
}

static void read_coalesce(int fd, const char *interface,
                          struct ethtool_settings *settings) {
  struct ethtool_coalesce coalesce = {.cmd = ETHTOOL_GCOALESCE};
  if (ethtool_ioctl_ask(fd, interface, &coalesce) < 0)
    return;
  settings->rx_usecs = coalesce.rx_coalesce_usecs;
  settings->rx_adaptive = coalesce.use_adaptive_rx_coalesce != 0;
}

/* The kernel first answers how many words its masks have, as a negative number,
 * and then with the masks (Linux 4.6). The advertised modes are left to
 * netlink, which names them. */
static void read_link(int fd, const char *interface,
                      struct ethtool_settings *settings) {
  union {
    struct ethtool_link_settings link;
    uint32_t room[sizeof(struct ethtool_link_settings) / 4 + 3 * INT8_MAX];
  } request = {.link = {.cmd = ETHTOOL_GLINKSETTINGS}};
  if (ethtool_ioctl_ask(fd, interface, &request) < 0 ||
      request.link.link_mode_masks_nwords >= 0)
    return;
  int8_t words = (int8_t)-request.link.link_mode_masks_nwords;
  request.link = (struct ethtool_link_settings){
      .cmd = ETHTOOL_GLINKSETTINGS, .link_mode_masks_nwords = words};
  if (ethtool_ioctl_ask(fd, interface, &request) < 0)
    return;
  if (request.link.speed != 0)
    settings->speed = request.link.speed;
  if (request.link.duplex <= DUPLEX_FULL)
    settings->full_duplex = request.link.duplex;
}

void ethtool_ioctl_settings(int fd, const char *interface,
                            struct ethtool_settings *ret) {
  ethtool_settings_clear(ret);
  read_rings(fd, interface, ret);
  read_channels(fd, interface, ret);
  read_pause(fd, interface, ret);
  read_coalesce(fd, interface, ret);
  read_link(fd, interface, ret);
}

/* Reads one of the commands that preceded the list of features; every kernel
 * still answers them. */
static uint32_t read_value(int fd, const char *interface, uint32_t command) {
  struct ethtool_value value = {.cmd = command};
  return ethtool_ioctl_ask(fd, interface, &value) < 0 ? ETHTOOL_UNKNOWN
                                                      : value.data;
}

void ethtool_ioctl_offloads(int fd, const char *interface,
                            struct ethtool_offloads *ret) {
  uint32_t flags = read_value(fd, interface, ETHTOOL_GFLAGS);
  *ret = (struct ethtool_offloads){
      .gro = read_value(fd, interface, ETHTOOL_GGRO),
      .gso = read_value(fd, interface, ETHTOOL_GGSO),
      .tso = read_value(fd, interface, ETHTOOL_GTSO),
      .lro = flags == ETHTOOL_UNKNOWN ? flags : (flags & ETH_FLAG_LRO) != 0,
      .rx_checksum = read_value(fd, interface, ETHTOOL_GRXCSUM),
      .tx_checksum = read_value(fd, interface, ETHTOOL_GTXCSUM),
  };
}
