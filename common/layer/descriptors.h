/* SPDX-License-Identifier: MIT */
/* The share of the process's open files that may be spent on namespaces: half
 * of the limit for all plugins together, a quarter for one. The kernel gives
 * out the lowest free number (fs/file.c): as long as no number from half the
 * limit on is used, all modules of the process together take at most half,
 * without knowing of each other. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the limit of open files, or SIZE_MAX for none. */
size_t descriptors_limit(void);

/* Returns how many files one plugin may keep open. */
size_t descriptors_share(void);

/* Returns true if so many files can be opened below half of the limit. */
bool descriptors_suffice(size_t count);

/* A descriptor to give back before files must be opened, whatever else has run
 * short of them. All zero: none is held. */
struct descriptors_reserve {
  bool is_held;
  int fd;
};

void descriptors_hold(struct descriptors_reserve *reserve);
void descriptors_release(struct descriptors_reserve *reserve);

#endif
