/* SPDX-License-Identifier: MIT */
/* The configuration of a plugin, <Plugin NAME>: the layer's own options, from
 * its table, and those of every plugin:
 *
 *   ProcRoot "/proc"         where the kernel's trees are mounted
 *   SysRoot "/sys"
 *   Notifications true       false: values only
 *   ReportSettings true      the sysctls that govern the layer, as gauges
 *   <Threshold "METER"> ...  limits, as in collectd-threshold(5)
 */
#ifndef LAYER_CONFIG_H
#define LAYER_CONFIG_H

#include "config_node.h"
#include "layer.h"

struct layer_config {
  char *proc_root; /* NULL: the default */
  char *sys_root;
  bool notifications;
  bool report_settings;
  struct report_rule *rules; /* one for each <Threshold> */
  size_t rule_count, rule_room;
  unsigned faults; /* errors logged: if any, the layer must not start */
};

/* The options of every plugin and those within <Threshold>, for the
 * documentation; each table ends with a NULL name. */
extern const struct layer_option layer_common_options[];
extern const struct layer_option layer_threshold_options[];

/* Sets the defaults. */
void layer_config_init(struct layer_config *config, const struct layer *layer);

/* Applies a block to config and to the layer's state; several blocks add up.
 * Each mistake is logged with the option's name, what was expected and what was
 * found: an unknown option as a warning, anything else as an error, which is
 * counted in faults. Everything that is right takes effect. */
void layer_config_block(struct layer_config *config, const struct layer *layer,
                        void *state, const struct layer_context *context,
                        const struct config_node *block);

void layer_config_free(struct layer_config *config);

#endif
