/* SPDX-License-Identifier: MIT */
#include "layer_list.h"

#include <string.h>

#include "layers.h"

const struct layer *const layer_list[] = {LAYERS(LAYERS_ADDRESS) NULL};

const struct layer *layer_list_find(const char *name) {
  for (size_t i = 0; layer_list[i] != NULL; i++)
    if (strcmp(layer_list[i]->name, name) == 0)
      return layer_list[i];
  return NULL;
}
