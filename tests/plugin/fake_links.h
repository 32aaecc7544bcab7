/* SPDX-License-Identifier: MIT */
/* rtnetlink, as the fake kernel answers it. Each returns a positive errno, or
 * 0. */
#ifndef FAKE_LINKS_H
#define FAKE_LINKS_H

#include "fake_answer.h"

/* RTM_GETLINK, of all interfaces or of one with its virtual functions. */
int fake_links_answer(struct fake_answer *answer,
                      const struct nlmsghdr *request);

/* RTM_GETSTATS. */
int fake_links_answer_statistics(struct fake_answer *answer,
                                 const struct nlmsghdr *request);

/* RTM_GETQDISC. */
int fake_links_answer_qdiscs(struct fake_answer *answer,
                             const struct nlmsghdr *request);

#endif
