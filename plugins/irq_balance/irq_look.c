/* SPDX-License-Identifier: MIT */
/* Which interrupts belong to which interface: looked at when interfaces come
 * and go, and once a minute, because interrupts move too. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irq_balance.h"

/* How many seconds what was found is taken to stay so. */
#define LOOK_AGE 60

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Lists the interrupts of all interfaces, each once. */
static int list_numbers(struct irq_balance *irq) {
  struct irq_device *device, *next;
  size_t room = 1;
  HASH_ITER(hh, irq->devices, device, next) room += device->irqs.count;
  uint32_t *numbers = malloc(room * sizeof(*numbers));
  if (numbers == NULL)
    return -ENOMEM;
  size_t count = 0;
  HASH_ITER(hh, irq->devices, device, next)
  for (size_t i = 0; i < device->irqs.count; i++)
    numbers[count++] = device->irqs.items[i].number;
  qsort(numbers, count, sizeof(*numbers), compare);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || numbers[kept - 1] != numbers[i])
      numbers[kept++] = numbers[i];
  free(irq->numbers);
  irq->numbers = numbers;
  irq->number_count = kept;
  return 0;
}

/* Whether two lists are about the same interrupts. */
static bool are_same(const struct nic_irqs *a, const struct nic_irqs *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (a->items[i].number != b->items[i].number)
      return false;
  return true;
}

static void look_at(struct irq_balance *irq, struct irq_device *device) {
  const struct sysroot *root = irq->context->root;
  struct nic_irqs found = {0};
  const struct netdev_napi *napi = irq->napi.count > 0 ? &irq->napi : NULL;
  if (nic_irqs_read(root, &irq->interrupts, napi, device->name, device->index,
                    &found) < 0) {
    nic_irqs_free(&found);
    return;
  }
  if (!are_same(&found, &device->irqs))
    device->is_replaced = true;
  nic_irqs_free(&device->irqs);
  device->irqs = found;
  irq_device_look(device, root, &irq->online);
}

void irq_look(struct irq_balance *irq) {
  if (irq->now - irq->looked < LOOK_AGE &&
      cpulist_equals(&irq->looked_online, &irq->online))
    return;
  irq->looked = irq->now;
  cpulist_clear(&irq->looked_online);
  cpulist_unite(&irq->looked_online, &irq->online);
  irq->napi.count = 0;
  if (irq->netdev != 0 &&
      netdev_napi_read(&irq->generic, irq->netdev, &irq->napi) == -EOPNOTSUPP)
    irq->netdev = 0;
  cpulist_clear(&irq->rps);
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next) {
    if (!device->is_wanted)
      continue;
    look_at(irq, device);
    cpulist_unite(&irq->rps, &device->steering.rps);
  }
  if (list_numbers(irq) < 0)
    irq->looked = NAN;
}
