/* SPDX-License-Identifier: MIT */
/* All layers that are built. LAYERS(X) comes from the build and is X(NAME) for
 * each of them. */
#ifndef LAYERS_H
#define LAYERS_H

#include "layer.h"

#define LAYERS_DECLARE(name) extern const struct layer name##_layer;
LAYERS(LAYERS_DECLARE)

/* For an array of all of them. */
#define LAYERS_ADDRESS(name) &name##_layer,

#endif
