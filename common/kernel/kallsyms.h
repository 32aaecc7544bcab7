/* SPDX-License-Identifier: MIT */
/* The names of the kernel's functions, from /proc/kallsyms. Source:
 * kernel/kallsyms.c. */
#ifndef KALLSYMS_H
#define KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sysroot;

#define KALLSYMS_NAME_SIZE 64

struct kallsyms_symbol {
  uint64_t address;              /* in: an address within a function */
  uint64_t begin;                /* out: its start; 0: unknown */
  bool in_module;                /* out: of a module, which can be unloaded, and
                                    another function be at the address then
                                    (modules.h) */
  char name[KALLSYMS_NAME_SIZE]; /* out: its name, cut to fit; "": unknown */
};

/* Sorts symbols[0..count) by address and finds their functions, in one pass
 * over the file: tens of milliseconds. Returns 0; -EACCES if the kernel hides
 * the addresses (kernel.kptr_restrict, CAP_SYSLOG); or another -errno. */
int kallsyms_find(const struct sysroot *root, struct kallsyms_symbol *symbols,
                  size_t count);

#endif
