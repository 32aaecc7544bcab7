/* SPDX-License-Identifier: MIT */
#include "nic_irqs_merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An interrupt of one list. */
struct entry {
  struct nic_irq *irq;
  size_t list;
};

static int compare(const void *a, const void *b) {
  const struct entry *one = a, *other = b;
  if (one->irq->number != other->irq->number)
    return one->irq->number > other->irq->number ? 1 : -1;
  return (one->list > other->list) - (one->list < other->list);
}

static size_t collect(struct nic_irqs *const *lists, size_t count,
                      struct entry *entries) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < lists[i]->count; j++) {
      if (entries != NULL)
        entries[total] = (struct entry){.irq = &lists[i]->items[j], .list = i};
      total++;
    }
  return total;
}

/* Leaves the repeated interrupts to the list that counts them if this one has
 * queues of its own. */
static void choose_working(struct nic_irqs *irqs) {
  bool has_own = false;
  for (size_t i = 0; i < irqs->count; i++)
    has_own = has_own || (irqs->items[i].works && !irqs->items[i].is_repeated);
  for (size_t i = 0; i < irqs->count && has_own; i++)
    irqs->items[i].works = irqs->items[i].works && !irqs->items[i].is_repeated;
}

/* Marks an entry if one before it has the same handler. */
static void mark(struct entry *entries, size_t at) {
  struct nic_irq *irq = entries[at].irq;
  irq->is_shared = irq->is_repeated = false;
  while (!irq->is_repeated && at-- > 0 &&
         entries[at].irq->number == irq->number)
    if (strcmp(entries[at].irq->name, irq->name) == 0) {
      irq->is_shared = irq->is_repeated = true;
      entries[at].irq->is_shared = true;
    }
}

int nic_irqs_merge(struct nic_irqs *const *lists, size_t count, uint32_t **ret,
                   size_t *ret_count) {
  size_t total = collect(lists, count, NULL), kept = 0;
  struct entry *entries = calloc(total + 1, sizeof(*entries));
  uint32_t *numbers = calloc(total + 1, sizeof(*numbers));
  if (entries == NULL || numbers == NULL) {
    free(entries);
    free(numbers);
    return -ENOMEM;
  }
  collect(lists, count, entries);
  qsort(entries, total, sizeof(*entries), compare);
  for (size_t i = 0; i < total; i++) {
    uint32_t number = entries[i].irq->number;
    mark(entries, i);
    if (kept == 0 || numbers[kept - 1] != number)
      numbers[kept++] = number;
  }
  for (size_t i = 0; i < count; i++)
    choose_working(lists[i]);
  free(entries);
  *ret = numbers;
  *ret_count = kept;
  return 0;
}
