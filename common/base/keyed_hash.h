/* SPDX-License-Identifier: MIT */
/* A hash with a secret key, for tables whose names users choose: nobody can
 * prepare names that fall into one bucket. It is SipHash-1-3 (Aumasson and
 * Bernstein). */
#ifndef KEYED_HASH_H
#define KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

struct keyed_hash {
  uint64_t key[2];
};

/* Makes a random key. Where the kernel gives no random bytes, the key is made
 * of the clock and of an address. */
void keyed_hash_init(struct keyed_hash *hash);

uint64_t keyed_hash_bytes(const struct keyed_hash *hash, const void *bytes,
                          size_t length);

#endif
