/* SPDX-License-Identifier: MIT */
/* <Plugin NAME>: a layer's own options, from its table, and those that every
 * plugin has:
 *
 *   ProcRoot "/proc"         where the kernel's trees are
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
  struct report_rule *rules;
  size_t rule_count;
  unsigned faults; /* errors logged so far: the layer must not start */
};

/* The tables of the options above and of those within <Threshold>, for the
 * documentation; each ends with a NULL name. */
extern const struct layer_option layer_common_options[];
extern const struct layer_option layer_threshold_options[];

/* What no configuration at all means. */
void layer_config_init(struct layer_config *config, const struct layer *layer);

/* Takes one block; blocks can follow each other and add up. What is wrong is
 * logged through context, with the option's name, what was found and what was
 * expected: an unknown option as a warning, anything else as an error, which is
 * counted in faults. Everything that is right takes effect. */
void layer_config_block(struct layer_config *config, const struct layer *layer,
                        void *state, const struct layer_context *context,
                        const struct config_node *block);

/* Checks what can only be judged when all blocks are known: limits that
 * contradict each other. */
void layer_config_check(struct layer_config *config, const struct layer *layer,
                        const struct layer_context *context);

void layer_config_free(struct layer_config *config);

#endif
