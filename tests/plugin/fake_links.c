/* SPDX-License-Identifier: MIT */
#include "fake_links.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake_adapters.h"

static void put_link(struct fake_answer *answer, const struct nlmsghdr *request,
                     const struct fake_adapter *adapter) {
  struct nlmsghdr *message = fake_answer_begin(answer, request, RTM_NEWLINK);
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
  fake_answer_end(answer, message);
}

/* Room for a virtual function in an answer. */
#define VF_SIZE 400

/* What else the kernel puts beside the statistics, as zeros. */
static void put_configuration(struct nlmsghdr *message) {
  static const struct {
    uint16_t type, size;
  } parts[] = {
      {IFLA_VF_BROADCAST, sizeof(struct ifla_vf_broadcast)},
      {IFLA_VF_VLAN, sizeof(struct ifla_vf_vlan)},
      {IFLA_VF_RATE, sizeof(struct ifla_vf_rate)},
      {IFLA_VF_TX_RATE, sizeof(struct ifla_vf_tx_rate)},
      {IFLA_VF_SPOOFCHK, sizeof(struct ifla_vf_spoofchk)},
      {IFLA_VF_LINK_STATE, sizeof(struct ifla_vf_link_state)},
      {IFLA_VF_RSS_QUERY_EN, sizeof(struct ifla_vf_rss_query_en)},
      {IFLA_VF_TRUST, sizeof(struct ifla_vf_trust)},
  };
  static const uint8_t zeros[64];
  for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
    mnl_attr_put(message, parts[i].type, parts[i].size, zeros);
}

static void put_vf(struct nlmsghdr *message, uint32_t number,
                   uint64_t rx_dropped, uint64_t tx_dropped) {
  const struct ifla_vf_mac mac = {.vf = number};
  struct nlattr *info = mnl_attr_nest_start(message, IFLA_VF_INFO);
  mnl_attr_put(message, IFLA_VF_MAC, sizeof(mac), &mac);
  put_configuration(message);
  struct nlattr *stats = mnl_attr_nest_start(message, IFLA_VF_STATS);
  for (uint16_t i = IFLA_VF_STATS_RX_PACKETS; i <= IFLA_VF_STATS_MULTICAST; i++)
    mnl_attr_put_u64(message, i, 99);
  mnl_attr_put_u64(message, IFLA_VF_STATS_RX_DROPPED, rx_dropped);
  mnl_attr_put_u64(message, IFLA_VF_STATS_TX_DROPPED, tx_dropped);
  mnl_attr_nest_end(message, stats);
  mnl_attr_nest_end(message, info);
}

static void put_vfs(struct nlmsghdr *message,
                    const struct fake_adapter *adapter) {
  mnl_attr_put_u32(message, IFLA_NUM_VF, adapter->vf_count);
  struct nlattr *list = mnl_attr_nest_start(message, IFLA_VFINFO_LIST);
  for (uint32_t vf = 0; vf < adapter->vf_count; vf++)
    put_vf(message, vf, adapter->vfs[vf].rx_dropped,
           adapter->vfs[vf].tx_dropped);
  /* The length wraps, as the kernel's does. */
  mnl_attr_nest_end(message, list);
}

/* One interface, with its virtual functions. */
static int answer_link(struct fake_answer *answer,
                       const struct nlmsghdr *request) {
  const struct ifinfomsg *asked = mnl_nlmsg_get_payload(request);
  fake_kernel.functions++;
  if (fake_kernel.vf_error != 0)
    return fake_kernel.vf_error;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++) {
    const struct fake_adapter *adapter = &fake_kernel.adapters[i];
    if (adapter->index != (uint32_t)asked->ifi_index)
      continue;
    struct nlmsghdr *message = fake_answer_begin_large(
        answer, request, RTM_NEWLINK, 4096 + VF_SIZE * adapter->vf_count);
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
    info->ifi_index = asked->ifi_index;
    put_vfs(message, adapter);
    fake_answer_end(answer, message);
    return 0;
  }
  return ENODEV;
}

int fake_links_answer(struct fake_answer *answer,
                      const struct nlmsghdr *request) {
  if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
    return answer_link(answer, request);
  fake_kernel.lists++;
  if (fake_kernel.link_error != 0)
    return fake_kernel.link_error;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0)
      put_link(answer, request, &fake_kernel.adapters[i]);
  if (fake_kernel.disturbed > 0)
    fake_kernel.disturbed--;
  return 0;
}

static void put_statistics(struct fake_answer *answer,
                           const struct nlmsghdr *request,
                           const struct fake_adapter *adapter) {
  struct nlmsghdr *message = fake_answer_begin(answer, request, RTM_NEWSTATS);
  struct if_stats_msg *header =
      mnl_nlmsg_put_extra_header(message, sizeof(*header));
  header->ifindex = adapter->index;
  mnl_attr_put(message, IFLA_STATS_LINK_64, sizeof(adapter->link),
               adapter->link);
  if (fake_kernel.disturbed > 0)
    message->nlmsg_flags |= NLM_F_DUMP_INTR;
  fake_answer_end(answer, message);
}

int fake_links_answer_statistics(struct fake_answer *answer,
                                 const struct nlmsghdr *request) {
  if (fake_kernel.no_statistics)
    return EOPNOTSUPP;
  fake_kernel.statistics++;
  if (fake_kernel.link_error != 0)
    return fake_kernel.link_error;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0)
      put_statistics(answer, request, &fake_kernel.adapters[i]);
  return 0;
}

static void put_qdisc(struct fake_answer *answer,
                      const struct nlmsghdr *request,
                      const struct fake_adapter *adapter) {
  if (adapter->qdisc[0] == '\0')
    return;
  struct nlmsghdr *message = fake_answer_begin(answer, request, RTM_NEWQDISC);
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
  fake_answer_end(answer, message);
}

int fake_links_answer_qdiscs(struct fake_answer *answer,
                             const struct nlmsghdr *request) {
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0)
      put_qdisc(answer, request, &fake_kernel.adapters[i]);
  return 0;
}
