/* SPDX-License-Identifier: MIT */
#include "irq_links.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* GRO merges at most this many packets of an interface into one before
 * softnet_stat counts it. */
#define MOST_MERGED 64

static void forget(struct irq_balance *state, struct irq_device *device) {
  HASH_DEL(state->devices, device);
  irq_device_free(device);
  clock_refresh_expire(&state->look);
}

static struct irq_device *make_device(struct irq_balance *state,
                                      const struct link_stats_one *link) {
  struct irq_device *device = irq_device_new(link);
  if (device == NULL)
    return NULL;
  device->is_wanted =
      interface_choice_selects(&state->choice, state->context->root, link);
  HASH_ADD(hh, state->devices, index, sizeof(device->index), device);
  if (!HASH_ADDED(device)) {
    irq_device_free(device);
    return NULL;
  }
  if (device->is_wanted)
    clock_refresh_expire(&state->look);
  return device;
}

/* Finds or makes the device of an interface; one that was renamed is new.
 * Returns NULL if there is no memory. */
static struct irq_device *take_device(struct irq_balance *state,
                                      const struct link_stats_one *link) {
  struct irq_device *device;
  HASH_FIND(hh, state->devices, &link->index, sizeof(link->index), device);
  if (device != NULL && strcmp(device->name, link->name) != 0) {
    forget(state, device);
    device = NULL;
  }
  if (device == NULL)
    device = make_device(state, link);
  if (device != NULL)
    device->seen = state->read;
  return device;
}

/* An interface's packets only matter if there may be enough of them for its
 * spread to be judged. */
static bool is_list_needed(struct irq_balance *state) {
  double rate = irq_host_packets(&state->host) / (state->now - state->before);
  return link_list_is_old(&state->list, state->now) ||
         !(rate * MOST_MERGED < state->min_rate);
}

static void keep_devices(struct irq_balance *state) {
  struct irq_device *device, *next;
  HASH_ITER(hh, state->devices, device, next) {
    device->seen = state->read;
    device->packet_rate = NAN;
  }
}

static void forget_absent(struct irq_balance *state) {
  struct irq_device *device, *next;
  HASH_ITER(hh, state->devices, device, next)
  if (device->seen != state->read)
    forget(state, device);
}

int irq_links_read(struct irq_balance *state, struct report *report) {
  if (!is_list_needed(state)) {
    keep_devices(state);
    return 0;
  }
  int r = link_list_read(&state->list, state->now);
  /* Interfaces may be missing in a list that changed while it was read. */
  bool is_partial = r == -EINTR;
  if (is_partial)
    r = 0;
  layer_problem_source(&state->link_problem, state->context,
                       "the list of interfaces", r, NULL,
                       "interrupts are not reported");
  if (r < 0 || is_partial)
    report_set_incomplete(report);
  if (r < 0)
    return r;
  const struct link_stats *links = &state->list.links;
  for (size_t i = 0; i < links->count; i++) {
    struct irq_device *device = take_device(state, &links->items[i]);
    if (device != NULL)
      irq_device_count(device, &links->items[i], state->now);
  }
  if (!is_partial)
    forget_absent(state);
  return 0;
}

void irq_links_free(struct irq_balance *state) {
  struct irq_device *device, *next;
  HASH_ITER(hh, state->devices, device, next) forget(state, device);
}
