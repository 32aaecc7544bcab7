/* SPDX-License-Identifier: MIT */
/* Kernels whose types and tracepoints are fixtures, with their drop reasons. */
#ifndef DROP_FIXTURE_H
#define DROP_FIXTURE_H

#include "fixture.h"
#include "sysroot.h"

struct drop_kernel {
  const char *version;
  uint32_t reasons;         /* one more than the greatest number */
  uint32_t rcvbuff;         /* SOCKET_RCVBUFF; 0: the kernel has none */
  uint32_t no_socket;       /* NO_SOCKET */
  uint32_t protocol_offset; /* in struct sk_buff */
  uint32_t record[3];       /* offsets of location, protocol, reason */
  uint32_t openvswitch;     /* the subsystem's number; 0: none */
  bool has_receiver;        /* the tracepoint's rx_sk */
};

static const struct drop_kernel drop_kernels[] = {
    {"5.10", 0, 0, 0, 180, {16, 24, 0}, 0, false},
    {"5.17", 6, 0, 1, 180, {16, 24, 28}, 0, false},
    {"6.1", 66, 15, 2, 180, {16, 24, 28}, 0, false},
    {"6.6", 77, 16, 3, 180, {16, 24, 28}, 3, false},
    {"6.12", 104, 6, 3, 180, {16, 32, 36}, 3, true},
    {"6.18", 128, 6, 3, 176, {16, 32, 36}, 2, true},
};
enum { DROP_KERNELS = sizeof(drop_kernels) / sizeof(drop_kernels[0]) };

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__

static struct temp_tree *drop_fixture_copies[DROP_KERNELS];

static inline void drop_fixture_remove_copies(void) {
  for (size_t i = 0; i < DROP_KERNELS; i++)
    if (drop_fixture_copies[i] != NULL) {
      temp_tree_remove(drop_fixture_copies[i]);
      free(drop_fixture_copies[i]);
    }
}

static inline void drop_fixture_swap(char *at, size_t size) {
  for (size_t i = 0; i < size / 2; i++) {
    char byte = at[i];
    at[i] = at[size - 1 - i];
    at[size - 1 - i] = byte;
  }
}

/* Gives the types of a little-endian kernel this machine's byte order: apart
 * from the magic number and two bytes behind it, all but the strings are
 * numbers of 4 bytes. */
static inline void drop_fixture_swap_types(char *types, size_t size) {
  uint32_t header, strings, at;
  drop_fixture_swap(types, 2);
  for (at = 4; at < 24; at += 4)
    drop_fixture_swap(types + at, 4);
  memcpy(&header, types + 4, 4);
  memcpy(&strings, types + 16, 4);
  for (; at + 4 <= header + strings && at + 4 <= size; at += 4)
    drop_fixture_swap(types + at, 4);
}

/* Reads a recorded file, types in this machine's byte order. The caller frees
 * it. */
static inline char *drop_fixture_read(const char *name, size_t *ret_length) {
  char *content = fixture_read(name, ret_length);
  if (strstr(name, "/btf/") != NULL)
    drop_fixture_swap_types(content, *ret_length);
  return content;
}

/* Makes a copy of a recorded tree with its types in this byte order. It is
 * removed when the program ends. */
static inline void drop_fixture_path(const char *version, char *path,
                                     size_t size) {
  static const char *const files[] = {
      "kernel/btf/vmlinux", "kernel/btf/mac80211", "kernel/btf/openvswitch",
      "kernel/tracing/events/skb/kfree_skb/format"};
  size_t kernel = 0;
  while (strcmp(drop_kernels[kernel].version, version) != 0)
    kernel++;
  struct temp_tree *copy = drop_fixture_copies[kernel];
  if (copy != NULL) {
    snprintf(path, size, "%s", copy->root);
    return;
  }
  static bool will_remove;
  if (!will_remove)
    atexit(drop_fixture_remove_copies);
  will_remove = true;
  copy = drop_fixture_copies[kernel] = malloc(sizeof(*copy));
  if (copy == NULL)
    temp_tree_die("malloc");
  temp_tree_make(copy);
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
    char name[256];
    size_t length;
    /* Modules were recorded of this kernel alone. */
    bool is_module = i == 1 || i == 2;
    if (is_module && strcmp(version, "6.12") != 0)
      continue;
    snprintf(name, sizeof(name), "drop_reason/linux-%s/sys/%s", version,
             files[i]);
    char *content = drop_fixture_read(name, &length);
    temp_tree_write_bytes(copy, files[i], content, length);
    free(content);
  }
  snprintf(path, size, "%s", copy->root);
}

#else

static inline char *drop_fixture_read(const char *name, size_t *ret_length) {
  return fixture_read(name, ret_length);
}

static inline void drop_fixture_path(const char *version, char *path,
                                     size_t size) {
  char name[128];
  snprintf(name, sizeof(name), "drop_reason/linux-%s/sys", version);
  fixture_path(name, path, size);
}

#endif

/* Opens the tree of a kernel; it is /proc and /sys in one. */
static inline void drop_fixture_root(const char *version,
                                     struct sysroot *root) {
  char tree[512];
  drop_fixture_path(version, tree, sizeof(tree));
  if (sysroot_init(root, tree, tree) != 0)
    temp_tree_die(tree);
}

#endif
