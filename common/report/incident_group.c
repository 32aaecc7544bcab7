/* SPDX-License-Identifier: MIT */
#include "incident_group.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_object.h"

struct incident_group *incident_groups_find(struct incident_group *groups,
                                            const struct meter *meter,
                                            bool is_users) {
  while (groups != NULL &&
         (groups->meter != meter || groups->is_users != is_users))
    groups = groups->next;
  return groups;
}

struct incident_group *incident_groups_begin(struct incident_group **groups,
                                             const struct alert *alert,
                                             const char *name) {
  struct incident_group *group = calloc(1, sizeof(*group));
  if (group == NULL)
    return NULL;
  group->meter = alert->meter;
  group->is_users = report_object_is_users(alert->object);
  snprintf(group->name, sizeof(group->name), "%s", name);
  snprintf(group->type, sizeof(group->type), "%s", alert->type);
  snprintf(group->type_instance, sizeof(group->type_instance), "%s",
           alert->type_instance);
  group->next = *groups;
  *groups = group;
  return group;
}

/* More severe, or further beyond the limit. */
static bool is_worse(const struct alert *left, const struct alert *right) {
  if (left->state != right->state)
    return left->state > right->state;
  return fabs(left->value - left->limit) > fabs(right->value - right->limit);
}

void incident_group_add(struct incident_group *group,
                        const struct alert *alert) {
  size_t last =
      group->raised < 1 + ALERT_PEERS_MAX ? group->raised : 1 + ALERT_PEERS_MAX;
  size_t index = last;
  while (index > 0 && is_worse(alert, group->worst[index - 1]))
    index--;
  group->raised++;
  if (index == 1 + ALERT_PEERS_MAX)
    return;
  size_t moved = (last < 1 + ALERT_PEERS_MAX ? last : last - 1) - index;
  memmove(&group->worst[index + 1], &group->worst[index],
          moved * sizeof(group->worst[0]));
  group->worst[index] = alert;
}

void incident_group_leave(struct incident_group *group,
                          const struct alert *damage) {
  group->open--;
  group->members++;
  group->lost += damage->lost;
  group->lost_quiet += damage->lost_quiet;
  group->lasted = fmax(group->lasted, damage->lasted);
  group->last = *damage;
}

static struct alert named(const struct incident_group *group,
                          const struct alert *alert,
                          enum threshold_state before) {
  struct alert named = *alert;
  named.incident = group->name;
  named.instance = group->instance;
  named.type = group->type;
  named.type_instance = group->type_instance;
  named.before = before;
  return named;
}

static void pass_raised(struct incident_group *group,
                        void (*pass)(void *data, const struct alert *alert),
                        void *data) {
  const struct alert *worst = group->worst[0];
  if (group->instance[0] == '\0')
    snprintf(group->instance, sizeof(group->instance), "%s", worst->instance);
  struct alert alert = named(group, worst, group->notified);
  while (alert.peer_count < ALERT_PEERS_MAX &&
         alert.peer_count + 1 < group->raised) {
    alert.peers[alert.peer_count] = group->worst[alert.peer_count + 1];
    alert.peer_count++;
  }
  alert.others = group->raised - 1 - alert.peer_count;
  group->notified = worst->state;
  pass(data, &alert);
}

static void pass_cleared(const struct incident_group *group,
                         void (*pass)(void *data, const struct alert *alert),
                         void *data) {
  struct alert alert = named(group, &group->last, group->notified);
  alert.lost = group->lost;
  alert.lost_quiet = group->lost_quiet;
  alert.lasted = group->lasted;
  alert.others = group->members - 1;
  pass(data, &alert);
}

void incident_groups_settle(struct incident_group **groups,
                            struct incident_group **ended,
                            void (*pass)(void *data, const struct alert *alert),
                            void *data) {
  while (*groups != NULL) {
    struct incident_group *group = *groups;
    if (group->raised > 0 && group->worst[0]->state > group->notified)
      pass_raised(group, pass, data);
    group->raised = 0;
    if (group->open > 0) {
      groups = &group->next;
      continue;
    }
    pass_cleared(group, pass, data);
    *groups = group->next;
    group->next = *ended;
    *ended = group;
  }
}

void incident_groups_free(struct incident_group **groups) {
  while (*groups != NULL) {
    struct incident_group *next = (*groups)->next;
    free(*groups);
    *groups = next;
  }
}
