/* SPDX-License-Identifier: MIT */
#include "collectd_notifier.h"

#include "utils/common/common.h"

#include "outbox.h"

/* How many notifications wait at most for a sink that takes none. */
#define WAITING_MAX 256

struct collectd_notifier {
  const char *plugin;
  struct outbox *outbox;
  bool is_overflowing; /* the last notification found no room */
};

struct letter {
  struct outbox_letter outbox_letter; /* comes first */
  plugin_ctx_t context;               /* of the read that raised the alert */
  notification_t notification;
};

/* Sinks such as exec ask for the interval of the plugin whose context the
 * thread has. */
static void deliver(struct outbox_letter *outbox_letter) {
  struct letter *letter = (struct letter *)outbox_letter;
  plugin_set_ctx(letter->context);
  /* Returns -1 if no sink is loaded, which is no fault of ours. */
  plugin_dispatch_notification(&letter->notification);
}

static void give_up(const struct outbox_letter *outbox_letter) {
  const notification_t *notification =
      &((const struct letter *)outbox_letter)->notification;
  WARNING("%s plugin: the daemon ends before this notification is delivered: "
          "%s",
          notification->plugin, notification->message);
}

static void release(struct outbox_letter *outbox_letter) {
  struct letter *letter = (struct letter *)outbox_letter;
  if (letter->notification.meta != NULL)
    plugin_notification_meta_free(letter->notification.meta);
  free(letter);
}

static const struct outbox_functions functions = {
    .deliver = deliver, .give_up = give_up, .release = release};

int collectd_notifier_new(struct collectd_notifier **ret, const char *plugin) {
  struct collectd_notifier *notifier = calloc(1, sizeof(*notifier));
  if (notifier == NULL)
    return -ENOMEM;
  notifier->plugin = plugin;
  int r = outbox_new(&notifier->outbox, WAITING_MAX, &functions);
  if (r < 0) {
    free(notifier);
    return r;
  }
  *ret = notifier;
  return 0;
}

static int severity_of(enum threshold_state state) {
  switch (state) {
  case THRESHOLD_FAILURE:
    return NOTIF_FAILURE;
  case THRESHOLD_WARNING:
    return NOTIF_WARNING;
  case THRESHOLD_OKAY:
    break;
  }
  return NOTIF_OKAY;
}

static void add_number(notification_t *notification, const char *name,
                       double number) {
  if (!isnan(number))
    plugin_notification_meta_add_double(notification, name, number);
}

static void add_string(notification_t *notification, const char *name,
                       const char *string) {
  if (string != NULL && string[0] != '\0')
    plugin_notification_meta_add_string(notification, name, string);
}

static void add_metadata(notification_t *notification,
                         const struct alert *alert,
                         const struct explanation *explanation) {
  add_string(notification, "DataSource", "value");
  add_number(notification, "CurrentValue", alert->value);
  add_number(notification, "WarningMin", alert->limits->warning_min);
  add_number(notification, "WarningMax", alert->limits->warning_max);
  add_number(notification, "FailureMin", alert->limits->failure_min);
  add_number(notification, "FailureMax", alert->limits->failure_max);
  add_string(notification, "Setting", explanation->setting);
  add_string(notification, "SettingValue", explanation->setting_value);
  add_string(notification, "Advice", explanation->advice);
  add_string(notification, "Incident", alert->incident);
}

static void put(struct collectd_notifier *notifier, struct letter *letter) {
  if (outbox_put(notifier->outbox, &letter->outbox_letter) == 0) {
    notifier->is_overflowing = false;
    return;
  }
  if (!notifier->is_overflowing)
    ERROR("%s plugin: %d notifications wait for a plugin that takes none; "
          "until it does, further ones are lost",
          notifier->plugin, WAITING_MAX);
  notifier->is_overflowing = true;
  release(&letter->outbox_letter);
}

void collectd_notifier_send(struct collectd_notifier *notifier, cdtime_t time,
                            const struct alert *alert,
                            const struct explanation *explanation,
                            const char *message) {
  struct letter *letter = calloc(1, sizeof(*letter));
  if (letter == NULL) {
    ERROR("%s plugin: out of memory; a notification is lost: %s",
          notifier->plugin, message);
    return;
  }
  notification_t *notification = &letter->notification;
  notification_init(notification, severity_of(alert->state), message,
                    hostname_g, notifier->plugin, alert->instance, alert->type,
                    alert->type_instance);
  notification->time = time;
  add_metadata(notification, alert, explanation);
  letter->context = plugin_get_ctx();
  put(notifier, letter);
}

void collectd_notifier_free(struct collectd_notifier *notifier,
                            double seconds) {
  if (notifier == NULL)
    return;
  outbox_close(notifier->outbox, seconds);
  free(notifier);
}
