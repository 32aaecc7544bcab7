/* SPDX-License-Identifier: MIT */
#include "collectd_config.h"

#include <stdlib.h>

static struct config_value convert_value(const oconfig_value_t *value) {
  switch (value->type) {
  case OCONFIG_TYPE_NUMBER:
    return (struct config_value){.kind = CONFIG_NUMBER,
                                 .number = value->value.number};
  case OCONFIG_TYPE_BOOLEAN:
    return (struct config_value){.kind = CONFIG_BOOLEAN,
                                 .boolean = value->value.boolean != 0};
  default:
    return (struct config_value){.kind = CONFIG_STRING,
                                 .string = value->value.string};
  }
}

static void free_nodes(const struct config_node *nodes, size_t count) {
  for (size_t i = 0; nodes != NULL && i < count; i++) {
    free_nodes(nodes[i].children, nodes[i].child_count);
    free((void *)nodes[i].values);
  }
  free((void *)nodes);
}

/* Returns NULL when out of memory, or if there are no items. */
static struct config_node *convert(const oconfig_item_t *items, size_t count) {
  if (count == 0)
    return NULL;
  struct config_node *nodes = calloc(count, sizeof(*nodes));
  for (size_t i = 0; nodes != NULL && i < count; i++) {
    const oconfig_item_t *item = &items[i];
    size_t value_count = (size_t)item->values_num;
    size_t child_count = (size_t)item->children_num;
    struct config_value *values = calloc(value_count + 1, sizeof(*values));
    struct config_node *children = convert(item->children, child_count);
    nodes[i] = (struct config_node){
        .key = item->key, .values = values, .children = children};
    if (values == NULL || (children == NULL && child_count > 0)) {
      free_nodes(nodes, count);
      return NULL;
    }
    nodes[i].child_count = child_count;
    nodes[i].value_count = value_count;
    for (size_t j = 0; j < value_count; j++)
      values[j] = convert_value(&item->values[j]);
  }
  return nodes;
}

struct config_node *collectd_config_convert(const oconfig_item_t *block) {
  return convert(block, 1);
}

void collectd_config_free(struct config_node *node) { free_nodes(node, 1); }
