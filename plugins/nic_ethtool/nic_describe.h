/* SPDX-License-Identifier: MIT */
/* What a counter of an adapter means, driver by driver. */
#ifndef NIC_DESCRIBE_H
#define NIC_DESCRIBE_H

#include "layer.h"

/* As the member describe of struct layer: word is a counter as ethtool -S or
 * ip -s link shows it. */
void nic_describe(const char *word, layer_take_meaning *take, void *data);

#endif
