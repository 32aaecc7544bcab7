/* SPDX-License-Identifier: MIT */
/* sock_backlog on a stage with fake sockets. */
#ifndef SOCK_STAGE_H
#define SOCK_STAGE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_sockets.h"
#include "layers.h"
#include "stage.h"

/* What the tests' sockets are judged by. */
static inline void sock_stage_lay_settings(struct stage *stage) {
  temp_tree_write(&stage->tree, "proc/sys/net/core/somaxconn", "4096\n");
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_default", "212992\n");
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_max", "500000\n");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/ip_local_port_range",
                  "32768\t60999\n");
}

/* How many connections the kernel refused at all listeners. */
static inline void sock_stage_lay_refusals(struct stage *stage,
                                           unsigned long long count) {
  char text[128];
  snprintf(text, sizeof(text),
           "TcpExt: SyncookiesSent ListenOverflows ListenDrops\n"
           "TcpExt: 0 0 %llu\nIpExt: InOctets\nIpExt: 9\n",
           count);
  temp_tree_write(&stage->tree, "proc/net/netstat", text);
}

static inline int sock_stage_make(void **state) {
  fake_sockets_reset();
  struct stage *stage = stage_new(&sock_backlog_layer);
  sock_stage_lay_settings(stage);
  *state = stage;
  return 0;
}

static inline int sock_stage_remove(void **state) {
  stage_free(*state);
  CHECK(fake_sockets.open == 0, "%u sockets are open", fake_sockets.open);
  return 0;
}

#define SOCK_STAGE_TEST(name)                                                  \
  cmocka_unit_test_setup_teardown(name, sock_stage_make, sock_stage_remove)

#endif
