/* SPDX-License-Identifier: MIT */
/* What a layer logs about the network namespaces that it does not watch. */
#ifndef NAMESPACES_LOG_H
#define NAMESPACES_LOG_H

#include <stddef.h>

#include "net_namespace.h"

/* No namespace can be entered: error is a negative errno. */
void namespaces_log_no_entry(const struct layer_context *context, int error);

/* One namespace cannot be watched: error is a negative errno. */
void namespaces_log_failure(const struct layer_context *context,
                            const struct net_namespace *netns, int error);

/* There are more than max. */
void namespaces_log_max(const struct layer_context *context, unsigned max);

/* Names those left out for want of descriptors. Returns false and logs nothing
 * if there are none. */
bool namespaces_log_left_out(const struct layer_context *context,
                             struct net_namespace *const *all, size_t count);

#endif
