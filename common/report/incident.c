/* SPDX-License-Identifier: MIT */
#include "incident.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "array.h"
#include "hash.h"
#include "incident_group.h"
#include "report_object.h"

/* Meters of one incident, at most; alerts of further ones are passed on. */
#define MEMBERS_MAX 8

/* What the fault is; and the same with the object's name. */
#define CAUSE_SIZE 80
#define KEY_SIZE (LABELS_NAME_SIZE + CAUSE_SIZE)

struct member {
  const struct meter *meter;
  enum threshold_state state;
  struct alert cleared; /* once its state is okay */
};

struct incident {
  UT_hash_handle hh;     /* by key */
  struct incident *next; /* of those that ended in this read */
  char key[KEY_SIZE];
  char name[INCIDENT_NAME_SIZE];
  struct incident_group *group; /* NULL: it is alone */
  enum threshold_state notified;
  const struct meter *first; /* of the first notification, and its names: */
  char type[METRIC_NAME_SIZE];
  char type_instance[METRIC_NAME_SIZE];
  struct member members[MEMBERS_MAX];
  size_t member_count;
  bool is_new;               /* in this read */
  bool has_changed;          /* in this read */
  const struct alert *worst; /* that was raised in this read, or NULL */
};

struct incidents {
  const char *plugin;
  struct incident *all;
  struct incident_group *groups;
  struct incident *ended; /* in this read */
  struct incident_group *ended_groups;
  unsigned long begun;
  struct incident **changed; /* in this read */
  size_t changed_count;
  size_t changed_room;
};

typedef void pass_alert(void *data, const struct alert *alert);

int incidents_new(struct incidents **ret, const char *plugin) {
  struct incidents *incidents = calloc(1, sizeof(*incidents));
  if (incidents == NULL)
    return -ENOMEM;
  incidents->plugin = plugin;
  *ret = incidents;
  return 0;
}

/* Writes what the fault is. Meters of one bucket show the same, except those
 * that count different parts of it for a whole namespace. */
static void write_cause(char cause[CAUSE_SIZE], const struct meter *meter) {
  if (meter->bucket == LEDGER_NO_BUCKET)
    snprintf(cause, CAUSE_SIZE, "%s", meter_key(meter));
  else if (meter->explained > 1)
    snprintf(cause, CAUSE_SIZE, "%s-%u", ledger_bucket_name(meter->bucket),
             meter->explained);
  else
    snprintf(cause, CAUSE_SIZE, "%s", ledger_bucket_name(meter->bucket));
}

static struct incident *find(const struct incidents *incidents,
                             const struct alert *alert, char key[KEY_SIZE]) {
  char cause[CAUSE_SIZE];
  write_cause(cause, alert->meter);
  snprintf(key, KEY_SIZE, "%s/%s", cause, report_object_name(alert->object));
  struct incident *incident;
  HASH_FIND_STR(incidents->all, key, incident);
  return incident;
}

static struct incident *begin(struct incidents *incidents,
                              const struct alert *alert,
                              const char key[KEY_SIZE]) {
  struct incident *incident = calloc(1, sizeof(*incident));
  if (incident == NULL)
    return NULL;
  memcpy(incident->key, key, KEY_SIZE);
  incident->is_new = true;
  HASH_ADD_STR(incidents->all, key, incident);
  if (!HASH_ADDED(incident)) {
    free(incident);
    return NULL;
  }
  char cause[CAUSE_SIZE];
  write_cause(cause, alert->meter);
  snprintf(incident->name, sizeof(incident->name), "%s/%s/%s/%lld.%lu",
           incidents->plugin, alert->instance, cause, (long long)time(NULL),
           ++incidents->begun);
  return incident;
}

/* Its strings stay until the next read. */
static void end(struct incidents *incidents, struct incident *incident) {
  HASH_DEL(incidents->all, incident);
  incident->next = incidents->ended;
  incidents->ended = incident;
}

static void free_ended(struct incidents *incidents) {
  while (incidents->ended != NULL) {
    struct incident *next = incidents->ended->next;
    free(incidents->ended);
    incidents->ended = next;
  }
  incident_groups_free(&incidents->ended_groups);
}

void incidents_free(struct incidents *incidents) {
  if (incidents == NULL)
    return;
  struct incident *incident, *next;
  HASH_ITER(hh, incidents->all, incident, next) {
    HASH_DEL(incidents->all, incident);
    free(incident);
  }
  free_ended(incidents);
  incident_groups_free(&incidents->groups);
  free(incidents->changed);
  free(incidents);
}

/* The member of a meter, or NULL if there are too many. */
static struct member *member_of(struct incident *incident,
                                const struct meter *meter) {
  for (size_t i = 0; i < incident->member_count; i++)
    if (incident->members[i].meter == meter)
      return &incident->members[i];
  if (incident->member_count == MEMBERS_MAX)
    return NULL;
  struct member *member = &incident->members[incident->member_count++];
  *member = (struct member){.meter = meter};
  return member;
}

static bool mark_changed(struct incidents *incidents,
                         struct incident *incident) {
  if (incident->has_changed)
    return true;
  struct incident **changed =
      array_room(incidents->changed, &incidents->changed_room,
                 incidents->changed_count, sizeof(struct incident *));
  if (changed == NULL)
    return false;
  incidents->changed = changed;
  changed[incidents->changed_count++] = incident;
  incident->has_changed = true;
  incident->worst = NULL;
  return true;
}

/* A counter of losses with a limit for failures. */
static bool grades_losses(const struct alert *alert) {
  return meter_is_counter(alert->meter) &&
         alert->meter->meaning == METER_LOSS &&
         !isnan(alert->limits->failure_max);
}

/* Whether left describes a fault better than right: by what is lost, else by
 * how full something is. */
static bool is_better(const struct alert *left, const struct alert *right) {
  if (grades_losses(left) != grades_losses(right))
    return grades_losses(left);
  return left->state > right->state;
}

/* Enters an alert into its incident. False: it is a notification of its own. */
static bool enter(struct incidents *incidents, const struct alert *alert) {
  char key[KEY_SIZE];
  struct incident *incident = find(incidents, alert, key);
  if (incident == NULL && alert->state > alert->before)
    incident = begin(incidents, alert, key);
  struct member *member =
      incident != NULL ? member_of(incident, alert->meter) : NULL;
  if (member == NULL || !mark_changed(incidents, incident))
    return false;
  member->state = alert->state;
  if (alert->state == THRESHOLD_OKAY)
    member->cleared = *alert;
  else if (alert->state > alert->before &&
           (incident->worst == NULL || is_better(alert, incident->worst)))
    incident->worst = alert;
  return true;
}

/* A state that is reported again, because the user wants that. */
static void pass_again(const struct incidents *incidents,
                       const struct alert *alert, pass_alert *pass,
                       void *data) {
  char key[KEY_SIZE];
  struct alert again = *alert;
  const struct incident *incident = find(incidents, alert, key);
  if (incident != NULL)
    again.incident =
        incident->group != NULL ? incident->group->name : incident->name;
  pass(data, &again);
}

static bool is_over(const struct incident *incident) {
  for (size_t i = 0; i < incident->member_count; i++)
    if (incident->members[i].state != THRESHOLD_OKAY)
      return false;
  return true;
}

/* The alert with the whole damage: of a counter that lost something, else
 * of the meter that was raised first. */
static const struct alert *damage_of(const struct incident *incident) {
  const struct alert *best = NULL;
  for (size_t i = 0; i < incident->member_count; i++) {
    const struct member *member = &incident->members[i];
    const struct alert *cleared = &member->cleared;
    bool has_lost = meter_is_counter(member->meter) &&
                    member->meter->meaning == METER_LOSS &&
                    cleared->lost > cleared->lost_quiet;
    if (best == NULL || has_lost ||
        (member->meter == incident->first && !meter_is_counter(best->meter)))
      best = cleared;
    if (has_lost)
      break;
  }
  return best;
}

/* Names an alert as the first one of its incident was. */
static void pass_named(const struct incident *incident,
                       const struct alert *alert, enum threshold_state before,
                       pass_alert *pass, void *data) {
  struct alert named = *alert;
  named.incident = incident->name;
  named.type = incident->type;
  named.type_instance = incident->type_instance;
  named.before = before;
  pass(data, &named);
}

static void raise_one(struct incident *incident, pass_alert *pass, void *data) {
  const struct alert *alert = incident->worst;
  if (incident->first == NULL) {
    incident->first = alert->meter;
    snprintf(incident->type, sizeof(incident->type), "%s", alert->type);
    snprintf(incident->type_instance, sizeof(incident->type_instance), "%s",
             alert->type_instance);
  }
  enum threshold_state before = incident->notified;
  incident->notified = alert->state;
  pass_named(incident, alert, before, pass, data);
}

/* How many incidents of this read begin with the same meter, of objects that
 * users made or of others. */
static size_t count_new(const struct incidents *incidents,
                        const struct meter *meter, bool is_users) {
  size_t count = 0;
  for (size_t i = 0; i < incidents->changed_count; i++) {
    const struct incident *incident = incidents->changed[i];
    count += incident->is_new && incident->worst->meter == meter &&
             report_object_is_users(incident->worst->object) == is_users;
  }
  return count;
}

/* Finds or makes the group of an incident that begins, or returns NULL. */
static struct incident_group *group_of(struct incidents *incidents,
                                       const struct incident *incident) {
  const struct meter *meter = incident->worst->meter;
  bool is_users = report_object_is_users(incident->worst->object);
  struct incident_group *group =
      incident_groups_find(incidents->groups, meter, is_users);
  if (group != NULL ||
      count_new(incidents, meter, is_users) <= INCIDENT_OBJECTS_MAX)
    return group;
  return incident_groups_begin(&incidents->groups, incident->worst,
                               incident->name);
}

/* Each incident that begins is put into its group before any is passed on. */
static void put_into_groups(struct incidents *incidents) {
  for (size_t i = 0; i < incidents->changed_count; i++) {
    struct incident *incident = incidents->changed[i];
    if (!incident->is_new)
      continue;
    incident->group = group_of(incidents, incident);
    if (incident->group != NULL) {
      incident->group->open++;
      incident->first = incident->worst->meter;
    }
  }
}

static void settle(struct incidents *incidents, struct incident *incident,
                   pass_alert *pass, void *data) {
  struct incident_group *group = incident->group;
  incident->is_new = false;
  incident->has_changed = false;
  if (is_over(incident)) {
    const struct alert *damage = damage_of(incident);
    if (group != NULL)
      incident_group_leave(group, damage);
    else
      pass_named(incident, damage, incident->notified, pass, data);
    end(incidents, incident);
  } else if (incident->worst != NULL) {
    if (group != NULL)
      incident_group_add(group, incident->worst);
    else if (incident->worst->state > incident->notified)
      raise_one(incident, pass, data);
  }
}

void incidents_take(struct incidents *incidents, const struct alert *alerts,
                    size_t count, pass_alert *pass, void *data) {
  incidents->changed_count = 0;
  free_ended(incidents);
  for (size_t i = 0; i < count; i++) {
    const struct alert *alert = &alerts[i];
    if (alert->state == alert->before)
      pass_again(incidents, alert, pass, data);
    else if (!enter(incidents, alert))
      pass(data, alert);
    else if (alert->state < alert->before && alert->state != THRESHOLD_OKAY &&
             alert->limits->persist)
      pass_again(incidents, alert, pass, data);
  }
  put_into_groups(incidents);
  for (size_t i = 0; i < incidents->changed_count; i++)
    settle(incidents, incidents->changed[i], pass, data);
  incident_groups_settle(&incidents->groups, &incidents->ended_groups, pass,
                         data);
}
