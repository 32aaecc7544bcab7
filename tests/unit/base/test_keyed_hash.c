/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <endian.h>
#include <string.h>

#include "keyed_hash.h"

/* SipHash-1-3 of 00, 00 01, ... with the key 00 01 ... 0f. */
static void known_hashes(void **state) {
  static const uint64_t hashes[] = {
      UINT64_C(0xabac0158050fc4dc),
      UINT64_C(0xc9f49bf37d57ca93),
      UINT64_C(0x82cb9b024dc7d44d),
      UINT64_C(0x8bf80ab8e7ddf7fb),
  };
  struct keyed_hash hash;
  uint8_t bytes[16];
  (void)state;
  for (uint8_t i = 0; i < sizeof(bytes); i++)
    bytes[i] = i;
  memcpy(hash.key, bytes, sizeof(hash.key));
  hash.key[0] = le64toh(hash.key[0]);
  hash.key[1] = le64toh(hash.key[1]);
  for (size_t i = 0; i < COUNT_OF(hashes); i++)
    CHECK(keyed_hash_bytes(&hash, bytes, i) == hashes[i], "length %zu", i);
}

/* Every byte and the length count, at any length. */
static void every_byte_counts(void **state) {
  struct keyed_hash hash;
  uint8_t bytes[40] = {0};
  (void)state;
  keyed_hash_init(&hash);
  for (size_t length = 1; length < sizeof(bytes); length++) {
    uint64_t before = keyed_hash_bytes(&hash, bytes, length);
    assert_true(keyed_hash_bytes(&hash, bytes, length) == before);
    assert_true(keyed_hash_bytes(&hash, bytes, length - 1) != before);
    for (size_t i = 0; i < length; i++) {
      bytes[i] ^= 1;
      CHECK(keyed_hash_bytes(&hash, bytes, length) != before, "%zu of %zu", i,
            length);
      bytes[i] ^= 1;
    }
  }
}

/* What falls into one bucket with one key does not with another. */
static void keys_differ(void **state) {
  struct keyed_hash one, other;
  (void)state;
  keyed_hash_init(&one);
  keyed_hash_init(&other);
  assert_true(keyed_hash_bytes(&one, "name", 4) !=
              keyed_hash_bytes(&other, "name", 4));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_hashes),
      cmocka_unit_test(every_byte_counts),
      cmocka_unit_test(keys_differ),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
