/* SPDX-License-Identifier: MIT */
/* A plugin of collectd that takes three seconds for each notification, as a
 * mail server may, asks for the plugin's interval, as exec does, and then
 * writes the message to standard output. */
#include "collectd.h"

#include "plugin.h"

static int take(const notification_t *notification, user_data_t *user_data) {
  (void)user_data;
  sleep(3);
  printf("taken every %.2f s: %s\n", CDTIME_T_TO_DOUBLE(plugin_get_interval()),
         notification->message);
  fflush(stdout);
  return 0;
}

void module_register(void);

__attribute__((visibility("default"))) void module_register(void) {
  plugin_register_notification("slow_sink", take, NULL);
}
