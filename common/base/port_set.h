/* SPDX-License-Identifier: MIT */
/* A set of port numbers, one bit each. */
#ifndef PORT_SET_H
#define PORT_SET_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_SET_WORDS 1024

/* All zero is the empty set. */
struct port_set {
  uint64_t words[PORT_SET_WORDS];
};

static inline void port_set_add(struct port_set *set, uint16_t port) {
  set->words[port / 64] |= UINT64_C(1) << port % 64;
}

static inline bool port_set_has(const struct port_set *set, uint16_t port) {
  return (set->words[port / 64] >> port % 64 & 1) != 0;
}

/* Removes every port that is in other. */
static inline void port_set_subtract(struct port_set *set,
                                     const struct port_set *other) {
  for (unsigned i = 0; i < PORT_SET_WORDS; i++)
    set->words[i] &= ~other->words[i];
}

static inline uint32_t port_set_count(const struct port_set *set) {
  uint32_t count = 0;
  for (unsigned i = 0; i < PORT_SET_WORDS; i++)
    count += (uint32_t)__builtin_popcountll(set->words[i]);
  return count;
}

#endif
