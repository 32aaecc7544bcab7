/* SPDX-License-Identifier: MIT */
#include "nic_device.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "nic_queues.h"

struct nic_device *nic_device_new(const struct link_stats_one *link) {
  struct nic_device *device = calloc(1, sizeof(*device));
  if (device == NULL)
    return NULL;
  device->index = link->index;
  memcpy(device->name, link->name, sizeof(device->name));
  device->duration = NAN;
  device->carrier_changes = link->carrier_changes;
  ethtool_settings_clear(&device->settings);
  return device;
}

void nic_device_free(struct nic_device *device) {
  if (device == NULL)
    return;
  ethtool_stats_free(&device->statistics);
  nic_names_free(&device->names);
  nic_sources_free(&device->sources);
  free(device->last);
  free(device->gains);
  free(device->shown);
  nic_queues_free(device->by_queue);
  free(device);
}

/* What a driver can tell, until it is the device's. */
struct lesson {
  struct nic_names names;
  struct nic_sources sources;
  uint64_t *last;
  uint64_t *gains;
  struct nic_shown *shown;
};

static void free_lesson(struct lesson *lesson) {
  nic_names_free(&lesson->names);
  nic_sources_free(&lesson->sources);
  free(lesson->last);
  free(lesson->gains);
  free(lesson->shown);
}

/* What the standard statistics of an interface that is made by software are is
 * not known, unless its driver is. */
static void forget_link(struct nic_sources *sources) {
  for (size_t i = 0; i < sources->count; i++)
    if (sources->items[i].place == NIC_PLACE_LINK)
      sources->items[i].counted = false;
}

static int make_lesson(const struct nic_device *device,
                       const struct ethtool_statistics *statistics,
                       struct lesson *ret) {
  struct lesson lesson = {.last = NULL};
  int r = nic_names_set(&lesson.names, ethtool_stats_names(statistics),
                        statistics->count);
  if (r == 0)
    r = nic_counters_find(statistics->driver, &lesson.names, device->qstats,
                          &lesson.sources);
  if (r == 0) {
    size_t sources = lesson.sources.count + 1;
    lesson.last = calloc(sources, sizeof(*lesson.last));
    lesson.gains = calloc(sources, sizeof(*lesson.gains));
    lesson.shown = calloc(lesson.names.count + 1, sizeof(*lesson.shown));
    if (lesson.last == NULL || lesson.gains == NULL || lesson.shown == NULL)
      r = -ENOMEM;
  }
  if (r < 0) {
    free_lesson(&lesson);
    return r;
  }
  if (device->is_virtual && !lesson.sources.is_known)
    forget_link(&lesson.sources);
  *ret = lesson;
  return 0;
}

static void note_source(struct nic_device *device,
                        const struct nic_source *source) {
  uint8_t *bits = &device->bits[source->cause];
  device->causes |= UINT32_C(1) << source->cause;
  *bits = source->bits > *bits ? source->bits : *bits;
}

static void take_lesson(struct nic_device *device, struct lesson *lesson) {
  struct lesson before = {.names = device->names,
                          .sources = device->sources,
                          .last = device->last,
                          .gains = device->gains,
                          .shown = device->shown};
  device->names = lesson->names;
  device->sources = lesson->sources;
  device->last = lesson->last;
  device->gains = lesson->gains;
  device->shown = lesson->shown;
  free_lesson(&before);
  device->shown_count = 0;
  device->causes = 0;
  memset(device->bits, 0, sizeof(device->bits));
  memset(device->sums, 0, sizeof(device->sums));
  for (size_t i = 0; i < device->sources.count; i++)
    if (device->sources.items[i].counted)
      note_source(device, &device->sources.items[i]);
  device->is_learned = true;
  device->is_prepared = false;
  device->was_reported = false;
}

static bool are_same(const struct ethtool_statistics *a,
                     const struct ethtool_statistics *b) {
  return a->count == b->count && strcmp(a->driver, b->driver) == 0 &&
         (a->count == 0 ||
          memcmp(ethtool_stats_names(a), ethtool_stats_names(b),
                 a->count * NIC_NAME_RAW) == 0);
}

/* Finds out what the driver tells. One without statistics of its own is no
 * error. */
static int learn(struct nic_device *device, int fd) {
  struct ethtool_statistics statistics = {.count = 0};
  struct lesson lesson = {.last = NULL};
  int r = ethtool_stats_read_names(&statistics, fd, device->name);
  if (r == 0 && device->is_learned &&
      are_same(&statistics, &device->statistics)) {
    device->is_doubtful = false;
    ethtool_stats_free(&statistics);
    return 0;
  }
  if (r == 0)
    r = make_lesson(device, &statistics, &lesson);
  if (r != 0) {
    ethtool_stats_free(&statistics);
    return r;
  }
  ethtool_stats_free(&device->statistics);
  device->statistics = statistics;
  device->values = NULL;
  device->is_doubtful = false;
  take_lesson(device, &lesson);
  return 0;
}

/* Slow is who was slow: a driver does not change from read to read. */
static void note_duration(struct nic_device *device, double duration) {
  device->duration = duration;
  device->has_taken_long =
      device->has_taken_long || duration > NIC_DURATION_NOTED;
  if (duration > NIC_SLOW)
    device->is_slow = true;
  else if (duration < NIC_SLOW / 2)
    device->is_slow = false;
}

/* There are two chances: once the names are read again, the numbers must fit.
 */
static int read_values(struct nic_device *device, int fd) {
  int r = -EAGAIN;
  for (int i = 0; i < 2 && r == -EAGAIN; i++) {
    if (!device->is_learned || device->is_doubtful || i > 0) {
      r = learn(device, fd);
      if (r < 0)
        return r;
    }
    if (device->statistics.count == 0)
      return 0;
    double began = clock_monotonic_seconds();
    r = ethtool_stats_read(&device->statistics, fd, device->name,
                           &device->values);
    note_duration(device, clock_monotonic_seconds() - began);
  }
  return r;
}

void nic_device_read(struct nic_device *device, int fd,
                     const struct layer_context *context) {
  device->values = NULL;
  device->duration = NAN;
  int r = read_values(device, fd);
  /* It is gone, or about to go, which the next list of interfaces will say; or
   * it is being reset. */
  if (r == -ENODEV || r == -EBUSY || r == -ETIMEDOUT || r == -EAGAIN)
    return;
  if (r < 0)
    layer_problem_begin(
        &device->problem, context,
        "%s does not tell its statistics: %s; what it counts is "
        "not reported until that ends",
        device->name, strerror(-r));
  else
    layer_problem_end(&device->problem, context,
                      "%s tells its statistics again", device->name);
}

/* The numbers of one place, by a source's index; none where it was not read. */
struct numbers {
  const uint64_t *values;
  size_t count;
};

struct places {
  struct numbers of[NIC_PLACE_QSTATS + 1]; /* by enum nic_place */
};

static struct places find_places(const struct nic_device *device,
                                 const struct netdev_qstats_one *qstats) {
  struct places places = {0};
  if (device->values != NULL)
    places.of[NIC_PLACE_ETHTOOL] =
        (struct numbers){device->values, device->names.count};
  places.of[NIC_PLACE_LINK] =
      (struct numbers){device->link->stats, device->link->count};
  /* One that it told when it was learned must not become 0. */
  if (qstats != NULL && (device->qstats & ~qstats->present) == 0)
    places.of[NIC_PLACE_QSTATS] =
        (struct numbers){qstats->values, NETDEV_QSTATS_ATTRIBUTES};
  return places;
}

static void note_gains(struct nic_device *device, const struct places *places) {
  for (size_t i = 0; i < device->sources.count; i++) {
    const struct nic_source *source = &device->sources.items[i];
    const struct numbers *numbers = &places->of[source->place];
    if (!source->counted || source->index >= numbers->count)
      continue;
    uint64_t value = numbers->values[source->index];
    device->gains[i] = value - device->last[i];
    device->last[i] = value;
  }
}

/* A cause whose sources cannot all be read has no sum. */
static void add_up(const struct nic_device *device, const struct places *places,
                   struct nic_sum sums[static NIC_CAUSE_COUNT]) {
  uint32_t missing = 0;
  memset(sums, 0, NIC_CAUSE_COUNT * sizeof(*sums));
  for (size_t i = 0; i < device->sources.count; i++) {
    const struct nic_source *source = &device->sources.items[i];
    const struct numbers *numbers = &places->of[source->place];
    if (!source->counted)
      continue;
    if (source->index >= numbers->count) {
      missing |= UINT32_C(1) << source->cause;
      continue;
    }
    uint64_t value = numbers->values[source->index];
    sums[source->cause].value += source->minus ? -value : value;
  }
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++) {
    sums[cause].bits = device->bits[cause];
    sums[cause].value = nic_sum_value(&sums[cause]);
    sums[cause].is_told = (device->causes & ~missing) >> cause & 1;
  }
}

/* Where no sum is another than it was, no source has gained what matters. */
void nic_device_sum(struct nic_device *device,
                    const struct netdev_qstats_one *qstats,
                    struct nic_sum sums[static NIC_CAUSE_COUNT]) {
  const struct places places = find_places(device, qstats);
  add_up(device, &places, sums);
  size_t size = sizeof(device->sums);
  bool changed = memcmp(device->sums, sums, size) != 0;
  if (changed || device->has_gains)
    note_gains(device, &places);
  memcpy(device->sums, sums, size);
  device->has_gains = changed;
}

unsigned nic_device_flaps(struct nic_device *device, uint32_t carrier_changes,
                          double now) {
  const unsigned room = sizeof(device->changed) / sizeof(device->changed[0]);
  uint32_t gained = carrier_changes > device->carrier_changes
                        ? carrier_changes - device->carrier_changes
                        : 0;
  device->carrier_changes = carrier_changes;
  for (uint32_t i = 0; i < gained && i < room; i++)
    device->changed[device->change_count++ % room] = now;
  unsigned recent = 0;
  for (unsigned i = 0; i < room && i < device->change_count; i++)
    recent += now - device->changed[i] < NIC_FLAP_SECONDS;
  return recent;
}

const char *nic_device_source_name(const struct nic_device *device,
                                   const struct nic_source *source) {
  switch (source->place) {
  case NIC_PLACE_ETHTOOL:
    return device->names.items[source->index].name;
  case NIC_PLACE_LINK:
    return nic_link_member(source->index);
  case NIC_PLACE_QSTATS:
    return "qstats";
  }
  return "";
}
