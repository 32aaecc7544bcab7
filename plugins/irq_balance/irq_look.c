/* SPDX-License-Identifier: MIT */
#include "irq_look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "nic_irqs_merge.h"

static void read_napi(struct irq_state *state) {
  state->napi.count = 0;
  if (state->netdev_family != 0 &&
      netdev_napi_read(&state->generic, state->netdev_family, &state->napi) ==
          -EOPNOTSUPP)
    state->netdev_family = 0;
}

static void find_irqs(struct irq_state *state, struct irq_device *device) {
  const struct netdev_napi *napi = state->napi.count > 0 ? &state->napi : NULL;
  struct nic_irqs before = device->irqs;
  if (nic_irqs_read(state->context->root, &state->interrupts, napi,
                    device->interface.name, device->interface.index,
                    &device->irqs_before) < 0)
    return;
  device->irqs = device->irqs_before;
  device->irqs_before = before;
}

/* An interface that has received nothing hardly uses a shared interrupt. */
static int compare(const void *a, const void *b) {
  const struct irq_device *one = *(struct irq_device *const *)a;
  const struct irq_device *other = *(struct irq_device *const *)b;
  bool is_idle = one->packets == 0, is_other_idle = other->packets == 0;
  if (is_idle != is_other_idle)
    return is_idle ? 1 : -1;
  return one->interface.index > other->interface.index ? 1 : -1;
}

/* Lists the wanted devices, that which counts a shared interrupt before the
 * others. */
static size_t list_devices(struct irq_state *state,
                           struct irq_device **devices) {
  size_t count = 0;
  for (struct irq_device *device = irq_device_first(&state->interfaces);
       device != NULL; device = irq_device_next(device))
    devices[count++] = device;
  qsort(devices, count, sizeof(struct irq_device *), compare);
  return count;
}

static int merge_irqs(struct irq_state *state, struct irq_device **devices,
                      size_t count) {
  struct nic_irqs **lists = calloc(count + 1, sizeof(struct nic_irqs *));
  if (lists == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < count; i++)
    lists[i] = &devices[i]->irqs;
  uint32_t *numbers;
  int r = nic_irqs_merge(lists, count, &numbers, &state->number_count);
  free(lists);
  if (r < 0)
    return r;
  free(state->numbers);
  state->numbers = numbers;
  return 0;
}

/* Whether an interface counts the same interrupts as at the look before. */
static bool counts_the_same(const struct irq_device *device) {
  const struct nic_irqs *now = &device->irqs, *before = &device->irqs_before;
  if (now->count != before->count)
    return false;
  for (size_t i = 0; i < now->count; i++)
    if (now->items[i].number != before->items[i].number ||
        now->items[i].is_repeated != before->items[i].is_repeated)
      return false;
  return true;
}

/* Logs once which interfaces share this one's interrupts. */
static void note_sharing(const struct irq_state *state,
                         struct irq_device *device,
                         struct irq_device *const *devices, size_t count) {
  const struct irq_device *other = NULL;
  size_t others = 0;
  if (device->has_noted_sharing || device->shares_queues)
    return;
  for (size_t i = 0; i < count; i++) {
    if (!devices[i]->shares_queues)
      continue;
    const struct nic_irq *irq = nic_irqs_first_working(&devices[i]->irqs);
    if (!irq_device_has(device, irq->number))
      continue;
    other = devices[i];
    others++;
  }
  if (other == NULL)
    return;
  device->has_noted_sharing = true;
  char more[32] = "";
  if (others > 1)
    snprintf(more, sizeof(more), " and %zu more", others - 1);
  layer_log(state->context, LAYER_NOTICE,
            "%s shares its queues' interrupts with %s%s: %s counts them and is "
            "judged by them",
            device->interface.name, other->interface.name, more,
            device->interface.name);
}

static int look(struct irq_state *state) {
  struct irq_device **devices = calloc(
      HASH_COUNT(state->interfaces.entries) + 1, sizeof(struct irq_device *));
  if (devices == NULL)
    return -ENOMEM;
  size_t count = list_devices(state, devices);
  read_napi(state);
  for (size_t i = 0; i < count; i++)
    find_irqs(state, devices[i]);
  int r = merge_irqs(state, devices, count);
  cpulist_clear(&state->rps);
  for (size_t i = 0; i < count; i++) {
    if (!counts_the_same(devices[i]))
      devices[i]->needs_baseline = true;
    irq_device_look(devices[i], state->context->root, &state->host.online);
    cpulist_unite(&state->rps, &devices[i]->steering.rps);
  }
  for (size_t i = 0; i < count; i++)
    note_sharing(state, devices[i], devices, count);
  free(devices);
  return r;
}

void irq_look(struct irq_state *state) {
  if (!clock_refresh_is_due(&state->look, state->now) &&
      cpulist_equals(&state->look_online, &state->host.online))
    return;
  cpulist_clear(&state->look_online);
  cpulist_unite(&state->look_online, &state->host.online);
  if (look(state) < 0)
    clock_refresh_expire(&state->look);
  else
    clock_refresh_done(&state->look, state->now);
}
