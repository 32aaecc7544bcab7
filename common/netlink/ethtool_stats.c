/* SPDX-License-Identifier: MIT */
#include "ethtool_stats.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <stdlib.h>
#include <string.h>

#include "ethtool_ioctl.h"

_Static_assert(NIC_NAME_RAW == ETH_GSTRING_LEN, "names have another length");

/* Many kernels write all strings and values that exist at the time of the call,
 * whether they fit or not (CVE-2025-68795), and queues can be added between two
 * calls. The buffers hold twice the count plus this many. */
#define SPARE 1024

/* More than ten times what any known adapter has. */
#define MOST 65536

static int ask_driver(int fd, const char *interface, char ret[static 32]) {
  struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
  int r = ethtool_ioctl_ask(fd, interface, &info);
  if (r < 0)
    return r;
  memcpy(ret, info.driver, 31);
  ret[31] = '\0';
  return 0;
}

/* Counts the statistics; a driver without any does not have this string set. */
static int ask_count(int fd, const char *interface, size_t *ret) {
  union {
    struct ethtool_sset_info info;
    uint32_t words[sizeof(struct ethtool_sset_info) / sizeof(uint32_t) + 1];
  } request = {
      .info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << ETH_SS_STATS}};
  const uint32_t *length = request.info.data;
  int r = ethtool_ioctl_ask(fd, interface, &request);
  if (r < 0)
    return r;
  bool has_set = request.info.sset_mask != 0;
  if (has_set && *length > MOST)
    return -EMSGSIZE;
  *ret = has_set ? *length : 0;
  return 0;
}

static int make_room(struct ethtool_statistics *stats, size_t count) {
  size_t room = 2 * count + SPARE;
  if (room <= stats->room)
    return 0;
  void *names = realloc(stats->names, sizeof(struct ethtool_gstrings) +
                                          room * ETH_GSTRING_LEN);
  if (names == NULL)
    return -ENOMEM;
  stats->names = names;
  void *values = realloc(stats->values, sizeof(struct ethtool_stats) +
                                            room * sizeof(uint64_t));
  if (values == NULL)
    return -ENOMEM;
  stats->values = values;
  stats->room = room;
  return 0;
}

/* Clears the buffer first: some drivers fill in fewer names than they count. */
static int ask_names(struct ethtool_statistics *stats, int fd,
                     const char *interface, size_t count) {
  struct ethtool_gstrings *names = stats->names;
  memset(names, 0, sizeof(*names) + stats->room * ETH_GSTRING_LEN);
  names->cmd = ETHTOOL_GSTRINGS;
  names->string_set = ETH_SS_STATS;
  names->len = (uint32_t)count;
  int r = ethtool_ioctl_ask(fd, interface, names);
  if (r == 0 && names->len != count)
    r = -EAGAIN;
  return r;
}

int ethtool_stats_read_names(struct ethtool_statistics *stats, int fd,
                             const char *interface) {
  size_t count = 0;
  stats->count = 0;
  stats->driver[0] = '\0';
  int r = ask_driver(fd, interface, stats->driver);
  if (r < 0 && r != -EOPNOTSUPP)
    return r;
  r = ask_count(fd, interface, &count);
  if (r == -EOPNOTSUPP || (r == 0 && count == 0))
    return 0;
  if (r == 0)
    r = make_room(stats, count);
  if (r == 0)
    r = ask_names(stats, fd, interface, count);
  if (r == 0)
    stats->count = count;
  return r;
}

const char *ethtool_stats_names(const struct ethtool_statistics *stats) {
  const struct ethtool_gstrings *names = stats->names;
  return names != NULL ? (const char *)names->data : NULL;
}

int ethtool_stats_read(struct ethtool_statistics *stats, int fd,
                       const char *interface, const uint64_t **ret) {
  struct ethtool_stats *values = stats->values;
  if (stats->count == 0)
    return -EOPNOTSUPP;
  values->cmd = ETHTOOL_GSTATS;
  values->n_stats = (uint32_t)stats->count;
  int r = ethtool_ioctl_ask(fd, interface, values);
  if (r < 0)
    return r;
  if (values->n_stats != stats->count)
    return -EAGAIN;
  *ret = (const uint64_t *)values->data;
  return 0;
}

void ethtool_stats_free(struct ethtool_statistics *stats) {
  free(stats->names);
  free(stats->values);
  *stats = (struct ethtool_statistics){0};
}
