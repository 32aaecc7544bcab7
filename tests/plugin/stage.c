/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct stage *stage_new(const struct layer *layer) {
  return stage_new_in(layer, NULL);
}

struct stage *stage_new_in(const struct layer *layer, struct ledger *ledger) {
  struct stage *stage = calloc(1, sizeof(*stage));
  assert_non_null(stage);
  temp_tree_make(&stage->tree);
  recording_open_in(&stage->recording, layer, ledger);
  stage_configure(stage, PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                                LINE("SysRoot", STRING(stage->tree.sys))));
  return stage;
}

void stage_free(struct stage *stage) {
  recording_close(&stage->recording);
  temp_tree_remove(&stage->tree);
  free(stage);
}

int stage_teardown(void **state) {
  stage_free(*state);
  return 0;
}

void stage_configure(struct stage *stage, const struct config_node *block) {
  recording_configure(&stage->recording, block);
}

void stage_start(struct stage *stage) {
  int r = recording_start(&stage->recording);
  CHECK(r == 0, "%d, %s", r, recording_all_lines(&stage->recording));
}

void stage_start_quietly(struct stage *stage) {
  stage_start(stage);
  stage_expect_no_lines(stage);
}

void stage_start_and_read(struct stage *stage) {
  stage_start(stage);
  stage_read(stage);
}

int stage_try_read(struct stage *stage) {
  stage->now += 10;
  return recording_read(&stage->recording, stage->now);
}

void stage_read(struct stage *stage) {
  int r = stage_try_read(stage);
  CHECK(r == 0, "%d, %s", r, recording_all_lines(&stage->recording));
}

void stage_read_at(struct stage *stage, double now) {
  stage->now = now - 10;
  stage_read(stage);
}

const struct recorded_value *stage_find(const struct stage *stage,
                                        const char *series) {
  char instance[64], type[64];
  const char *slash = strchr(series, '/');
  const char *dash = slash != NULL ? strchr(slash, '-') : NULL;
  CHECK(dash != NULL, "%s is no series", series);
  snprintf(instance, sizeof(instance), "%.*s", (int)(slash - series), series);
  snprintf(type, sizeof(type), "%.*s", (int)(dash - slash - 1), slash + 1);
  return recording_value(&stage->recording, instance, type, dash + 1);
}

double stage_number(const struct stage *stage, const char *series) {
  const struct recorded_value *value = stage_find(stage, series);
  CHECK(value != NULL, "%s was not sent", series);
  return value->is_counter ? (double)value->count : value->gauge;
}

void stage_expect(const struct stage *stage, const char *series,
                  double number) {
  double found = stage_number(stage, series);
  CHECK(fabs(found - number) < 1e-6, "%s is %.6f, not %.6f", series, found,
        number);
}

void stage_expect_none(const struct stage *stage, const char *series) {
  CHECK(stage_find(stage, series) == NULL, "%s was sent", series);
}

size_t stage_count_values(const struct stage *stage, const char *instance) {
  size_t count = 0;
  for (size_t i = 0; i < stage->recording.value_count; i++)
    count += strcmp(stage->recording.values[i].instance, instance) == 0;
  return count;
}

void stage_expect_alerts(const struct stage *stage, const char *alerts) {
  assert_string_equal(recording_alerts(&stage->recording), alerts);
}

const struct recorded_alert *stage_only_alert(const struct stage *stage) {
  CHECK(stage->recording.alert_count == 1, "%s",
        recording_alerts(&stage->recording));
  return &stage->recording.alerts[0];
}

const char *stage_only_message(const struct stage *stage) {
  return stage_only_alert(stage)->message;
}

void stage_expect_message(const struct stage *stage, const char *message) {
  assert_string_equal(stage_only_message(stage), message);
}

void stage_expect_no_lines(const struct stage *stage) {
  CHECK(stage->recording.line_count == 0, "%s",
        recording_all_lines(&stage->recording));
}
