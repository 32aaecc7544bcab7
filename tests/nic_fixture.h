/* SPDX-License-Identifier: MIT */
/* An adapter of tests/fixtures/nic_ethtool/drivers: names and values of its
 * counters, and the expected value of each cause. */
#ifndef NIC_FIXTURE_H
#define NIC_FIXTURE_H

#include <dirent.h>
#include <inttypes.h>
#include <string.h>

#include "fixture.h"
#include "nic_names.h"
#include "nic_sources.h"

#define NIC_FIXTURES "nic_ethtool/drivers"

enum { NIC_FIXTURE_QSTATS = 35 };

struct nic_fixture_expectation {
  enum nic_cause cause;
  bool absent;
  uint64_t value;
};

struct nic_fixture {
  char driver[32];
  char origin[200];
  size_t count;
  char *names; /* as the kernel hands them over */
  uint64_t *values;
  uint64_t link[NIC_LINK_MEMBERS];
  uint64_t qstat[NIC_FIXTURE_QSTATS];
  uint64_t qstats; /* bit N: qstat[N] is reported */
  unsigned rx_ring, rx_ring_max, tx_ring, tx_ring_max;
  unsigned channels, channels_max; /* combined */
  struct nic_fixture_expectation expectations[64];
  size_t expectation_count;
};

/* Returns the number of an attribute of qstats-get by its name in the YAML
 * specification, or 0. */
static inline unsigned nic_fixture_qstat(const char *name) {
  static const char *const names[NIC_FIXTURE_QSTATS] = {
      [8] = "rx-packets",
      [9] = "rx-bytes",
      [10] = "tx-packets",
      [11] = "tx-bytes",
      [12] = "rx-alloc-fail",
      [13] = "rx-hw-drops",
      [14] = "rx-hw-drop-overruns",
      [18] = "rx-csum-bad",
      [23] = "rx-hw-drop-ratelimits",
      [24] = "tx-hw-drops",
      [25] = "tx-hw-drop-errors",
      [32] = "tx-hw-drop-ratelimits",
      [33] = "tx-stop",
      [34] = "tx-wake",
  };
  for (unsigned i = 0; i < NIC_FIXTURE_QSTATS; i++)
    if (names[i] != NULL && strcmp(names[i], name) == 0)
      return i;
  return 0;
}

/* The causes as the table and fixtures call them, without their direction. */
static inline const char *nic_fixture_cause_name(enum nic_cause cause) {
  static const char *const names[NIC_CAUSE_COUNT] = {
      [NIC_RX_RING_FULL] = "ring_full",
      [NIC_RX_FIFO_OVERRUN] = "fifo_overrun",
      [NIC_RX_ALLOC_FAIL] = "alloc_fail",
      [NIC_RX_CRC] = "crc",
      [NIC_RX_FRAME] = "frame",
      [NIC_RX_LENGTH] = "length",
      [NIC_RX_ERROR] = "error",
      [NIC_RX_XDP_DROP] = "xdp_drop",
      [NIC_RX_POLICY] = "policy",
      [NIC_RX_FILTERED] = "filtered",
      [NIC_RX_NO_BUFFER] = "no_buffer",
      [NIC_RX_PAUSE] = "pause",
      [NIC_RX_UNCLASSIFIED] = "unclassified",
      [NIC_TX_RING_FULL] = "ring_full",
      [NIC_TX_DROP] = "drop",
      [NIC_TX_ERROR] = "error",
      [NIC_TX_XDP_DROP] = "xdp_drop",
      [NIC_TX_POLICY] = "policy",
      [NIC_TX_TIMEOUT] = "timeout",
      [NIC_TX_STOPPED] = "stopped",
      [NIC_TX_PAUSE] = "pause",
      [NIC_TX_UNCLASSIFIED] = "unclassified",
      [NIC_ALLOWANCE] = "allowance",
  };
  return names[cause];
}

/* Returns the cause of a direction ("rx", "tx", "all") and a name, or
 * NIC_CAUSE_COUNT. */
static inline enum nic_cause nic_fixture_cause(const char *direction,
                                               const char *name) {
  enum nic_cause from = NIC_ALLOWANCE, to = NIC_CAUSE_COUNT;
  if (strcmp(direction, "rx") == 0) {
    from = NIC_RX_RING_FULL;
    to = NIC_TX_RING_FULL;
  } else if (strcmp(direction, "tx") == 0) {
    from = NIC_TX_RING_FULL;
    to = NIC_ALLOWANCE;
  }
  while (from < to && strcmp(nic_fixture_cause_name(from), name) != 0)
    from++;
  return from < to ? from : NIC_CAUSE_COUNT;
}

static inline void nic_fixture_line(struct nic_fixture *fixture,
                                    const char *line) {
  char word[64], name[64];
  uint64_t value = 0;
  int at = 0;
  if (sscanf(line, "ethtool %" SCNu64 "%n", &value, &at) == 1 &&
      line[at] == ' ') {
    size_t length = strlen(line + at + 1);
    char *raw = fixture->names + fixture->count * NIC_NAME_RAW;
    memcpy(raw, line + at + 1, length < NIC_NAME_RAW ? length : NIC_NAME_RAW);
    fixture->values[fixture->count++] = value;
    return;
  }
  if (sscanf(line, "driver %31s", fixture->driver) == 1)
    return;
  if (sscanf(line, "link %63s %" SCNu64, name, &value) == 2) {
    for (unsigned i = 0; i < NIC_LINK_MEMBERS; i++) {
      if (strcmp(nic_sources_link_member(i), name) == 0) {
        fixture->link[i] = value;
        return;
      }
    }
  }
  if (sscanf(line, "qstat %63s %" SCNu64, name, &value) == 2) {
    unsigned attribute = nic_fixture_qstat(name);
    if (attribute != 0) {
      fixture->qstat[attribute] = value;
      fixture->qstats |= UINT64_C(1) << attribute;
      return;
    }
  }
  if (sscanf(line, "ring rx %u %u", &fixture->rx_ring, &fixture->rx_ring_max) ==
          2 ||
      sscanf(line, "ring tx %u %u", &fixture->tx_ring, &fixture->tx_ring_max) ==
          2 ||
      sscanf(line, "channels combined %u %u", &fixture->channels,
             &fixture->channels_max) == 2 ||
      strncmp(line, "channels ", strlen("channels ")) == 0)
    return;
  bool absent = sscanf(line, "absent %63s %63s", word, name) == 2;
  if (absent ||
      sscanf(line, "expect %63s %63s %" SCNu64, word, name, &value) == 3) {
    struct nic_fixture_expectation expectation = {
        .cause = nic_fixture_cause(word, name),
        .absent = absent,
        .value = value,
    };
    if (expectation.cause != NIC_CAUSE_COUNT &&
        fixture->expectation_count < 64) {
      fixture->expectations[fixture->expectation_count++] = expectation;
      return;
    }
  }
  temp_tree_die(line);
}

/* Reads a fixture, by its name below NIC_FIXTURES. */
static inline void nic_fixture_read(struct nic_fixture *fixture,
                                    const char *name) {
  char path[300];
  size_t length;
  snprintf(path, sizeof(path), NIC_FIXTURES "/%s", name);
  char *text = fixture_read(path, &length);
  *fixture = (struct nic_fixture){
      .names = calloc(length + 1, NIC_NAME_RAW),
      .values = calloc(length + 1, sizeof(fixture->values[0])),
  };
  if (fixture->names == NULL || fixture->values == NULL)
    temp_tree_die(path);
  char *rest = text, *line;
  while ((line = strsep(&rest, "\n")) != NULL) {
    if (line[0] == '#')
      snprintf(fixture->origin, sizeof(fixture->origin), "%s", line + 1);
    else if (line[0] != '\0')
      nic_fixture_line(fixture, line);
  }
  free(text);
}

static inline void nic_fixture_free(struct nic_fixture *fixture) {
  free(fixture->names);
  free(fixture->values);
}

/* Lists the names of all adapters, sorted; the caller frees the list and its
 * entries. */
static inline size_t nic_fixture_list(struct dirent ***ret) {
  char path[512];
  fixture_path(NIC_FIXTURES, path, sizeof(path));
  int count = scandir(path, ret, NULL, alphasort);
  if (count < 0)
    temp_tree_die(path);
  size_t kept = 0;
  for (int i = 0; i < count; i++) {
    if (strstr((*ret)[i]->d_name, ".txt") != NULL)
      (*ret)[kept++] = (*ret)[i];
    else
      free((*ret)[i]);
  }
  return kept;
}

#endif
