/* SPDX-License-Identifier: MIT */
/* collectd's configuration, converted to nodes that a runner takes. */
#ifndef COLLECTD_CONFIG_H
#define COLLECTD_CONFIG_H

#include "collectd.h"

#include "plugin.h"

#include "config_node.h"

/* Converts a block; the strings stay the block's. Returns NULL when out of
 * memory. */
struct config_node *collectd_config_convert(const oconfig_item_t *block);

void collectd_config_free(struct config_node *node);

#endif
