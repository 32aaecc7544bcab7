/* SPDX-License-Identifier: MIT */
/* Which sockets the user chooses, by path and by owner. */
#include "sock_stage.h"

#include <errno.h>
#include <pwd.h>

static void chosen_paths(void **state) {
  struct stage *stage = *state;
  fake_socket_unix("/run/docker.sock", 5);
  fake_socket_unix("/run/php/fpm.sock", 5);
  fake_socket_unix("/tmp/run/php/x", 5);
  fake_socket_tcp(443, 4);
  stage_configure(stage, PLUGIN(LINE("Path", STRING("/run/docker.sock")),
                                LINE("Path", STRING("/^\\/run\\/php\\//"))));
  stage_start_and_read(stage);
  stage_expect(stage, "unix/count-sockets", 2);
  assert_int_equal(stage_count_values(stage, "unix-_run_docker.sock"), 4);
  assert_int_equal(stage_count_values(stage, "unix-_run_php_fpm.sock"), 4);
  assert_int_equal(stage_count_values(stage, "unix-_tmp_run_php_x"), 0);
  stage_expect(stage, "tcp/count-sockets", 1);
  stage_expect_no_lines(stage);
}

/* A socket that is not chosen is not judged. */
static void ignored_paths_and_ports(void **state) {
  struct stage *stage = *state;
  struct fake_socket *ignored = fake_socket_unix("/run/x", 5);
  fake_socket_unix("/run/y", 5);
  fake_socket_tcp(22, 4);
  fake_socket_tcp(443, 4);
  stage_configure(stage, PLUGIN(LINE("Path", STRING("/run/x")),
                                LINE("Port", STRING("22")),
                                LINE("IgnoreSelected", BOOLEAN(true))));
  stage_start_and_read(stage);
  ignored->queue = 6;
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect(stage, "unix/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "unix-_run_x"), 0);
  stage_expect(stage, "tcp/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "tcp-22"), 0);
}

static void make_sockets_of_users(void) {
  fake_socket_tcp(443, 4)->uid = 33;
  fake_socket_tcp(80, 4)->uid = 1000;
  fake_socket_udp(53, 4)->uid = 0;
  fake_socket_unix("/run/x", 5)->uid = 0;
  fake_socket_unix("/run/y", 5)->uid = 1000;
}

static void chosen_owners(void **state) {
  struct stage *stage = *state;
  make_sockets_of_users();
  stage_configure(stage, PLUGIN(LINE("Owner", STRING("root")),
                                LINE("Owner", STRING("33"))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "tcp-443"), 5);
  stage_expect(stage, "udp/count-sockets", 1);
  stage_expect(stage, "unix/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "unix-_run_x"), 4);
}

static void ignored_owners(void **state) {
  struct stage *stage = *state;
  make_sockets_of_users();
  stage_configure(stage, PLUGIN(LINE("Owner", STRING("1000")),
                                LINE("IgnoreSelected", BOOLEAN(true))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "tcp-80"), 0);
  stage_expect(stage, "unix/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "unix-_run_y"), 0);
}

static void an_owner_and_a_port(void **state) {
  struct stage *stage = *state;
  make_sockets_of_users();
  stage_configure(stage, PLUGIN(LINE("Owner", STRING("1000")),
                                LINE("Port", STRING("443"))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp/count-sockets", 0);
  stage_expect(stage, "unix/count-sockets", 1);
}

/* As before Linux 5.2: a UNIX listener without a known owner is nobody's. */
static void an_owner_that_is_not_known(void **state) {
  struct stage *stage = *state;
  make_sockets_of_users();
  fake_sockets.no_unix_uid = true;
  stage_configure(stage, PLUGIN(LINE("Owner", STRING("root"))));
  stage_start_and_read(stage);
  stage_expect(stage, "unix/count-sockets", 0);
  stage_expect(stage, "udp/count-sockets", 1);
}

/* No user is called so. */
static void a_user_that_does_not_exist(void **state) {
  struct stage *stage = *state;
  static const char nobody[] = "netloss-no-such-user";
  assert_null(getpwnam(nobody));
  stage_configure(stage, PLUGIN(LINE("Owner", STRING(nobody))));
  assert_int_equal(recording_start(&stage->recording), -EINVAL);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_ERROR,
                      "expects a user's name or number, found "
                      "\"netloss-no-such-user\": there is no such user"),
      1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(chosen_paths),
      SOCK_STAGE_TEST(ignored_paths_and_ports),
      SOCK_STAGE_TEST(chosen_owners),
      SOCK_STAGE_TEST(ignored_owners),
      SOCK_STAGE_TEST(an_owner_and_a_port),
      SOCK_STAGE_TEST(an_owner_that_is_not_known),
      SOCK_STAGE_TEST(a_user_that_does_not_exist),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
