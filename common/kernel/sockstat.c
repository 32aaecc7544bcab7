/* SPDX-License-Identifier: MIT */
#include "sockstat.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* A number in the text and the member it fills. */
struct field {
  const char *protocol;
  const char *name;
  size_t offset;
  bool in_pages;
};

#define FIELD(protocol, name, member, in_pages)                                \
  { protocol, name, offsetof(struct sockstat, member), in_pages }

static const struct field fields[] = {
    FIELD("TCP", "inuse", tcp_inuse, false),
    FIELD("TCP", "orphan", tcp_orphans, false),
    FIELD("TCP", "tw", tcp_time_wait, false),
    FIELD("TCP", "alloc", tcp_alloc, false),
    FIELD("TCP", "mem", tcp_memory, true),
    FIELD("TCP6", "inuse", tcp6_inuse, false),
    FIELD("UDP", "inuse", udp_inuse, false),
    FIELD("UDP6", "inuse", udp6_inuse, false),
    FIELD("UDPLITE", "inuse", udplite_inuse, false),
    FIELD("UDPLITE6", "inuse", udplite6_inuse, false),
    FIELD("UDP", "mem", udp_memory, true),
    FIELD("FRAG", "memory", fragment_memory, false),
    FIELD("FRAG6", "memory", fragment6_memory, false),
};

static void take(const struct sockstat_reader *reader,
                 const struct proto_found *found, struct sockstat *ret) {
  for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
    if (!scan_equals(&found->protocol, fields[i].protocol) ||
        !scan_equals(&found->name, fields[i].name))
      continue;
    int64_t value = (int64_t)found->value;
    *(int64_t *)((char *)ret + fields[i].offset) =
        fields[i].in_pages ? value * reader->page_size : value;
    return;
  }
}

static int read_file(const struct sysroot *root, struct sockstat_reader *reader,
                     struct sysroot_file *file, struct sockstat *ret,
                     struct scan_error *error) {
  int r = sysroot_file_read(root, file);
  if (r < 0)
    return r;
  r = proto_text_parse(&reader->text, sysroot_file_text(file), error);
  if (r < 0)
    return r;
  for (size_t i = 0; i < reader->text.count; i++)
    take(reader, &reader->text.found[i], ret);
  return 0;
}

int sockstat_read(const struct sysroot *root, struct sockstat_reader *reader,
                  struct sockstat *ret, struct scan_error *error) {
  if (reader->page_size == 0)
    reader->page_size = sysconf(_SC_PAGESIZE);
  struct sockstat stat = SOCKSTAT_NOTHING;
  int r = read_file(root, reader, &reader->file, &stat, error);
  if (r < 0)
    return r;
  r = read_file(root, reader, &reader->file6, &stat, error);
  if (r < 0 && r != -ENOENT)
    return r;
  *ret = stat;
  return 0;
}

void sockstat_free(struct sockstat_reader *reader) {
  proto_text_free(&reader->text);
  sysroot_file_free(&reader->file);
  sysroot_file_free(&reader->file6);
}
