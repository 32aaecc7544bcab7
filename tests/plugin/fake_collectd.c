/* SPDX-License-Identifier: MIT */
#include "fake_collectd.h"

#include "utils/common/common.h"

#include <pthread.h>

#include "config_node.h"

struct fake_daemon fake_daemon;

/* The plugin dispatches notifications on a thread of its own. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

/* The daemon's name of the host, which plugins put into notifications. */
char *hostname_g = (char *)"fake.example.com";

static void die(const char *why) {
  fprintf(stderr, "fake collectd: %s\n", why);
  abort();
}

/* Makes room for one more element. */
static void *grow(void *array, size_t count, size_t size) {
  void *grown = realloc(array, (count + 1) * size);
  if (grown == NULL)
    die("no memory");
  return grown;
}

static void put(char *to, size_t size, const char *from) {
  if (strlen(from) >= size)
    die(from);
  strcpy(to, from);
}

void fake_daemon_forget(void) {
  free(fake_daemon.lines);
  free(fake_daemon.values);
  free(fake_daemon.notifications);
  fake_daemon.lines = NULL;
  fake_daemon.values = NULL;
  fake_daemon.notifications = NULL;
  fake_daemon.line_count = 0;
  fake_daemon.value_count = 0;
  fake_daemon.notification_count = 0;
}

void fake_daemon_begin(void) {
  fake_daemon_forget();
  fake_daemon = (struct fake_daemon){.now = TIME_T_TO_CDTIME_T(1000000000)};
}

void fake_daemon_settle(void) {
  pthread_mutex_lock(&lock);
  while (fake_daemon.notifications_begun > 0 || fake_daemon.meta_lists > 0)
    pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
}

void fake_daemon_wait_for(size_t begun) {
  pthread_mutex_lock(&lock);
  while (fake_daemon.notifications_begun > begun)
    pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
}

void fake_daemon_unstick(void) {
  pthread_mutex_lock(&lock);
  fake_daemon.sink_is_stuck = false;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

void fake_daemon_end(void) {
  if (fake_daemon.read_data.free_func != NULL)
    fake_daemon.read_data.free_func(fake_daemon.read_data.data);
  fake_daemon.read_data = (user_data_t){0};
  if (fake_daemon.shutdown != NULL)
    fake_daemon.shutdown();
  fake_daemon_forget();
}

static void free_item(oconfig_item_t *item) {
  for (int i = 0; i < item->children_num; ++i)
    free_item(&item->children[i]);
  for (int i = 0; i < item->values_num; ++i)
    if (item->values[i].type == OCONFIG_TYPE_STRING)
      free(item->values[i].value.string);
  free(item->children);
  free(item->values);
  free(item->key);
}

static void make_value(oconfig_value_t *to, const struct config_value *from) {
  switch (from->kind) {
  case CONFIG_STRING:
    to->type = OCONFIG_TYPE_STRING;
    to->value.string = strdup(from->string);
    break;
  case CONFIG_NUMBER:
    to->type = OCONFIG_TYPE_NUMBER;
    to->value.number = from->number;
    break;
  case CONFIG_BOOLEAN:
    to->type = OCONFIG_TYPE_BOOLEAN;
    to->value.boolean = from->boolean;
    break;
  }
}

/* Makes an item as collectd's parser does: no values or children is NULL. */
static void make_item(oconfig_item_t *item, oconfig_item_t *parent,
                      const struct config_node *node) {
  *item = (oconfig_item_t){.key = strdup(node->key),
                           .parent = parent,
                           .values_num = (int)node->value_count,
                           .children_num = (int)node->child_count};
  if (node->value_count > 0)
    item->values = calloc(node->value_count, sizeof(*item->values));
  if (node->child_count > 0)
    item->children = calloc(node->child_count, sizeof(*item->children));
  for (size_t i = 0; i < node->value_count; ++i)
    make_value(&item->values[i], &node->values[i]);
  for (size_t i = 0; i < node->child_count; ++i)
    make_item(&item->children[i], item, &node->children[i]);
}

int fake_daemon_configure(const struct config_node *block) {
  oconfig_item_t item;
  make_item(&item, NULL, block);
  int result = fake_daemon.config(&item);
  free_item(&item);
  return result;
}

const struct fake_value *fake_daemon_value(const char *instance,
                                           const char *type,
                                           const char *type_instance) {
  for (size_t i = fake_daemon.value_count; i-- > 0;) {
    const value_list_t *list = &fake_daemon.values[i].list;
    if (strcmp(list->plugin_instance, instance) == 0 &&
        strcmp(list->type, type) == 0 &&
        strcmp(list->type_instance, type_instance) == 0)
      return &fake_daemon.values[i];
  }
  return NULL;
}

const notification_meta_t *
fake_notification_meta(const struct fake_notification *notification,
                       const char *name) {
  for (size_t i = 0; i < notification->meta_count; ++i)
    if (strcmp(notification->meta[i].name, name) == 0)
      return &notification->meta[i];
  return NULL;
}

size_t fake_daemon_lines(int level, const char *part) {
  size_t count = 0;
  for (size_t i = 0; i < fake_daemon.line_count; ++i)
    count += fake_daemon.lines[i].level == level &&
             strstr(fake_daemon.lines[i].text, part) != NULL;
  return count;
}

void plugin_log(int level, const char *format, ...) {
  fake_daemon.lines = grow(fake_daemon.lines, fake_daemon.line_count,
                           sizeof(*fake_daemon.lines));
  struct fake_line *line = &fake_daemon.lines[fake_daemon.line_count++];
  line->level = level;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line->text, sizeof(line->text), format, arguments);
  va_end(arguments);
}

int plugin_register_complex_config(const char *type,
                                   int (*callback)(oconfig_item_t *)) {
  put(fake_daemon.config_name, sizeof(fake_daemon.config_name), type);
  fake_daemon.config = callback;
  return 0;
}

int plugin_register_init(const char *name, plugin_init_cb callback) {
  put(fake_daemon.init_name, sizeof(fake_daemon.init_name), name);
  fake_daemon.init = callback;
  return 0;
}

int plugin_register_shutdown(const char *name, plugin_shutdown_cb callback) {
  put(fake_daemon.shutdown_name, sizeof(fake_daemon.shutdown_name), name);
  fake_daemon.shutdown = callback;
  return 0;
}

/* Despite its documentation, collectd 5.12 frees the user data of a read that
 * it refuses. */
int plugin_register_complex_read(const char *group, const char *name,
                                 plugin_read_cb callback, cdtime_t interval,
                                 user_data_t const *user_data) {
  ++fake_daemon.registrations;
  if (fake_daemon.refuse_reads) {
    if (user_data->free_func != NULL)
      user_data->free_func(user_data->data);
    return -1;
  }
  put(fake_daemon.read_name, sizeof(fake_daemon.read_name), name);
  fake_daemon.read_has_group = group != NULL;
  fake_daemon.read = callback;
  fake_daemon.read_interval = interval;
  fake_daemon.read_data = *user_data;
  return 0;
}

int plugin_dispatch_values(value_list_t const *list) {
  fake_daemon.values = grow(fake_daemon.values, fake_daemon.value_count,
                            sizeof(*fake_daemon.values));
  struct fake_value *value = &fake_daemon.values[fake_daemon.value_count++];
  *value = (struct fake_value){.list = *list, .count = list->values_len};
  if (list->values_len > 0)
    value->value = list->values[0];
  value->list.values = NULL;
  return fake_daemon.dispatch_values_returns;
}

int notification_init(notification_t *notification, int severity,
                      const char *message, const char *host, const char *plugin,
                      const char *plugin_instance, const char *type,
                      const char *type_instance) {
  *notification = (notification_t){.severity = severity};
  pthread_mutex_lock(&lock);
  ++fake_daemon.notifications_begun;
  pthread_mutex_unlock(&lock);
  const struct {
    char *to;
    size_t size;
    const char *from;
  } fields[] = {
      {notification->message, sizeof(notification->message), message},
      {notification->host, sizeof(notification->host), host},
      {notification->plugin, sizeof(notification->plugin), plugin},
      {notification->plugin_instance, sizeof(notification->plugin_instance),
       plugin_instance},
      {notification->type, sizeof(notification->type), type},
      {notification->type_instance, sizeof(notification->type_instance),
       type_instance},
  };
  for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); ++i)
    if (fields[i].from != NULL)
      put(fields[i].to, fields[i].size, fields[i].from);
  return 0;
}

static notification_meta_t *add_meta(notification_t *notification,
                                     const char *name) {
  notification_meta_t *meta = calloc(1, sizeof(*meta));
  if (meta == NULL)
    die("no memory");
  put(meta->name, sizeof(meta->name), name);
  pthread_mutex_lock(&lock);
  fake_daemon.meta_lists += notification->meta == NULL;
  pthread_mutex_unlock(&lock);
  notification_meta_t **last = &notification->meta;
  while (*last != NULL)
    last = &(*last)->next;
  *last = meta;
  return meta;
}

int plugin_notification_meta_add_string(notification_t *notification,
                                        const char *name, const char *value) {
  notification_meta_t *meta = add_meta(notification, name);
  meta->type = NM_TYPE_STRING;
  meta->nm_value.nm_string = strdup(value);
  return 0;
}

int plugin_notification_meta_add_double(notification_t *notification,
                                        const char *name, double value) {
  notification_meta_t *meta = add_meta(notification, name);
  meta->type = NM_TYPE_DOUBLE;
  meta->nm_value.nm_double = value;
  return 0;
}

int plugin_notification_meta_free(notification_meta_t *meta) {
  if (meta == NULL)
    die("metadata that are NULL are not to be freed");
  while (meta != NULL) {
    notification_meta_t *next = meta->next;
    if (meta->type == NM_TYPE_STRING)
      free((char *)meta->nm_value.nm_string);
    free(meta);
    meta = next;
  }
  pthread_mutex_lock(&lock);
  --fake_daemon.meta_lists;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  return 0;
}

/* As in the daemon, each thread has a context of its own. */
static _Thread_local plugin_ctx_t context;

cdtime_t plugin_get_interval(void) { return fake_daemon.interval; }

plugin_ctx_t plugin_get_ctx(void) { return context; }

plugin_ctx_t plugin_set_ctx(plugin_ctx_t next) {
  plugin_ctx_t before = context;
  context = next;
  return before;
}

int plugin_dispatch_notification(const notification_t *notification) {
  pthread_mutex_lock(&lock);
  while (fake_daemon.sink_is_stuck)
    pthread_cond_wait(&changed, &lock);
  fake_daemon.notifications =
      grow(fake_daemon.notifications, fake_daemon.notification_count,
           sizeof(*fake_daemon.notifications));
  struct fake_notification *record =
      &fake_daemon.notifications[fake_daemon.notification_count++];
  *record = (struct fake_notification){.notification = *notification,
                                       .interval = context.interval};
  for (const notification_meta_t *meta = notification->meta; meta != NULL;
       meta = meta->next) {
    size_t i = record->meta_count++;
    if (i >= sizeof(record->meta) / sizeof(record->meta[0]))
      die("too many metadata");
    record->meta[i] = *meta;
    if (meta->type == NM_TYPE_STRING)
      put(record->strings[i], sizeof(record->strings[i]),
          meta->nm_value.nm_string);
  }
  record->notification.meta = NULL;
  --fake_daemon.notifications_begun;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  return fake_daemon.dispatch_notification_returns;
}

cdtime_t cdtime(void) { return fake_daemon.now += MS_TO_CDTIME_T(1); }

char *sstrncpy(char *to, const char *from, size_t size) {
  strncpy(to, from, size);
  to[size - 1] = '\0';
  return to;
}
