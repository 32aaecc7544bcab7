/* SPDX-License-Identifier: MIT */
/* The list of interfaces and their statistics, kept up to date. The list is
 * read again when rtnetlink announces a change, and once a minute in case it
 * does not. Other reads renew the statistics alone, at a tenth of the cost. */
#ifndef LINK_LIST_H
#define LINK_LIST_H

#include "link_stats.h"
#include "netlink.h"

struct link_list {
  struct link_stats links;
  struct netlink route;   /* may be used for other requests too */
  struct netlink monitor; /* receives announcements of links; if it could not
                             be opened, each read reads the list */
  double listed;          /* when the list was read; NAN: it must be read */
  bool cannot_renew;      /* the kernel is older than Linux 4.7 */
};

/* Opens the sockets in the calling thread's network namespace. Returns 0 or
 * -errno. */
int link_list_open(struct link_list *list);
void link_list_close(struct link_list *list);

/* True if the next read has to read the whole list. now is in seconds of a
 * clock that never goes back. */
bool link_list_is_old(struct link_list *list, double now);

/* Reads the list or renews the statistics. Returns as link_stats_read(); after
 * -EINTR the next call reads the list. */
int link_list_read(struct link_list *list, double now);

#endif
