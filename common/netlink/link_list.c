/* SPDX-License-Identifier: MIT */
#include "link_list.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <math.h>

/* How long a list stays valid without an announcement, in seconds. */
#define LIST_AGE 60

/* How often to read a list that changes during the read. */
#define LIST_ATTEMPTS 3

int link_list_open(struct link_list *list) {
  list->listed = NAN;
  int r = netlink_open(&list->route, NETLINK_ROUTE);
  if (r < 0)
    return r;
  if (netlink_open(&list->monitor, NETLINK_ROUTE) == 0 &&
      netlink_join(&list->monitor, RTNLGRP_LINK) < 0)
    netlink_close(&list->monitor);
  return 0;
}

void link_list_close(struct link_list *list) {
  netlink_close(&list->route);
  netlink_close(&list->monitor);
  link_stats_free(&list->links);
}

bool link_list_is_old(struct link_list *list, double now) {
  if (list->monitor.socket == NULL || netlink_has_news(&list->monitor))
    list->listed = NAN;
  return !(now - list->listed < LIST_AGE);
}

/* Returns false if the list has to be read. */
static bool renew(struct link_list *list) {
  if (list->cannot_renew)
    return false;
  int r = link_stats_renew(&list->route, &list->links);
  if (r == -EOPNOTSUPP)
    list->cannot_renew = true;
  return r == 0;
}

int link_list_read(struct link_list *list, double now) {
  if (!link_list_is_old(list, now) && renew(list))
    return 0;
  int r = -EINTR;
  for (int i = 0; i < LIST_ATTEMPTS && r == -EINTR; i++)
    r = link_stats_read(&list->route, &list->links);
  list->listed = r == 0 ? now : NAN;
  return r;
}
