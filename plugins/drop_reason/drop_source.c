/* SPDX-License-Identifier: MIT */
#include "drop_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sysroot.h"
#include "trace_format.h"

/* Several times the number that kernels have. Further reasons are counted
 * together once the map of places is full. */
#define MAX_REASONS 1024

static const char btf_path[] = "/sys/kernel/btf/vmlinux";

void drop_source_free(struct drop_source *source) {
  drop_names_free(&source->names);
  *source = (struct drop_source){0};
}

static uint32_t count_reasons(const struct drop_names *names) {
  uint32_t end = drop_names_end(names);
  return end < MAX_REASONS ? end : MAX_REASONS;
}

/* The prototype in "typedef void (*btf_trace_kfree_skb)(void *, ...)". */
static uint32_t find_prototype(const struct btf *btf, uint32_t tracepoint) {
  uint32_t pointer = btf_target(btf, tracepoint);
  return btf_kind(btf, pointer) == BTF_KIND_PTR ? btf_target(btf, pointer) : 0;
}

static bool is_named(const struct btf *btf, uint32_t id, unsigned kind,
                     const char *name) {
  return btf_kind(btf, id) == kind && strcmp(btf_name(btf, id), name) == 0;
}

/* Takes an argument of the prototype. A program does not receive the first one,
 * so its numbers are one less. */
static void take_argument(struct drop_source *source, const struct btf *btf,
                          uint32_t index, uint32_t type, uint32_t *reasons,
                          bool *has_location) {
  struct drop_plan *plan = &source->plan;
  uint32_t plain = btf_plain(btf, type);
  bool is_pointer = btf_kind(btf, plain) == BTF_KIND_PTR;
  uint32_t target = is_pointer ? btf_plain(btf, btf_target(btf, plain)) : 0;
  if (is_pointer && is_named(btf, target, BTF_KIND_STRUCT, "sk_buff")) {
    plan->protocol = index - 1;
    if (btf_member_offset(btf, target, "protocol", &plan->protocol_offset) == 0)
      plan->type = DROP_TYPED;
    plan->by_netns = plan->type == DROP_TYPED &&
                     drop_owner_from_btf(&plan->owner, btf, target);
  } else if (is_pointer && is_named(btf, target, BTF_KIND_STRUCT, "sock")) {
    plan->receiver = index - 1;
    plan->has_receiver = true;
  } else if (is_pointer && target == 0 && !*has_location) {
    plan->location = index - 1;
    *has_location = true;
  } else if (is_named(btf, plain, BTF_KIND_ENUM, "skb_drop_reason")) {
    plan->reason = index - 1;
    plan->has_reason = true;
    *reasons = plain;
  }
}

static int take_btf(struct drop_source *source, const struct btf *btf,
                    char *reason, size_t size) {
  uint32_t type, reasons = 0;
  source->id = btf_find(btf, BTF_KIND_TYPEDEF, "btf_trace_kfree_skb");
  uint32_t prototype = find_prototype(btf, source->id);
  bool has_location = false;
  source->plan.type = DROP_RAW_BLIND;
  for (uint32_t i = 1; btf_argument(btf, prototype, i, &type); i++)
    take_argument(source, btf, i, type, &reasons, &has_location);
  if (!has_location) {
    snprintf(reason, size, "%s has no tracepoint kfree_skb with a location",
             btf_path);
    return -ENOENT;
  }
  int r = drop_names_from_btf(&source->names, btf, reasons);
  if (r < 0)
    snprintf(reason, size, "no memory");
  source->plan.reasons = count_reasons(&source->names);
  return r;
}

int drop_source_from_btf(struct drop_source *source, const struct sysroot *root,
                         char *reason, size_t size) {
  struct btf btf;
  struct btf_error error;
  *source = (struct drop_source){0};
  int r = btf_load(&btf, root, &error);
  if (r == -EBADMSG)
    snprintf(reason, size, "%s, byte %zu: expected %s", btf_path, error.offset,
             error.expected);
  else if (r < 0)
    snprintf(reason, size, "%s: %s", btf_path, strerror(-r));
  if (r < 0)
    return r;
  r = take_btf(source, &btf, reason, size);
  btf_free(&btf);
  if (r < 0)
    drop_source_free(source);
  return r;
}

static int take_format(struct drop_source *source, struct scan text,
                       struct scan_error *error) {
  struct trace_format format;
  int r = trace_format_parse(text, &format, error);
  if (r < 0)
    return r;
  source->id = format.id;
  source->plan = (struct drop_plan){.type = DROP_TRACEPOINT,
                                    .has_reason = format.reason.size > 0,
                                    .location = format.location.offset,
                                    .location_size = format.location.size,
                                    .reason = format.reason.offset,
                                    .protocol = format.protocol.offset};
  r = drop_names_from_format(&source->names, format.reasons);
  source->plan.reasons = count_reasons(&source->names);
  return r;
}

int drop_source_from_tracefs(struct drop_source *source,
                             const struct sysroot *root, char *reason,
                             size_t size) {
  static const char *const paths[] = {
      "sys/kernel/tracing/events/skb/kfree_skb/format",
      "sys/kernel/debug/tracing/events/skb/kfree_skb/format",
  };
  int r = -ENOENT;
  struct scan_error error = {.line = 0};
  *source = (struct drop_source){0};
  for (size_t i = 0; i < 2 && r < 0 && r != -EBADMSG; i++) {
    struct sysroot_file file = SYSROOT_FILE(paths[i]);
    int each = sysroot_file_read(root, &file);
    if (each == 0)
      each = take_format(source, scan_text(file.data, file.length), &error);
    if (each != -ENOENT)
      r = each;
    if (each == -EBADMSG)
      snprintf(reason, size, "/%s, line %zu: expected %s, found \"%s\"",
               paths[i], error.line, error.expected, error.found);
    sysroot_file_free(&file);
  }
  if (r == -ENOENT)
    snprintf(reason, size,
             "tracefs is not mounted: mount -t tracefs tracefs "
             "/sys/kernel/tracing");
  else if (r < 0 && r != -EBADMSG)
    snprintf(reason, size, "/%s: %s", paths[0], strerror(-r));
  if (r < 0)
    drop_source_free(source);
  return r;
}
