/* SPDX-License-Identifier: MIT */
/* Sets of CPUs, and the formats in which the kernel writes them. Source:
 * lib/bitmap-str.c, bitmap_print_to_pagebuf(). */
#ifndef CPULIST_H
#define CPULIST_H

#include "scan.h"
#include "sysroot.h"

/* Above any NR_CPUS that the kernel can be built with. */
#define CPULIST_MAX 65535u

/* All zero is the empty set. */
struct cpulist {
  uint64_t *bits;
  size_t words;
  size_t count; /* CPUs in the set */
};

/* Adds one CPU. Returns 0, or -ENOMEM, also above CPULIST_MAX. */
int cpulist_add_cpu(struct cpulist *list, uint32_t cpu);

/* Adds the CPUs of a list: "0-3,8,10-11". An empty text adds none. Strides
 * ("0-31:2/4") and "all" are errors. Returns 0, -ENOMEM, or -EBADMSG with error
 * filled (may be NULL; its line is 1); the set is then unchanged. */
int cpulist_add(struct cpulist *list, struct scan text,
                struct scan_error *error);

/* Adds the CPUs of a mask: hexadecimal words of 32 bits, the highest first,
 * separated by commas: "1,0000000f". Returns as cpulist_add(). */
int cpulist_add_mask(struct cpulist *list, struct scan text,
                     struct scan_error *error);

/* Replace the set by a list or a mask read from a file. Allocate nothing once
 * the set is large enough, unless the file is longer than a page. Return 0, or
 * -errno; the set is then empty. */
int cpulist_read(const struct sysroot *root, const char *path,
                 struct cpulist *list);
int cpulist_read_mask(const struct sysroot *root, const char *path,
                      struct cpulist *list);

/* A list in a file that is read repeatedly. */
struct cpulist_file {
  struct sysroot_file file;
  struct cpulist list;
};

/* The CPUs that are online. */
#define CPULIST_FILE_ONLINE                                                    \
  { .file = {.path = "sys/devices/system/cpu/online"}, }

/* Reads the file. Returns the set, or NULL if it is empty or cannot be read. */
const struct cpulist *cpulist_file_read(const struct sysroot *root,
                                        struct cpulist_file *file);
void cpulist_file_free(struct cpulist_file *file);

/* Takes blanks and the heading of a column, "CPU12". */
bool cpulist_take_name(struct scan *header, uint32_t *ret);

/* Adds the CPUs of another set. Returns 0, or -ENOMEM; the set is then
 * unchanged. */
int cpulist_unite(struct cpulist *list, const struct cpulist *other);

/* Removes the CPUs that are not in another set. */
void cpulist_intersect(struct cpulist *list, const struct cpulist *other);

bool cpulist_has(const struct cpulist *list, uint32_t cpu);

/* Returns true if both sets have the same members. */
bool cpulist_equals(const struct cpulist *list, const struct cpulist *other);

/* Finds the first member that is not below cpu. Returns false if there is none.
 */
bool cpulist_next(const struct cpulist *list, uint32_t cpu, uint32_t *ret);

/* Empties the set and keeps its memory. */
void cpulist_clear(struct cpulist *list);
void cpulist_free(struct cpulist *list);

#endif
