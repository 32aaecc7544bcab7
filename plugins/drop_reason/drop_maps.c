/* SPDX-License-Identifier: MIT */
#include "drop_maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "bpf.h"

/* No kernel is built for more CPUs (CONFIG_NR_CPUS). */
#define MAX_CPUS 16384

/* Counts the possible CPUs by the numbers that the kernel writes for one
 * element: no other source is as reliable. */
static int count_cpus(struct drop_maps *maps) {
  uint64_t *numbers = malloc(MAX_CPUS * sizeof(*numbers));
  uint32_t element = DROP_SPILLED;
  if (numbers == NULL)
    return -ENOMEM;
  memset(numbers, 0xff, MAX_CPUS * sizeof(*numbers));
  int r = bpf_map_lookup(maps->spill, &element, numbers);
  size_t count = 0;
  while (r == 0 && count < MAX_CPUS && numbers[count] == 0)
    count++;
  maps->cpus = count;
  free(numbers);
  return r == 0 && count == 0 ? -EINVAL : r;
}

static int create(struct drop_maps *maps, unsigned places) {
  maps->places = bpf_map_new(BPF_MAP_TYPE_PERCPU_HASH, sizeof(struct drop_key),
                             sizeof(uint64_t), places, "netloss_places");
  if (maps->places < 0)
    return maps->places;
  maps->spill =
      bpf_map_new(BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint32_t), sizeof(uint64_t),
                  DROP_SPILL_REASON + maps->reasons, "netloss_reasons");
  return maps->spill < 0 ? maps->spill : 0;
}

static int allocate(struct drop_maps *maps) {
  maps->keys = calloc(DROP_MAPS_BATCH, sizeof(*maps->keys));
  maps->values = calloc(DROP_MAPS_BATCH * maps->cpus, sizeof(*maps->values));
  maps->spilled = calloc(maps->reasons + 1, sizeof(*maps->spilled));
  bool has_all =
      maps->keys != NULL && maps->values != NULL && maps->spilled != NULL;
  return has_all ? 0 : -ENOMEM;
}

int drop_maps_open(struct drop_maps *maps, unsigned places, uint32_t reasons,
                   const char **ret_failure) {
  *maps = DROP_MAPS;
  maps->reasons = reasons;
  *ret_failure = "no map for a BPF program";
  int r = create(maps, places);
  if (r == 0) {
    *ret_failure = "a map of a BPF program cannot be read";
    r = count_cpus(maps);
  }
  if (r == 0) {
    *ret_failure = "no buffers for the maps of a BPF program";
    r = allocate(maps);
  }
  if (r < 0)
    drop_maps_close(maps);
  return r;
}

void drop_maps_close(struct drop_maps *maps) {
  if (maps->places >= 0)
    close(maps->places);
  if (maps->spill >= 0)
    close(maps->spill);
  free(maps->keys);
  free(maps->values);
  free(maps->spilled);
  free(maps->rows);
  *maps = DROP_MAPS;
}

static uint64_t sum(const struct drop_maps *maps, const uint64_t *values) {
  uint64_t total = 0;
  for (size_t i = 0; i < maps->cpus; i++)
    total += values[i];
  return total;
}

static int add_row(struct drop_maps *maps, struct drop_key key,
                   uint64_t count) {
  struct drop_row *rows =
      array_room(maps->rows, &maps->row_room, maps->row_count, sizeof(*rows));
  if (rows == NULL)
    return -ENOMEM;
  maps->rows = rows;
  rows[maps->row_count++] = (struct drop_row){.key = key, .count = count};
  return 0;
}

static int read_one_by_one(struct drop_maps *maps) {
  struct drop_key key;
  int r = bpf_map_next(maps->places, NULL, &key);
  while (r == 0) {
    r = bpf_map_lookup(maps->places, &key, maps->values);
    if (r == 0)
      r = add_row(maps, key, sum(maps, maps->values));
    if (r == 0)
      r = bpf_map_next(maps->places, &key, &key);
  }
  return r == -ENOENT ? 0 : r;
}

static int read_in_batches(struct drop_maps *maps) {
  uint32_t position = 0;
  bool is_first = true;
  int r = 0;
  while (r == 0) {
    uint32_t count = DROP_MAPS_BATCH;
    r = bpf_map_batch(maps->places, is_first, &position, maps->keys,
                      maps->values, &count);
    if (r < 0 && r != -ENOENT)
      return r;
    is_first = false;
    for (uint32_t i = 0; i < count; i++)
      if (add_row(maps, maps->keys[i],
                  sum(maps, &maps->values[i * maps->cpus])) < 0)
        return -ENOMEM;
  }
  return 0;
}

/* Batches do not work before Linux 5.6, nor if a hash chain has more keys than
 * a batch. */
static int read_places(struct drop_maps *maps) {
  if (!maps->reads_one_by_one) {
    int r = read_in_batches(maps);
    if (r == 0 || r == -ENOMEM)
      return r;
    maps->reads_one_by_one = true;
    maps->row_count = 0;
  }
  return read_one_by_one(maps);
}

static int read_element(struct drop_maps *maps, uint32_t element,
                        uint64_t *ret) {
  int r = bpf_map_lookup(maps->spill, &element, maps->values);
  if (r == 0)
    *ret = sum(maps, maps->values);
  return r;
}

static int read_reasons(struct drop_maps *maps, uint64_t total) {
  uint32_t reasons = maps->reasons;
  int r = read_element(maps, DROP_SPILL_OTHER, &maps->spilled[reasons]);
  for (uint32_t i = 0; r == 0 && i < reasons; i++)
    r = read_element(maps, DROP_SPILL_REASON + i, &maps->spilled[i]);
  if (r == 0)
    maps->spilled_total = total;
  return r;
}

/* Adds the map of reasons as rows without a place. Its hundreds of elements are
 * read only if their total has changed. */
static int add_reasons(struct drop_maps *maps, uint32_t unnamed) {
  uint64_t total = 0;
  int r = read_element(maps, DROP_SPILLED, &total);
  if (r == 0 && total != maps->spilled_total)
    r = read_reasons(maps, total);
  for (uint32_t i = 0; r == 0 && total > 0 && i <= maps->reasons; i++) {
    struct drop_key key = {.reason = i < maps->reasons ? i : unnamed,
                           .protocol = DROP_PROTOCOL_OTHER,
                           .netns = DROP_NETNS_OTHER};
    if (maps->spilled[i] > 0)
      r = add_row(maps, key, maps->spilled[i]);
  }
  return r;
}

int drop_maps_read(struct drop_maps *maps, uint32_t unnamed) {
  uint64_t full = 0;
  maps->row_count = 0;
  int r = read_places(maps);
  if (r == 0)
    r = add_reasons(maps, unnamed);
  if (r == 0)
    r = read_element(maps, DROP_FULL, &full);
  if (r == 0)
    maps->is_full = full > 0;
  return r;
}

int drop_maps_forget(struct drop_maps *maps, const struct drop_key *key,
                     uint64_t *ret) {
  int r = bpf_map_take(maps->places, key, maps->values);
  if (r == 0)
    *ret = sum(maps, maps->values);
  return r;
}

int drop_maps_reopen(struct drop_maps *maps) {
  uint32_t element = DROP_FULL;
  memset(maps->values, 0, maps->cpus * sizeof(*maps->values));
  return bpf_map_set(maps->spill, &element, maps->values);
}
