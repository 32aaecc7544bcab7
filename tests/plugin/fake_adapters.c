/* SPDX-License-Identifier: MIT */
#include "fake_adapters.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/gen_stats.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_connect.h"
#include "netlink.h"
#include "nic_fixture.h"

#define ETHTOOL_FAMILY 21
#define NETDEV_FAMILY 22
#define MONITOR_GROUP 6
#define QSTATS_GET 12
#define QSTATS_IFINDEX 1

/* The answers to a request wait here until they are asked for. */
struct mnl_socket {
  int bus;
  bool is_joined; /* to a multicast group */
  int fds[2];     /* what select() and recv() see */
  uint8_t *answer;
  size_t length, at, room;
};

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
  adapter->qstats_told = fixture->qstats;
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

/* --- ethtool's ioctl --- */

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

/* --- netlink --- */

/* Begins a message of the answer; end_message() closes it. */
static struct nlmsghdr *begin_message(struct mnl_socket *socket,
                                      const struct nlmsghdr *request,
                                      uint16_t type) {
  if (socket->room < socket->length + 4096) {
    socket->room = 2 * socket->room + 8192;
    socket->answer = realloc(socket->answer, socket->room);
    if (socket->answer == NULL)
      temp_tree_die("realloc");
  }
  memset(socket->answer + socket->length, 0, 4096);
  struct nlmsghdr *message =
      mnl_nlmsg_put_header(socket->answer + socket->length);
  message->nlmsg_type = type;
  message->nlmsg_seq = request->nlmsg_seq;
  bool is_dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  message->nlmsg_flags = is_dump ? NLM_F_MULTI : 0;
  return message;
}

static void end_message(struct mnl_socket *socket,
                        const struct nlmsghdr *message) {
  socket->length += (size_t)MNL_ALIGN((int)message->nlmsg_len);
}

/* The last message: the end of a dump, or an acknowledgement. */
static void finish(struct mnl_socket *socket, const struct nlmsghdr *request,
                   int error) {
  bool is_dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  struct nlmsghdr *message = begin_message(
      socket, request, is_dump && error == 0 ? NLMSG_DONE : NLMSG_ERROR);
  struct nlmsgerr *end = mnl_nlmsg_put_extra_header(message, sizeof(*end));
  end->error = -error;
  end_message(socket, message);
}

static void put_link(struct mnl_socket *socket, const struct nlmsghdr *request,
                     const struct fake_adapter *adapter) {
  struct nlmsghdr *message = begin_message(socket, request, RTM_NEWLINK);
  struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
  info->ifi_index = (int)adapter->index;
  mnl_attr_put_strz(message, IFLA_IFNAME, adapter->name);
  mnl_attr_put_u32(message, IFLA_TXQLEN, adapter->txqueuelen);
  mnl_attr_put_u32(message, IFLA_CARRIER_CHANGES, adapter->carrier_changes);
  mnl_attr_put(message, IFLA_STATS64, sizeof(adapter->link), adapter->link);
  if (adapter->kind[0] != '\0') {
    struct nlattr *nest = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, adapter->kind);
    mnl_attr_nest_end(message, nest);
  }
  if (adapter->has_device)
    mnl_attr_put_strz(message, IFLA_PARENT_DEV_NAME, adapter->parent);
  if (adapter->port[0] != '\0')
    mnl_attr_put(message, IFLA_PHYS_PORT_ID, strlen(adapter->port),
                 adapter->port);
  if (fake_kernel.disturbed > 0)
    message->nlmsg_flags |= NLM_F_DUMP_INTR;
  end_message(socket, message);
}

static void put_qdisc(struct mnl_socket *socket, const struct nlmsghdr *request,
                      const struct fake_adapter *adapter) {
  if (adapter->qdisc[0] == '\0')
    return;
  struct nlmsghdr *message = begin_message(socket, request, RTM_NEWQDISC);
  struct tcmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
  header->tcm_ifindex = (int)adapter->index;
  header->tcm_parent = TC_H_ROOT;
  mnl_attr_put_strz(message, TCA_KIND, adapter->qdisc);
  const struct tc_fifo_qopt options = {.limit = adapter->qdisc_limit};
  mnl_attr_put(message, TCA_OPTIONS, sizeof(options), &options);
  struct nlattr *nest = mnl_attr_nest_start(message, TCA_STATS2);
  const struct gnet_stats_queue queue = {.qlen = adapter->qdisc_packets,
                                         .drops = adapter->qdisc_drops,
                                         .requeues = adapter->qdisc_requeues};
  mnl_attr_put(message, TCA_STATS_QUEUE, sizeof(queue), &queue);
  mnl_attr_nest_end(message, nest);
  end_message(socket, message);
}

static struct nlmsghdr *begin_generic(struct mnl_socket *socket,
                                      const struct nlmsghdr *request,
                                      uint8_t command) {
  struct nlmsghdr *message =
      begin_message(socket, request, request->nlmsg_type);
  struct genlmsghdr *generic =
      mnl_nlmsg_put_extra_header(message, sizeof(*generic));
  generic->cmd = command;
  return message;
}

static void put_qstats(struct mnl_socket *socket,
                       const struct nlmsghdr *request,
                       const struct fake_adapter *adapter) {
  if (adapter->qstats_told == 0)
    return;
  struct nlmsghdr *message = begin_generic(socket, request, QSTATS_GET);
  mnl_attr_put_u32(message, QSTATS_IFINDEX, adapter->index);
  for (uint16_t i = 2; i < FAKE_QSTATS; i++) {
    if ((adapter->qstats_told & UINT64_C(1) << i) == 0)
      continue;
    /* The kernel takes four bytes where they are enough. */
    if (adapter->qstats[i] <= UINT32_MAX)
      mnl_attr_put_u32(message, i, (uint32_t)adapter->qstats[i]);
    else
      mnl_attr_put_u64(message, i, adapter->qstats[i]);
  }
  end_message(socket, message);
}

static void put_rings(struct nlmsghdr *message,
                      const struct fake_adapter *adapter) {
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_RX_MAX, adapter->rx_ring_max);
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_TX_MAX, adapter->tx_ring_max);
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_RX, adapter->rx_ring);
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_TX, adapter->tx_ring);
}

static void put_channels(struct nlmsghdr *message,
                         const struct fake_adapter *adapter) {
  mnl_attr_put_u32(message, ETHTOOL_A_CHANNELS_COMBINED_MAX,
                   adapter->combined_max);
  mnl_attr_put_u32(message, ETHTOOL_A_CHANNELS_COMBINED_COUNT,
                   adapter->combined);
}

static void put_pause(struct nlmsghdr *message,
                      const struct fake_adapter *adapter) {
  mnl_attr_put_u8(message, ETHTOOL_A_PAUSE_TX, (uint8_t)adapter->tx_pause);
  struct nlattr *nest = mnl_attr_nest_start(message, ETHTOOL_A_PAUSE_STATS);
  mnl_attr_put_u64(message, ETHTOOL_A_PAUSE_STAT_TX_FRAMES,
                   adapter->tx_pause_frames);
  mnl_attr_put_u64(message, ETHTOOL_A_PAUSE_STAT_RX_FRAMES,
                   adapter->rx_pause_frames);
  mnl_attr_nest_end(message, nest);
}

/* One mode that is advertised, after one that is only supported. */
static void put_link_mode(struct nlmsghdr *message, const char *name,
                          bool is_advertised) {
  struct nlattr *bit = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS_BIT);
  mnl_attr_put_u32(message, ETHTOOL_A_BITSET_BIT_INDEX, 1);
  mnl_attr_put_strz(message, ETHTOOL_A_BITSET_BIT_NAME, name);
  if (is_advertised)
    mnl_attr_put(message, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
  mnl_attr_nest_end(message, bit);
}

static void put_link_modes(struct nlmsghdr *message,
                           const struct fake_adapter *adapter) {
  struct nlattr *ours = mnl_attr_nest_start(message, ETHTOOL_A_LINKMODES_OURS);
  struct nlattr *bits = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS);
  put_link_mode(message, "100000baseKR/Full", false);
  put_link_mode(message, "Autoneg", true);
  for (size_t i = 0; i < 4 && adapter->advertised[i] != NULL; i++)
    put_link_mode(message, adapter->advertised[i], true);
  mnl_attr_nest_end(message, bits);
  mnl_attr_nest_end(message, ours);
  mnl_attr_put_u32(message, ETHTOOL_A_LINKMODES_SPEED, adapter->speed);
  mnl_attr_put_u8(message, ETHTOOL_A_LINKMODES_DUPLEX,
                  adapter->is_half_duplex ? 0 : 1);
}

/* A part of an adapter's settings. False: the driver does not tell it. */
static bool put_settings(struct mnl_socket *socket,
                         const struct nlmsghdr *request, uint8_t command,
                         const struct fake_adapter *adapter) {
  void (*put)(struct nlmsghdr *, const struct fake_adapter *) = NULL;
  if (command == ETHTOOL_MSG_RINGS_GET && adapter->rx_ring_max > 0)
    put = put_rings;
  else if (command == ETHTOOL_MSG_CHANNELS_GET && adapter->combined_max > 0)
    put = put_channels;
  else if (command == ETHTOOL_MSG_PAUSE_GET && adapter->has_pause_stats)
    put = put_pause;
  else if (command == ETHTOOL_MSG_LINKMODES_GET && adapter->speed > 0)
    put = put_link_modes;
  if (put == NULL)
    return false;
  struct nlmsghdr *message = begin_generic(socket, request, command);
  struct nlattr *header = mnl_attr_nest_start(message, ETHTOOL_A_RINGS_HEADER);
  mnl_attr_put_u32(message, ETHTOOL_A_HEADER_DEV_INDEX, adapter->index);
  mnl_attr_nest_end(message, header);
  put(message, adapter);
  end_message(socket, message);
  return true;
}

/* The interface that a request is about; 0: all. */
static uint32_t requested_index(const struct nlmsghdr *request) {
  struct netlink_attributes nests =
      netlink_attributes(request, sizeof(struct genlmsghdr));
  const struct nlattr *nest, *attribute;
  while (netlink_take(&nests, &nest)) {
    struct netlink_attributes attributes = netlink_nested(nest);
    while (netlink_take(&attributes, &attribute))
      if (mnl_attr_get_type(attribute) == ETHTOOL_A_HEADER_DEV_INDEX)
        return mnl_attr_get_u32(attribute);
  }
  return 0;
}

static int answer_settings(struct mnl_socket *socket,
                           const struct nlmsghdr *request, uint8_t command) {
  uint32_t index = requested_index(request);
  bool some = false;
  fake_kernel.settings++;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++) {
    const struct fake_adapter *adapter = &fake_kernel.adapters[i];
    if (adapter->index == 0 || (index != 0 && adapter->index != index))
      continue;
    if (adapter->is_detached)
      return ENODEV;
    some |= put_settings(socket, request, command, adapter);
  }
  return some || index == 0 ? 0 : EOPNOTSUPP;
}

static int answer_family(struct mnl_socket *socket,
                         const struct nlmsghdr *request) {
  const struct nlattr *attribute =
      mnl_nlmsg_get_payload_offset(request, sizeof(struct genlmsghdr));
  const char *name = mnl_attr_get_str(attribute);
  bool is_ethtool = strcmp(name, "ethtool") == 0;
  if (is_ethtool ? fake_kernel.no_ethtool
                 : fake_kernel.no_netdev || strcmp(name, "netdev") != 0)
    return ENOENT;
  struct nlmsghdr *message = begin_generic(socket, request, CTRL_CMD_NEWFAMILY);
  mnl_attr_put_u16(message, CTRL_ATTR_FAMILY_ID,
                   is_ethtool ? ETHTOOL_FAMILY : NETDEV_FAMILY);
  struct nlattr *groups = mnl_attr_nest_start(message, CTRL_ATTR_MCAST_GROUPS);
  struct nlattr *group = mnl_attr_nest_start(message, 1);
  mnl_attr_put_strz(message, CTRL_ATTR_MCAST_GRP_NAME,
                    is_ethtool ? "monitor" : "mgmt");
  mnl_attr_put_u32(message, CTRL_ATTR_MCAST_GRP_ID, MONITOR_GROUP);
  mnl_attr_nest_end(message, group);
  mnl_attr_nest_end(message, groups);
  end_message(socket, message);
  return 0;
}

static void put_vf(struct nlmsghdr *message, uint32_t number,
                   uint64_t rx_dropped, uint64_t tx_dropped) {
  const struct ifla_vf_mac mac = {.vf = number};
  struct nlattr *info = mnl_attr_nest_start(message, IFLA_VF_INFO);
  mnl_attr_put(message, IFLA_VF_MAC, sizeof(mac), &mac);
  struct nlattr *stats = mnl_attr_nest_start(message, IFLA_VF_STATS);
  mnl_attr_put_u64(message, IFLA_VF_STATS_RX_DROPPED, rx_dropped);
  mnl_attr_put_u64(message, IFLA_VF_STATS_TX_DROPPED, tx_dropped);
  mnl_attr_nest_end(message, stats);
  mnl_attr_nest_end(message, info);
}

/* One interface, with its virtual functions. */
static int answer_link(struct mnl_socket *socket,
                       const struct nlmsghdr *request) {
  const struct ifinfomsg *asked = mnl_nlmsg_get_payload(request);
  for (size_t i = 0; i < FAKE_ADAPTERS; i++) {
    const struct fake_adapter *adapter = &fake_kernel.adapters[i];
    if (adapter->index != (uint32_t)asked->ifi_index)
      continue;
    struct nlmsghdr *message = begin_message(socket, request, RTM_NEWLINK);
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
    info->ifi_index = asked->ifi_index;
    struct nlattr *list = mnl_attr_nest_start(message, IFLA_VFINFO_LIST);
    for (uint32_t vf = 0; vf < adapter->vf_count; vf++)
      put_vf(message, vf, adapter->vfs[vf].rx_dropped,
             adapter->vfs[vf].tx_dropped);
    mnl_attr_nest_end(message, list);
    end_message(socket, message);
    return 0;
  }
  return ENODEV;
}

static int answer_links(struct mnl_socket *socket,
                        const struct nlmsghdr *request) {
  if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
    return answer_link(socket, request);
  fake_kernel.lists++;
  if (fake_kernel.link_error != 0)
    return fake_kernel.link_error;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0)
      put_link(socket, request, &fake_kernel.adapters[i]);
  if (fake_kernel.disturbed > 0)
    fake_kernel.disturbed--;
  return 0;
}

static void put_statistics(struct mnl_socket *socket,
                           const struct nlmsghdr *request,
                           const struct fake_adapter *adapter) {
  struct nlmsghdr *message = begin_message(socket, request, RTM_NEWSTATS);
  struct if_stats_msg *header =
      mnl_nlmsg_put_extra_header(message, sizeof(*header));
  header->ifindex = adapter->index;
  mnl_attr_put(message, IFLA_STATS_LINK_64, sizeof(adapter->link),
               adapter->link);
  if (fake_kernel.disturbed > 0)
    message->nlmsg_flags |= NLM_F_DUMP_INTR;
  end_message(socket, message);
}

static int answer_statistics(struct mnl_socket *socket,
                             const struct nlmsghdr *request) {
  if (fake_kernel.no_statistics)
    return EOPNOTSUPP;
  fake_kernel.statistics++;
  if (fake_kernel.link_error != 0)
    return fake_kernel.link_error;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0)
      put_statistics(socket, request, &fake_kernel.adapters[i]);
  return 0;
}

static int answer(struct mnl_socket *socket, const struct nlmsghdr *request) {
  const struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);
  switch (request->nlmsg_type) {
  case RTM_GETLINK:
    return answer_links(socket, request);
  case RTM_GETSTATS:
    return answer_statistics(socket, request);
  case RTM_GETQDISC:
    for (size_t i = 0; i < FAKE_ADAPTERS; i++)
      if (fake_kernel.adapters[i].index != 0)
        put_qdisc(socket, request, &fake_kernel.adapters[i]);
    return 0;
  case GENL_ID_CTRL:
    return answer_family(socket, request);
  case ETHTOOL_FAMILY:
    return answer_settings(socket, request, generic->cmd);
  case NETDEV_FAMILY:
    fake_kernel.qstats++;
    for (size_t i = 0; i < FAKE_ADAPTERS; i++)
      if (fake_kernel.adapters[i].index != 0)
        put_qstats(socket, request, &fake_kernel.adapters[i]);
    return 0;
  default:
    return EOPNOTSUPP;
  }
}

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid);
int __wrap_mnl_socket_close(struct mnl_socket *socket);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket);
int __wrap_mnl_socket_setsockopt(struct mnl_socket *socket, int type,
                                 void *value, socklen_t length);
ssize_t __wrap_mnl_socket_sendto(struct mnl_socket *socket, const void *request,
                                 size_t length);
ssize_t __wrap_mnl_socket_recvfrom(struct mnl_socket *socket, void *buffer,
                                   size_t size);

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags) {
  struct mnl_socket *made = calloc(1, sizeof(*made));
  if (made == NULL ||
      socketpair(AF_UNIX, SOCK_DGRAM | flags, 0, made->fds) != 0)
    temp_tree_die("socketpair");
  made->bus = bus;
  return made;
}

int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid) {
  (void)socket;
  (void)groups;
  (void)pid;
  return 0;
}

int __wrap_mnl_socket_close(struct mnl_socket *socket) {
  close(socket->fds[0]);
  close(socket->fds[1]);
  free(socket->answer);
  free(socket);
  return 0;
}

static void announce(const struct mnl_socket *socket) {
  if (send(socket->fds[1], "told", 4, 0) != 4)
    temp_tree_die("send");
}

static uint64_t hash(uint64_t hash, const void *bytes, size_t size) {
  const uint8_t *at = bytes;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ at[i]) * 1099511628211U;
  return hash;
}

/* The notifications of interfaces that rtnetlink sends by itself. */
static uint64_t hash_interfaces(void) {
  uint64_t h = 0;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++) {
    const struct fake_adapter *adapter = &fake_kernel.adapters[i];
    h = hash(h, &adapter->index, sizeof(adapter->index));
    h = hash(h, adapter->name, sizeof(adapter->name));
    h = hash(h, &adapter->txqueuelen, sizeof(adapter->txqueuelen));
    h = hash(h, &adapter->carrier_changes, sizeof(adapter->carrier_changes));
  }
  return h;
}

static void announce_interfaces(const struct mnl_socket *socket) {
  uint64_t interfaces = hash_interfaces();
  if (interfaces == fake_kernel.interfaces)
    return;
  fake_kernel.interfaces = interfaces;
  if (fake_kernel.silences == 0)
    announce(socket);
  else
    fake_kernel.silences--;
}

/* What is announced has to be there when recv() is called. */
int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket) {
  if (!socket->is_joined)
    return socket->fds[0];
  if (socket->bus == NETLINK_ROUTE)
    announce_interfaces(socket);
  for (; socket->bus == NETLINK_GENERIC && fake_kernel.announced > 0;
       fake_kernel.announced--)
    announce(socket);
  return socket->fds[0];
}

int __wrap_mnl_socket_setsockopt(struct mnl_socket *socket, int type,
                                 void *value, socklen_t length) {
  (void)value;
  (void)length;
  socket->is_joined = socket->is_joined || type == NETLINK_ADD_MEMBERSHIP;
  return 0;
}

ssize_t __wrap_mnl_socket_sendto(struct mnl_socket *socket, const void *request,
                                 size_t length) {
  socket->length = socket->at = 0;
  finish(socket, request, answer(socket, request));
  return (ssize_t)length;
}

/* As many whole messages as fit. */
ssize_t __wrap_mnl_socket_recvfrom(struct mnl_socket *socket, void *buffer,
                                   size_t size) {
  size_t length = 0;
  while (socket->at + length < socket->length) {
    const struct nlmsghdr *message =
        (const void *)(socket->answer + socket->at + length);
    size_t next = (size_t)MNL_ALIGN((int)message->nlmsg_len);
    if (length + next > size)
      break;
    length += next;
  }
  memcpy(buffer, socket->answer + socket->at, length);
  socket->at += length;
  return (ssize_t)length;
}
