/* SPDX-License-Identifier: MIT */
/* Generic netlink, as the fake kernel answers it. Each returns a positive
 * errno, or 0. */
#ifndef FAKE_GENERIC_H
#define FAKE_GENERIC_H

#include "fake_answer.h"

#define FAKE_ETHTOOL_FAMILY 21
#define FAKE_NETDEV_FAMILY 22

/* CTRL_CMD_GETFAMILY. */
int fake_generic_answer_family(struct fake_answer *answer,
                               const struct nlmsghdr *request);

/* A part of the settings, of all adapters or of one. */
int fake_generic_answer_ethtool(struct fake_answer *answer,
                                const struct nlmsghdr *request);

/* NETDEV_CMD_QSTATS_GET. */
int fake_generic_answer_netdev(struct fake_answer *answer,
                               const struct nlmsghdr *request);

#endif
