/* SPDX-License-Identifier: MIT */
#include "sock_sums.h"

#include <math.h>
#include <netinet/in.h>
#include <sys/socket.h>

void sock_sums_begin(struct sock_sums *sums) {
  *sums = (struct sock_sums){.has_drops = sums->has_drops,
                             .drops = sums->drops,
                             .percent = NAN,
                             .has_limit = true};
}

void sock_sums_add(struct sock_sums *sums, const struct socket_info *one,
                   double percent) {
  sums->sockets++;
  sums->queue += one->queue;
  sums->limit += one->limit;
  sums->has_limit = sums->has_limit && one->has_limit;
  sums->has_drops = sums->has_drops || one->has_drops;
  if (isnan(sums->percent) || percent > sums->percent)
    sums->percent = percent;
}

static bool is_datagram(const struct socket_info *one) {
  return one->family != AF_UNIX &&
         (one->protocol == IPPROTO_UDP || one->protocol == IPPROTO_UDPLITE);
}

/* The kernel queues a datagram while the memory in use is below the limit, and
 * newer kernels while it stays below (net/ipv4/udp.c,
 * __udp_enqueue_schedule_skb()). */
double sock_sums_percent(const struct socket_info *one) {
  if (!one->has_limit)
    return NAN;
  if (is_datagram(one)) {
    if (one->limit == 0 || one->queue >= one->limit)
      return one->queue > 0 ? 100 : 0;
    return 100.0 * one->queue / one->limit;
  }
  if (one->queue > one->limit)
    return 100;
  return fmin(99, 100.0 * one->queue / (one->limit + 1.0));
}
