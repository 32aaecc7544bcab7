/* SPDX-License-Identifier: MIT */
#include "collectd_value.h"

#include "utils/common/common.h"

void collectd_value_dispatch(const char *plugin, cdtime_t time,
                             const struct report_value *value) {
  value_t number = value->is_counter
                       ? (value_t){.derive = (derive_t)value->count}
                       : (value_t){.gauge = value->gauge};
  value_list_t list = {.values = &number, .values_len = 1, .time = time};
  sstrncpy(list.plugin, plugin, sizeof(list.plugin));
  sstrncpy(list.plugin_instance, value->instance, sizeof(list.plugin_instance));
  sstrncpy(list.type, value->type, sizeof(list.type));
  sstrncpy(list.type_instance, value->type_instance,
           sizeof(list.type_instance));
  plugin_dispatch_values(&list);
}
