/* SPDX-License-Identifier: MIT */
#include "irq_napi.h"

struct irq_meaning irq_napi_meaning(const struct netdev_napi_one *one) {
  struct irq_meaning meaning = {
      .role = IRQ_QUEUE, .direction = IRQ_BOTH, .queue = one->rx_queue};
  if (one->rx_queue == NETDEV_NAPI_NONE) {
    meaning.queue = one->tx_queue;
    if (one->tx_queue != NETDEV_NAPI_NONE)
      meaning.direction = IRQ_TX;
  } else if (one->tx_queue == NETDEV_NAPI_NONE) {
    meaning.direction = IRQ_RX;
  }
  if (meaning.queue == NETDEV_NAPI_NONE)
    meaning.queue = IRQ_NO_QUEUE;
  return meaning;
}

void irq_napi_unite(struct irq_meaning *meaning, struct irq_meaning other) {
  if (meaning->role != IRQ_QUEUE) {
    *meaning = other;
    return;
  }
  if (meaning->direction != other.direction)
    meaning->direction = IRQ_BOTH;
  if (other.queue < meaning->queue)
    meaning->queue = other.queue;
}

bool irq_napi_is_of_another(const struct netdev_napi *napi, uint32_t number,
                            uint32_t index) {
  bool is_reported = false;
  for (size_t i = 0; napi != NULL && i < napi->count; i++) {
    const struct netdev_napi_one *one = &napi->items[i];
    if (one->irq != number)
      continue;
    if (one->index == index)
      return false;
    is_reported = true;
  }
  return is_reported;
}
