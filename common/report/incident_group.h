/* SPDX-License-Identifier: MIT */
/* Several objects that breach the limits of one meter at the same time: one
 * notification for all. */
#ifndef INCIDENT_GROUP_H
#define INCIDENT_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "alert.h"
#include "metric_name.h"

#define INCIDENT_NAME_SIZE 256

struct incident_group {
  struct incident_group *next;
  const struct meter *meter;
  bool is_users; /* its objects are those that ordinary users made */
  char name[INCIDENT_NAME_SIZE];
  char instance[METRIC_NAME_SIZE]; /* of the first notification... */
  char type[METRIC_NAME_SIZE];
  char type_instance[METRIC_NAME_SIZE];
  enum threshold_state notified; /* ...and of the last */
  size_t open;                   /* objects that are not cleared */
  size_t members;                /* all objects so far */

  /* Raised in this read: the worst ones, and how many. */
  const struct alert *worst[1 + ALERT_PEERS_MAX];
  size_t raised;

  /* Of those that are cleared. */
  uint64_t lost, lost_quiet;
  double lasted, peak;
  struct alert last;
};

/* The open group of a meter, or NULL. Objects that ordinary users made have
 * groups of their own: a loss of root's never hides among theirs. */
struct incident_group *incident_groups_find(struct incident_group *groups,
                                            const struct meter *meter,
                                            bool is_users);

/* Begins one, with the name of its first incident. Returns NULL when out of
 * memory. */
struct incident_group *incident_groups_begin(struct incident_group **groups,
                                             const struct alert *alert,
                                             const char *name);

/* Adds an object that was raised, or became worse, in this read. */
void incident_group_add(struct incident_group *group,
                        const struct alert *alert);

/* Takes the damage of an object that is cleared. */
void incident_group_leave(struct incident_group *group,
                          const struct alert *damage);

/* Passes on what this read changed, and moves the groups that are over to
 * ended. */
void incident_groups_settle(struct incident_group **groups,
                            struct incident_group **ended,
                            void (*pass)(void *data, const struct alert *alert),
                            void *data);

void incident_groups_free(struct incident_group **groups);

#endif
