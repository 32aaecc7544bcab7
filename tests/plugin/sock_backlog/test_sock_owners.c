/* SPDX-License-Identifier: MIT */
/* UNIX listeners of several users with one path, which a user can forge in a
 * mount namespace of his own. */
#include "sock_stage.h"

static const char path[] = "/run/docker.sock";

static struct fake_socket *listener(uint32_t uid) {
  struct fake_socket *socket = fake_socket_unix(path, 8);
  socket->uid = uid;
  return socket;
}

/* The forged one is full, and the real one idle. */
static void a_forged_path_has_another_name(void **state) {
  struct stage *stage = *state;
  struct fake_socket *real = listener(0), *forged = listener(65534);
  stage_start_and_read(stage);
  forged->queue = 9;
  stage_read(stage);
  stage_expect_alerts(
      stage, "unix-_run_docker.sock-uid-65534/accept_queue okay>failure");
  ASSERT_HAS(stage_only_message(stage), "; a process of uid 65534: 9 of 8");
  stage_expect(stage, "unix-_run_docker.sock/queue_length-accept", 0);
  stage_expect(stage, "unix-_run_docker.sock-uid-65534/queue_length-accept", 9);
  real->queue = 5;
  stage_read(stage);
  stage_expect(stage, "unix-_run_docker.sock/queue_length-accept", 5);
}

/* Whoever comes first, root's has the plain name, and keeps it. */
static void a_forged_path_that_came_first(void **state) {
  struct stage *stage = *state;
  struct fake_socket *forged = listener(1000), *real;
  forged->queue = 7;
  stage_start_and_read(stage);
  stage_expect(stage, "unix-_run_docker.sock/queue_length-accept", 7);
  real = listener(0);
  real->queue = 1;
  for (int i = 0; i < 4; i++)
    stage_read(stage);
  stage_expect(stage, "unix-_run_docker.sock/queue_length-accept", 1);
  stage_expect(stage, "unix-_run_docker.sock-uid-1000/queue_length-accept", 7);
  /* A second socket of the user joins the first. */
  listener(1000);
  fake_socket_close(real);
  for (int i = 0; i < 4; i++)
    stage_read(stage);
  stage_expect(stage, "unix-_run_docker.sock-uid-1000/count-sockets", 2);
  assert_int_equal(stage_count_values(stage, "unix-_run_docker.sock"), 0);
}

/* The account of a service comes before a user, and root before both. */
static void three_owners(void **state) {
  struct stage *stage = *state;
  listener(1000)->queue = 1;
  listener(33)->queue = 2;
  listener(0)->queue = 3;
  listener(33)->queue = 4;
  stage_start_and_read(stage);
  stage_expect(stage, "unix-_run_docker.sock/queue_length-accept", 3);
  stage_expect(stage, "unix-_run_docker.sock-uid-1000/queue_length-accept", 1);
  stage_expect(stage, "unix-_run_docker.sock-uid-33/queue_length-accept", 6);
  stage_expect(stage, "unix/count-sockets", 4);
}

/* As before Linux 5.2, which does not show owners. */
static void owners_that_are_not_known(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_unix_uid = true;
  listener(0);
  listener(1000);
  stage_start_and_read(stage);
  stage_expect(stage, "unix-_run_docker.sock/count-sockets", 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(a_forged_path_has_another_name),
      SOCK_STAGE_TEST(a_forged_path_that_came_first),
      SOCK_STAGE_TEST(three_owners),
      SOCK_STAGE_TEST(owners_that_are_not_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
