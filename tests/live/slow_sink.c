/* SPDX-License-Identifier: MIT */
/* A collectd plugin that takes three seconds for each notification, as a slow
 * mail server does, and then writes its message to standard output. */
#include "collectd.h"

#include "plugin.h"

static int take(const notification_t *notification, user_data_t *user_data) {
  (void)user_data;
  sleep(3);
  printf("taken: %s\n", notification->message);
  fflush(stdout);
  return 0;
}

void module_register(void);

__attribute__((visibility("default"))) void module_register(void) {
  plugin_register_notification("slow_sink", take, NULL);
}
