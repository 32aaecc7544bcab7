/* SPDX-License-Identifier: MIT */
/* Memory that sock_backlog takes and gives back. */
#include "sock_stage.h"

#include "allocations.h"

static void the_steady_state_allocates_nothing(void **state) {
  struct stage *stage = *state;
  for (unsigned i = 0; i < 100; i++) {
    fake_socket_tcp((uint16_t)(1000 + i), 9)->queue = i % 5;
    fake_socket_udp((uint16_t)(2000 + i), 900);
    fake_socket_udp((uint16_t)(40000 + i), 900);
    fake_socket_unix("/run/x", 9);
  }
  stage_start_and_read(stage);
  for (int i = 0; i < 3; i++)
    stage_read(stage);
  /* It takes a place, its alert looks for a process, and the port that had the
   * place is judged for some more reads. */
  fake_sockets.sockets[0].drops += 5;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-1000/dropped okay>warning");
  for (int i = 0; i < 12; i++) {
    fake_sockets.sockets[0].drops += 5;
    stage_read(stage);
  }
  size_t before = allocations_count();
  int failed = 0;
  for (uint32_t i = 0; i < 50; i++) {
    fake_sockets.sockets[0].drops += i % 2;
    fake_sockets.sockets[4].queue = i % 7;
    failed += stage_try_read(stage) != 0;
  }
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
}

static void closed_sockets_leave_nothing_behind(void **state) {
  struct stage *stage = *state;
  stage_start_and_read(stage);
  size_t before = 0;
  for (int i = 0; i < 200; i++) {
    fake_sockets.count = 0;
    for (unsigned j = 0; j < 20; j++)
      fake_socket_tcp((uint16_t)(1000 + 20 * i + (int)j), 9);
    stage_read(stage);
    if (i == 20)
      before = allocations_in_use();
  }
  size_t after = allocations_in_use();
  CHECK(after <= before + 20, "%zu, then %zu", before, after);
}

static size_t resident_kilobytes(void) {
  char line[128];
  size_t found = 0;
  FILE *status = fopen("/proc/self/status", "r");
  assert_non_null(status);
  while (fgets(line, sizeof(line), status) != NULL)
    if (sscanf(line, "VmRSS: %zu", &found) == 1)
      break;
  fclose(status);
  return found;
}

/* Many sockets come and go, and their memory with them. */
static void memory_goes_back(void **state) {
  struct stage *stage = *state;
#ifdef ALLOCATIONS_HOOK
  skip();
#endif
  stage_start_and_read(stage);
  for (unsigned i = 0; i < 20000; i++)
    fake_socket_tcp((uint16_t)(1024 + i), 9);
  stage_read(stage);
  size_t most = resident_kilobytes();
  fake_sockets.count = 0;
  for (int i = 0; i < 4; i++)
    stage_read(stage);
  size_t left = resident_kilobytes();
  CHECK(left + 6000 < most, "%zu kB, then %zu kB", most, left);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(the_steady_state_allocates_nothing),
      SOCK_STAGE_TEST(closed_sockets_leave_nothing_behind),
      SOCK_STAGE_TEST(memory_goes_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
