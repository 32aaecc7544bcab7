/* SPDX-License-Identifier: MIT */
/* What one user can make the plugin send. */
#include "clock.h"
#include "sock_stage.h"

#define LISTENERS 64

static char paths[LISTENERS][32];

/* The user's listeners, all full, under names that no read had before. */
static void rename_all(struct fake_socket *sockets[static LISTENERS],
                       unsigned read) {
  for (unsigned i = 0; i < LISTENERS; i++) {
    if (sockets[i] != NULL)
      fake_socket_close(sockets[i]);
    snprintf(paths[i], sizeof(paths[i]), "@%u/%u", read, i);
    sockets[i] = fake_socket_unix(paths[i], 8);
    sockets[i]->uid = 1000;
    sockets[i]->queue = 9;
  }
}

/* Half an hour of it. A loss at root's own port is raised in its read. */
static void a_user_renames_full_listeners(void **state) {
  struct stage *stage = *state;
  struct fake_socket *sockets[LISTENERS] = {NULL};
  struct fake_socket *root = fake_socket_tcp(443, 8);
  size_t notifications = 0, new = 0;
  stage_start_and_read(stage);
  for (unsigned read = 0; read < 180; read++) {
    rename_all(sockets, read);
    if (read == 150)
      root->drops += 100;
    stage_read(stage);
    for (size_t i = 0; i < stage->recording.value_count; i++)
      new += strncmp(stage->recording.values[i].instance, "unix-", 5) == 0;
    if (read == 150)
      ASSERT_HAS(recording_alerts(&stage->recording),
                 "tcp-443/dropped okay>warning");
    notifications += stage->recording.alert_count;
  }
  assert_int_equal(new, 0);
  CHECK(notifications > 1 && notifications < 35, "%zu", notifications);
}

/* Listeners that stay long enough to be sent: the names are bounded as well. */
static void a_user_renames_listeners_slowly(void **state) {
  struct stage *stage = *state;
  struct fake_socket *sockets[LISTENERS] = {NULL};
  size_t objects = 0;
  static char seen[LISTENERS * 20][64];
  stage_start_and_read(stage);
  for (unsigned read = 0; read < 60; read++) {
    if (read % 4 == 0)
      rename_all(sockets, read);
    stage_read(stage);
    for (size_t i = 0; i < stage->recording.value_count; i++) {
      const struct recorded_value *value = &stage->recording.values[i];
      size_t at = 0;
      while (at < objects && strcmp(seen[at], value->instance) != 0)
        at++;
      if (at == objects && strncmp(value->instance, "unix-", 5) == 0)
        strcpy(seen[objects++], value->instance);
    }
  }
  /* Four series each: 120, and 60 more in ten minutes. There are more while the
   * host starts. */
  CHECK(objects > 30, "%zu", objects);
  if (clock_uptime_seconds() > 600)
    CHECK(objects <= 45, "%zu", objects);
  assert_int_equal(recording_lines(&stage->recording, LAYER_WARNING,
                                   "there are too many new series: "),
                   1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(a_user_renames_full_listeners),
      SOCK_STAGE_TEST(a_user_renames_listeners_slowly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
