/* SPDX-License-Identifier: MIT */
/* A report's values in collectd's own form. */
#ifndef COLLECTD_VALUE_H
#define COLLECTD_VALUE_H

#include "collectd.h"

#include "plugin.h"

#include "report.h"

/* Dispatches a value under the plugin's name: the object as plugin instance,
 * the meter as type and type instance, counters as DERIVE. */
void collectd_value_dispatch(const char *plugin, cdtime_t time,
                             const struct report_value *value);

#endif
