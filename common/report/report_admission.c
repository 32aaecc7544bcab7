/* SPDX-License-Identifier: MIT */
#include "report_admission.h"

#include <string.h>

#include "report_state.h"
#include "report_value.h"

static struct token_bucket bucket_of(double room, double a_minute) {
  return (struct token_bucket){
      .room = room, .per_second = a_minute / 60, .level = room};
}

void report_admission_init(struct report_admission *admission,
                           bool host_is_starting) {
  *admission = (struct report_admission){
      .all = bucket_of(REPORT_ADMISSION_ROOM, REPORT_ADMISSION_A_MINUTE),
      .users = bucket_of(REPORT_ADMISSION_USERS_ROOM,
                         REPORT_ADMISSION_USERS_A_MINUTE),
  };
  if (!host_is_starting)
    return;
  admission->all.level *= REPORT_ADMISSION_START;
  admission->users.level *= REPORT_ADMISSION_START;
}

static bool is_remembered(const struct report_admission *admission,
                          uint64_t name) {
  for (size_t i = 0; i < REPORT_ADMISSION_NAMES; i++)
    if (admission->names[i] == name)
      return true;
  return false;
}

static void remember(struct report_admission *admission, uint64_t name) {
  admission->names[admission->next] = name;
  admission->next = (admission->next + 1) % REPORT_ADMISSION_NAMES;
}

/* Lets an object in that has values, if there are tokens for them. A name that
 * is not remembered once is not later either. */
static bool admit(struct report *report, struct report_object *object,
                  size_t values) {
  struct report_admission *admission = &report->admission;
  struct token_bucket *bucket =
      object->is_users ? &admission->users : &admission->all;
  uint64_t name = keyed_hash_bytes(&report->hash, object->instance,
                                   strlen(object->instance));
  if (!object->has_waited && is_remembered(admission, name))
    return true;
  object->has_waited = true;
  if (report->read > 1 &&
      !token_bucket_take(bucket, (double)values, report->now))
    return false;
  remember(admission, name);
  return true;
}

void report_admission_decide(struct report *report,
                             struct report_waiting *ret) {
  struct report_waiting waiting = {.count = 0};
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    if (object->is_admitted || object->is_hidden ||
        object->read != report->read)
      continue;
    size_t values = report_value_count(report, object);
    if (values == 0)
      continue;
    object->is_admitted = admit(report, object, values);
    if (object->is_admitted)
      continue;
    object->is_hidden = true;
    waiting.count++;
    waiting.users += object->is_users;
    waiting.example = object->name;
  }
  *ret = waiting;
}
