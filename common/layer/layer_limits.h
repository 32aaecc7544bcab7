/* SPDX-License-Identifier: MIT */
/* Checks the limits that all <Threshold> blocks together result in. */
#ifndef LAYER_LIMITS_H
#define LAYER_LIMITS_H

#include "layer_config.h"

/* Logs each pair of limits that contradict each other, such as a WarningMax
 * above the FailureMax. Returns how many there are. */
unsigned layer_limits_check(const struct layer_config *config,
                            const struct layer *layer,
                            const struct layer_context *context);

#endif
