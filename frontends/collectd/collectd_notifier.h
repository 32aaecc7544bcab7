/* SPDX-License-Identifier: MIT */
/* Alerts as collectd's notifications, dispatched on a thread of their own: the
 * daemon calls every sink before it returns, and a mail server may take minutes
 * to answer. */
#ifndef COLLECTD_NOTIFIER_H
#define COLLECTD_NOTIFIER_H

#include "collectd.h"

#include "plugin.h"

#include "alert_text.h"

struct collectd_notifier;

/* Starts the thread. plugin is the plugin's name, not copied. Returns 0 or
 * -errno. */
int collectd_notifier_new(struct collectd_notifier **ret, const char *plugin);

/* Queues a notification of the alert; called from one read at a time. If too
 * many wait already, it is lost, which is logged once until there is room. */
void collectd_notifier_send(struct collectd_notifier *notifier, cdtime_t time,
                            const struct alert *alert,
                            const struct explanation *explanation,
                            const char *message);

/* Waits at most so many seconds for the sinks to take what is queued, logs the
 * rest, and frees the notifier. Accepts NULL. */
void collectd_notifier_free(struct collectd_notifier *notifier, double seconds);

#endif
