/* SPDX-License-Identifier: MIT */
/* Changes of state, gathered into incidents: what an operator is notified of.
 *
 * An incident is one fault of one object: the meters that name the same bucket,
 * or a meter without one. It is raised once, becomes worse at most once, and is
 * cleared once, when all its meters are back within their limits. It does not
 * become less severe before. Where more than INCIDENT_OBJECTS_MAX objects begin
 * to breach the limits of one meter in one read, they are one incident. */
#ifndef INCIDENT_H
#define INCIDENT_H

#include <stddef.h>

#include "alert.h"

#define INCIDENT_OBJECTS_MAX 4

struct incidents;

/* plugin begins the names of its incidents and must outlive them. Returns 0 or
 * -ENOMEM. */
int incidents_new(struct incidents **ret, const char *plugin);

/* Accepts NULL. */
void incidents_free(struct incidents *incidents);

/* Takes the alerts of a read, and passes on those that are notifications. Their
 * incident is named. Without memory, an alert is a notification of its own. */
void incidents_take(struct incidents *incidents, const struct alert *alerts,
                    size_t count,
                    void (*pass)(void *data, const struct alert *alert),
                    void *data);

#endif
