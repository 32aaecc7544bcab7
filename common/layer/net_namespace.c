/* SPDX-License-Identifier: MIT */
#include "net_namespace.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysctl.h"

static char *make_name(const struct netns_entry *entry, bool is_name_taken) {
  char *name;
  if (!is_name_taken)
    return strdup(entry->name);
  return asprintf(&name, "%s-%llu", entry->name,
                  (unsigned long long)entry->id.inode) >= 0
             ? name
             : NULL;
}

struct net_namespace *net_namespace_new(const struct netns_entry *entry,
                                        bool is_name_taken) {
  struct net_namespace *netns = calloc(1, sizeof(*netns));
  if (netns == NULL)
    return NULL;
  netns->entry = *entry;
  netns->fd = -1;
  netns->failed_since = NAN;
  netns->retry_at = -INFINITY;
  netns->name = make_name(entry, is_name_taken);
  if (netns->name != NULL)
    return netns;
  net_namespace_free(netns);
  return NULL;
}

void net_namespace_close(struct net_namespace *netns) {
  if (netns->fd >= 0)
    close(netns->fd);
  netns->fd = -1;
}

void net_namespace_free(struct net_namespace *netns) {
  net_namespace_close(netns);
  free(netns->name);
  free(netns);
}

int net_namespace_run(const struct net_namespace *netns,
                      int (*work)(void *data), void *data) {
  return netns_run(netns->fd, work, data);
}

struct open_context {
  const struct sysroot *root;
  struct sysroot_file *const *files;
  size_t count;
};

static int open_files(void *data) {
  const struct open_context *context = data;
  struct sysroot there = sysroot_of_thread(context->root);
  int result = 0;
  for (size_t i = 0; i < context->count; i++) {
    int r = sysroot_file_open(&there, context->files[i]);
    if (r < 0 && r != -ENOENT && result == 0)
      result = r;
  }
  return result;
}

int net_namespace_open_files(const struct net_namespace *netns,
                             const struct layer_context *context,
                             struct sysroot_file *const *files, size_t count) {
  struct open_context open_context = {
      .root = context->root, .files = files, .count = count};
  return net_namespace_run(netns, open_files, &open_context);
}

/* The setting to read, as text or as a number. */
struct setting_context {
  const struct sysroot *root;
  const char *name;
  char *text;
  size_t size;
  int64_t *number;
};

static int read_setting(void *data) {
  const struct setting_context *setting = data;
  if (setting->number != NULL)
    return sysctl_read_number(setting->root, setting->name, setting->number);
  return sysctl_read_text(setting->root, setting->name, setting->text,
                          setting->size);
}

static int read_here_or_there(const struct net_namespace *netns,
                              struct setting_context *setting) {
  int r = -ENOENT;
  if (netns != NULL)
    r = net_namespace_run(netns, read_setting, setting);
  return r == -ENOENT ? read_setting(setting) : r;
}

int net_namespace_read_text(const struct net_namespace *netns,
                            const struct layer_context *context,
                            const char *name, char *ret, size_t size) {
  struct setting_context setting = {
      .root = context->root, .name = name, .text = ret, .size = size};
  return read_here_or_there(netns, &setting);
}

int net_namespace_read_number(const struct net_namespace *netns,
                              const struct layer_context *context,
                              const char *name, int64_t *ret) {
  struct setting_context setting = {
      .root = context->root, .name = name, .number = ret};
  return read_here_or_there(netns, &setting);
}
