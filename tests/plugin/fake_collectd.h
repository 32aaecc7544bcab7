/* SPDX-License-Identifier: MIT */
/* The functions of collectd's daemon that a plugin calls, for a program that
 * opens the plugin as the daemon does. They record their arguments. */
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
  /* The plugin's callbacks and the names it registered them under. */
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
  size_t meta_lists; /* not freed yet */
  /* Notifications initialized and not dispatched yet. */
  size_t notifications_begun;
  /* Blocks whoever dispatches one, as a slow sink does. */
  bool sink_is_stuck;

  cdtime_t now; /* advances with each call of cdtime() */
  cdtime_t interval;
  int dispatch_values_returns;
  int dispatch_notification_returns;
  bool refuse_reads; /* as for a name that exists already */
};

extern struct fake_daemon fake_daemon;

/* Starts a new daemon. */
void fake_daemon_begin(void);

/* Frees all records. */
void fake_daemon_forget(void);

/* Waits until all initialized notifications are dispatched and freed. */
void fake_daemon_settle(void);

/* Lets a stuck sink go on. */
void fake_daemon_unstick(void);

/* Waits until at most so many notifications are begun and not dispatched. */
void fake_daemon_wait_for(size_t begun);

/* Passes a block to the plugin's configuration callback. */
int fake_daemon_configure(const struct config_node *block);

/* Ends as collectd does: the read's user data are freed, then the plugin is
 * shut down. */
void fake_daemon_end(void);

/* Returns the newest value with these names, or NULL. */
const struct fake_value *fake_daemon_value(const char *instance,
                                           const char *type,
                                           const char *type_instance);

/* Returns the metadata with this name, or NULL. */
const notification_meta_t *
fake_notification_meta(const struct fake_notification *notification,
                       const char *name);

/* Counts the lines of a level that contain part. */
size_t fake_daemon_lines(int level, const char *part);

#endif
