/* SPDX-License-Identifier: MIT */
/* The command's configuration: options of the layers as INI.
 *
 *   [softnet]
 *   ReportByCpu = true
 *   [softnet threshold dropped]
 *   WarningMax = 10
 *
 * Repeated options add up as repeated lines of collectd.conf do. */
#ifndef INI_CONFIG_H
#define INI_CONFIG_H

#include "config_node.h"
#include "layer.h"

struct ini_config;

/* Reads a file. Returns 0; -ENOMEM, the -errno of a file that cannot be read,
 * or -EINVAL for a fault in it, each with error filled: "FILE:LINE: expected
 * ..., found ...". What an option or a threshold accepts is checked by the
 * runner. */
int ini_config_read(struct ini_config **ret, const char *path,
                    struct layer_error *error);

/* The block of a layer, empty if the file has none. It lives as long as the
 * configuration. */
const struct config_node *ini_config_block(const struct ini_config *config,
                                           const struct layer *layer);

/* Accepts NULL. */
void ini_config_free(struct ini_config *config);

#endif
