/* SPDX-License-Identifier: MIT */
/* Sets of CPUs in the kernel's list format: "0-3,8,10-11"
 * (lib/bitmap-str.c, bitmap_print_to_pagebuf with list true). */
#ifndef CPULIST_H
#define CPULIST_H

#include "scan.h"

struct sysroot;

/* Above any NR_CPUS that the kernel can be built with. */
#define CPULIST_MAX 65535u

/* All zero is the empty set. */
struct cpulist {
  uint64_t *bits;
  size_t words;
  size_t count; /* CPUs in the set */
};

/* Adds the CPUs of a list. An empty text, as the kernel writes it for an empty
 * mask, adds none. Strides ("0-31:2/4") and "all" are not understood.
 * Returns 0, -ENOMEM, or -EBADMSG with error filled (its line is 1); the set
 * is then unchanged. error may be NULL. */
int cpulist_add(struct cpulist *list, struct scan text,
                struct scan_error *error);

/* Adds the CPUs of a mask in the kernel's other format: hexadecimal words of 32
 * bits, the highest first, with commas between them: "1,0000000f". The same
 * results. */
int cpulist_add_mask(struct cpulist *list, struct scan text,
                     struct scan_error *error);

/* Reads a list, or a mask, from a file and puts it in the place of what the set
 * had. Allocates nothing once the set has its size, unless the file is longer
 * than a page. Returns 0, or -errno; the set is then empty. */
int cpulist_read(const struct sysroot *root, const char *path,
                 struct cpulist *list);
int cpulist_read_mask(const struct sysroot *root, const char *path,
                      struct cpulist *list);

/* Takes blanks and the name of a column: "CPU12". */
bool cpulist_take_name(struct scan *header, uint32_t *ret);

/* Adds the CPUs of another set. Returns 0 or -ENOMEM; the set is then
 * unchanged. */
int cpulist_unite(struct cpulist *list, const struct cpulist *other);

/* Takes out what is not in another set. */
void cpulist_intersect(struct cpulist *list, const struct cpulist *other);

bool cpulist_has(const struct cpulist *list, uint32_t cpu);

/* The first member that is not below cpu. False when there is none. */
bool cpulist_next(const struct cpulist *list, uint32_t cpu, uint32_t *ret);

/* Empties the set and keeps its memory. */
void cpulist_clear(struct cpulist *list);
void cpulist_free(struct cpulist *list);

#endif
