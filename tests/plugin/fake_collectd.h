/* SPDX-License-Identifier: MIT */
/* The functions of collectd's daemon that a plugin calls, for a program which
 * opens the plugin as the daemon does: they record what they are given. */
#ifndef FAKE_COLLECTD_H
#define FAKE_COLLECTD_H

#include "collectd.h"

#include "plugin.h"

struct config_node;

struct fake_line {
  int level;
  char text[1200];
};

struct fake_value {
  value_list_t list; /* without its values */
  value_t value;
  size_t count; /* of values in the list */
};

struct fake_notification {
  notification_t notification; /* its meta points to the copy below */
  notification_meta_t meta[24];
  char strings[24][256];
  size_t meta_count;
  cdtime_t interval; /* of the context on the dispatching thread */
};

struct fake_daemon {
  /* What the plugin registered, by the names that it gave. */
  char config_name[64], init_name[64], shutdown_name[64], read_name[64];
  int (*config)(oconfig_item_t *);
  plugin_init_cb init;
  plugin_shutdown_cb shutdown;
  plugin_read_cb read;
  bool read_has_group;
  cdtime_t read_interval;
  user_data_t read_data;
  size_t registrations; /* of reads */

  struct fake_line *lines;
  size_t line_count;
  struct fake_value *values;
  size_t value_count;
  struct fake_notification *notifications;
  size_t notification_count;
  size_t meta_lists; /* made, and not freed yet */
  /* Notifications that were begun and not dispatched yet. */
  size_t notifications_begun;
  /* Holds up whoever dispatches one, as a slow sink does. */
  bool sink_is_stuck;

  cdtime_t now; /* moves on at each look */
  int dispatch_values_returns;
  int dispatch_notification_returns;
  bool refuse_reads; /* as for a name that exists already */
};

extern struct fake_daemon fake_daemon;

/* Forgets all, which a new daemon has not seen yet. */
void fake_daemon_begin(void);

/* Frees what was recorded, and makes room for more. */
void fake_daemon_forget(void);

/* Waits until all notifications that were begun are dispatched, and freed. */
void fake_daemon_settle(void);

/* Lets go on what sink_is_stuck holds up. */
void fake_daemon_unstick(void);

/* Calls the plugin's configuration with a block. */
int fake_daemon_configure(const struct config_node *block);

/* Ends as collectd does: the read's user data are freed, then the plugin is
 * shut down. */
void fake_daemon_end(void);

/* The value that was dispatched last under these names, or NULL. */
const struct fake_value *fake_daemon_value(const char *instance,
                                           const char *type,
                                           const char *type_instance);

/* The metadata of that name, or NULL. */
const notification_meta_t *
fake_notification_meta(const struct fake_notification *notification,
                       const char *name);

/* How many lines of a level contain the text. */
size_t fake_daemon_lines(int level, const char *part);

#endif
