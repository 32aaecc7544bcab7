/* SPDX-License-Identifier: MIT */
#include "nic_sum.h"

void nic_sum_add(struct nic_sum *sum, uint64_t whole, uint64_t parts) {
  parts += sum->advanced;
  if (whole >= parts) {
    sum->value += whole - parts;
    sum->advanced = 0;
    return;
  }
  sum->advanced = parts - whole;
  if (sum->advanced > NIC_SUM_NOISE)
    sum->advanced = NIC_SUM_NOISE;
}
