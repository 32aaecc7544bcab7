/* SPDX-License-Identifier: MIT */
#include "sock_counters.h"

#include <errno.h>

void sock_counters_init(struct sock_counters *counters, const char *path,
                        enum proto_layout layout) {
  *counters = (struct sock_counters){.file = SYSROOT_FILE(path),
                                     .text = {.layout = layout}};
}

int sock_counters_read(const struct sock_backlog *sock,
                       const struct sock_space *space,
                       struct sock_counters *counters) {
  const struct sysroot *root = sock->context->root;
  struct sysroot_file *file = &counters->file;
  file->is_foreign = space->netns != NULL;
  if (space->netns != NULL)
    net_namespace_open_files(space->netns, sock->context, &file, 1);
  else if (sysroot_net_is_foreign(root))
    return -ENOENT;
  int r = sysroot_file_read(root, file);
  if (r == 0)
    r = proto_text_parse(&counters->text, sysroot_file_text(file), NULL);
  if (r < 0)
    counters->text.count = 0;
  if (space->netns != NULL)
    sysroot_file_close(file);
  return r;
}

uint64_t sock_counters_find(const struct sock_counters *counters,
                            const char *protocol, const char *name) {
  for (size_t i = 0; i < counters->text.count; i++) {
    const struct proto_found *found = &counters->text.found[i];
    if (scan_equals(&found->name, name) &&
        scan_equals(&found->protocol, protocol))
      return found->value;
  }
  return 0;
}

void sock_counters_free(struct sock_counters *counters) {
  proto_text_free(&counters->text);
  sysroot_file_free(&counters->file);
}
