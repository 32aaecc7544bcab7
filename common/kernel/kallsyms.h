/* SPDX-License-Identifier: MIT */
/* The names of the kernel's functions, from /proc/kallsyms. */
#ifndef KALLSYMS_H
#define KALLSYMS_H

#include <stddef.h>
#include <stdint.h>

struct sysroot;

#define KALLSYMS_NAME_SIZE 64

struct kallsyms_symbol {
  uint64_t address;              /* in: one within a function */
  uint64_t begin;                /* out: where that begins; 0: not known */
  char name[KALLSYMS_NAME_SIZE]; /* out: its name, cut to fit; "" */
};

/* Finds the functions of symbols[0..count), which it sorts by their address, in
 * one pass over the file: tens of milliseconds. Returns 0, -errno, or -EACCES
 * where the kernel shows no addresses (kernel.kptr_restrict, CAP_SYSLOG). */
int kallsyms_find(const struct sysroot *root, struct kallsyms_symbol *symbols,
                  size_t count);

#endif
