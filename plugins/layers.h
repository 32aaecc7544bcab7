/* SPDX-License-Identifier: MIT */
/* All layers, for programs that link them: modules, tests, documentation. */
#ifndef LAYERS_H
#define LAYERS_H

#include "layer.h"

extern const struct layer drop_reason_layer;
extern const struct layer irq_balance_layer;
extern const struct layer nic_ethtool_layer;
extern const struct layer snmp_proto_layer;
extern const struct layer sock_backlog_layer;
extern const struct layer softnet_layer;

#endif
