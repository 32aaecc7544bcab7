/* SPDX-License-Identifier: MIT */
/* A recording of sock_backlog over sockets of a test's own. */
#ifndef SOCK_STAGE_H
#define SOCK_STAGE_H

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_sockets.h"
#include "layers.h"
#include "recording_frontend.h"
#include "temp_tree.h"

struct stage {
  struct temp_tree tree;
  struct recording recording;
  double now;
};

static inline int stage_make(void **state) {
  struct stage *stage = calloc(1, sizeof(*stage));
  if (stage == NULL)
    return -1;
  fake_sockets_reset();
  temp_tree_make(&stage->tree);
  temp_tree_write(&stage->tree, "proc/sys/net/core/somaxconn", "4096\n");
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_default", "212992\n");
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_max", "500000\n");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/ip_local_port_range",
                  "32768\t60999\n");
  recording_open(&stage->recording, &sock_backlog_layer);
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                             LINE("SysRoot", STRING(stage->tree.sys))));
  *state = stage;
  return 0;
}

static inline int stage_remove(void **state) {
  struct stage *stage = *state;
  recording_close(&stage->recording);
  temp_tree_remove(&stage->tree);
  free(stage);
  return 0;
}

static inline int try_read(struct stage *stage) {
  stage->now += 10;
  return recording_read(&stage->recording, stage->now);
}

static inline void read_all(struct stage *stage) {
  int r = try_read(stage);
  CHECK(r == 0, "%d, %s", r, recording_all_lines(&stage->recording));
}

static inline void start(struct stage *stage) {
  int r = recording_start(&stage->recording);
  CHECK(r == 0, "%d, %s", r, recording_all_lines(&stage->recording));
  read_all(stage);
}

static inline void configure(struct stage *stage,
                             const struct config_node *block) {
  recording_configure(&stage->recording, block);
}

/* "tcp-443/connections-dropped", split at the last '-' behind the '/'. */
static inline const struct recorded_value *find(const struct stage *stage,
                                                const char *series) {
  char instance[64], type[64], type_instance[64];
  CHECK(sscanf(series, "%63[^/]/%63[^-]-%63s", instance, type, type_instance) ==
            3,
        "%s", series);
  return recording_value(&stage->recording, instance, type, type_instance);
}

static inline void expect(const struct stage *stage, const char *series,
                          double number) {
  const struct recorded_value *value = find(stage, series);
  CHECK(value != NULL, "%s was not sent", series);
  double found = value->is_counter ? (double)value->count : value->gauge;
  CHECK(fabs(found - number) < 1e-6, "%s is %.6f, not %.6f", series, found,
        number);
}

static inline void expect_none(const struct stage *stage, const char *series) {
  CHECK(find(stage, series) == NULL, "%s was sent", series);
}

static inline void expect_alerts(const struct stage *stage,
                                 const char *alerts) {
  assert_string_equal(recording_alerts(&stage->recording), alerts);
}

static inline void expect_message(const struct stage *stage,
                                  const char *message) {
  CHECK(stage->recording.alert_count == 1, "%zu alerts",
        stage->recording.alert_count);
  assert_string_equal(stage->recording.alerts[0].message, message);
}

static inline size_t series_of(const struct stage *stage,
                               const char *instance) {
  size_t count = 0;
  for (size_t i = 0; i < stage->recording.value_count; i++)
    count += strcmp(stage->recording.values[i].instance, instance) == 0;
  return count;
}

static inline size_t lines(const struct stage *stage,
                           enum layer_severity severity, const char *part) {
  return recording_lines(&stage->recording, severity, part);
}

#define STAGE_TEST(name)                                                       \
  cmocka_unit_test_setup_teardown(name, stage_make, stage_remove)

#endif
