/* SPDX-License-Identifier: MIT */
/* The layers that were built. */
#ifndef LAYER_LIST_H
#define LAYER_LIST_H

#include "layer.h"

/* Ends with NULL. */
extern const struct layer *const layer_list[];

/* Returns NULL if no layer has this name. */
const struct layer *layer_list_find(const char *name);

#endif
