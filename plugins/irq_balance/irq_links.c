/* SPDX-License-Identifier: MIT */
#include "irq_links.h"

#include <errno.h>
#include <math.h>

/* GRO merges at most this many packets of an interface into one before
 * softnet_stat counts it. */
#define MOST_MERGED 64

/* An interface's packets only matter if there may be enough of them for its
 * spread to be judged. */
static bool is_list_needed(struct irq_state *state) {
  double rate = irq_host_packets(&state->host) / (state->now - state->before);
  return link_list_is_old(&state->list, state->now) ||
         !(rate * MOST_MERGED < state->min_rate);
}

/* Without a list, the interfaces are those of the last one. */
static void skip_list(struct irq_state *state) {
  for (struct irq_device *device = irq_device_first(&state->interfaces);
       device != NULL; device = irq_device_next(device))
    device->packet_rate = NAN;
}

int irq_links_read(struct irq_state *state, struct report *report) {
  if (!is_list_needed(state)) {
    skip_list(state);
    return 0;
  }
  int r = link_list_read(&state->list, state->now);
  /* Interfaces may be missing in a list that changed while it was read. */
  bool is_complete = r != -EINTR;
  if (!is_complete)
    r = 0;
  layer_problem_source(&state->link_problem, state->context,
                       "the list of interfaces", r, NULL,
                       "interrupts are not reported");
  if (r < 0 || !is_complete)
    report_set_incomplete(report);
  if (r < 0)
    return r;
  if (interface_table_update(&state->interfaces, &state->choice,
                             state->context->root, &state->list.links,
                             is_complete))
    clock_refresh_expire(&state->look);
  for (struct irq_device *device = irq_device_first(&state->interfaces);
       device != NULL; device = irq_device_next(device))
    if (interface_table_is_current(&state->interfaces, &device->interface))
      irq_device_count(device, state->now);
  return 0;
}
