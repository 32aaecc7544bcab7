/* SPDX-License-Identifier: MIT */
#include "keyed_hash.h"

#include <endian.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

void keyed_hash_init(struct keyed_hash *hash) {
  struct timespec now = {.tv_sec = 0};
  if (getrandom(hash->key, sizeof(hash->key), GRND_NONBLOCK) ==
      (ssize_t)sizeof(hash->key))
    return;
  clock_gettime(CLOCK_REALTIME, &now);
  hash->key[0] = (uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec;
  hash->key[1] = (uint64_t)(uintptr_t)hash;
}

static inline uint64_t rotate(uint64_t word, unsigned bits) {
  return word << bits | word >> (64 - bits);
}

static inline void mix(uint64_t v[static 4]) {
  v[0] += v[1];
  v[2] += v[3];
  v[1] = rotate(v[1], 13) ^ v[0];
  v[3] = rotate(v[3], 16) ^ v[2];
  v[0] = rotate(v[0], 32);
  v[2] += v[1];
  v[0] += v[3];
  v[1] = rotate(v[1], 17) ^ v[2];
  v[3] = rotate(v[3], 21) ^ v[0];
  v[2] = rotate(v[2], 32);
}

static inline void take_word(uint64_t v[static 4], uint64_t word) {
  v[3] ^= word;
  mix(v);
  v[0] ^= word;
}

uint64_t keyed_hash_bytes(const struct keyed_hash *hash, const void *bytes,
                          size_t length) {
  uint64_t v[4] = {
      hash->key[0] ^ UINT64_C(0x736f6d6570736575),
      hash->key[1] ^ UINT64_C(0x646f72616e646f6d),
      hash->key[0] ^ UINT64_C(0x6c7967656e657261),
      hash->key[1] ^ UINT64_C(0x7465646279746573),
  };
  const uint8_t *at = bytes;
  uint64_t word;
  size_t left = length;
  for (; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
    memcpy(&word, at, sizeof(word));
    take_word(v, le64toh(word));
  }
  /* The last word holds the rest and the length. */
  word = (uint64_t)length << 56;
  for (size_t i = 0; i < left; i++)
    word |= (uint64_t)at[i] << (8 * i);
  take_word(v, word);
  v[2] ^= 0xff;
  for (int i = 0; i < 3; i++)
    mix(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
