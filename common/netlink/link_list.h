/* SPDX-License-Identifier: MIT */
/* The interfaces and their statistics, kept up to date: what they are is read
 * when rtnetlink announces a change, and once a minute in case it does not; in
 * between their statistics alone, which cost the kernel a tenth of it. */
#ifndef LINK_LIST_H
#define LINK_LIST_H

#include "link_stats.h"
#include "netlink.h"

struct link_list {
  struct link_stats links;
  struct netlink route;   /* for other questions to rtnetlink too */
  struct netlink monitor; /* joined to what is announced of links; not open:
                             the list is read each time */
  double listed;          /* when the list was read; NAN: to be done now */
  bool cannot_renew;      /* before Linux 4.7 */
};

/* Opens its sockets in the network namespace of the calling thread. Returns 0
 * or -errno. */
int link_list_open(struct link_list *list);
void link_list_close(struct link_list *list);

/* Whether the list, not only its statistics, has to be read; now is in seconds
 * of any clock that does not go back. */
bool link_list_is_old(struct link_list *list, double now);

/* Reads what has to be read. Returns as link_stats_read(); after -EINTR the
 * next call reads the list. */
int link_list_read(struct link_list *list, double now);

#endif
