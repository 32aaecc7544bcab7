/* SPDX-License-Identifier: MIT */
#include "irq_look.h"

#include <errno.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Lists the interrupts of all interfaces, each once, in ascending order. */
static int list_numbers(struct irq_balance *state) {
  struct irq_device *device, *next;
  size_t room = 1;
  HASH_ITER(hh, state->devices, device, next) room += device->irqs.count;
  uint32_t *numbers = malloc(room * sizeof(*numbers));
  if (numbers == NULL)
    return -ENOMEM;
  size_t count = 0;
  HASH_ITER(hh, state->devices, device, next)
  for (size_t i = 0; i < device->irqs.count; i++)
    numbers[count++] = device->irqs.items[i].number;
  qsort(numbers, count, sizeof(*numbers), compare);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || numbers[kept - 1] != numbers[i])
      numbers[kept++] = numbers[i];
  free(state->numbers);
  state->numbers = numbers;
  state->number_count = kept;
  return 0;
}

static bool are_equal(const struct nic_irqs *a, const struct nic_irqs *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (a->items[i].number != b->items[i].number)
      return false;
  return true;
}

static void look_at(struct irq_balance *state, struct irq_device *device) {
  const struct sysroot *root = state->context->root;
  struct nic_irqs found = {0};
  const struct netdev_napi *napi = state->napi.count > 0 ? &state->napi : NULL;
  if (nic_irqs_read(root, &state->interrupts, napi, device->name, device->index,
                    &found) < 0) {
    nic_irqs_free(&found);
    return;
  }
  if (!are_equal(&found, &device->irqs))
    device->needs_baseline = true;
  nic_irqs_free(&device->irqs);
  device->irqs = found;
  irq_device_look(device, root, &state->host.online);
}

void irq_look(struct irq_balance *state) {
  if (!clock_refresh_is_due(&state->look, state->now) &&
      cpulist_equals(&state->look_online, &state->host.online))
    return;
  clock_refresh_done(&state->look, state->now);
  cpulist_clear(&state->look_online);
  cpulist_unite(&state->look_online, &state->host.online);
  state->napi.count = 0;
  if (state->netdev_family != 0 &&
      netdev_napi_read(&state->generic, state->netdev_family, &state->napi) ==
          -EOPNOTSUPP)
    state->netdev_family = 0;
  cpulist_clear(&state->rps);
  struct irq_device *device, *next;
  HASH_ITER(hh, state->devices, device, next) {
    if (!device->is_wanted)
      continue;
    look_at(state, device);
    cpulist_unite(&state->rps, &device->steering.rps);
  }
  if (list_numbers(state) < 0)
    clock_refresh_expire(&state->look);
}
