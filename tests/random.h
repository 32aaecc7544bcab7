/* SPDX-License-Identifier: MIT */
/* Pseudo-random numbers that are the same in every run. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
  uint64_t state; /* anything; the same state gives the same numbers */
};

/* Steele, Lea and Flood's SplitMix64. */
static inline uint64_t random_next(struct random *random) {
  random->state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t mixed = random->state;
  mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
  return mixed ^ (mixed >> 31);
}

/* From 0 to limit - 1. */
static inline size_t random_below(struct random *random, size_t limit) {
  return (size_t)(random_next(random) % limit);
}

/* Fills text with size - 1 characters other than NUL, and a NUL. */
static inline void random_text(struct random *random, char *text, size_t size) {
  for (size_t i = 0; i + 1 < size; ++i)
    text[i] = (char)(1 + random_below(random, 255));
  text[size - 1] = '\0';
}

#endif
