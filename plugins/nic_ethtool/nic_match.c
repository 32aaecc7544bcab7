/* SPDX-License-Identifier: MIT */
#include "nic_match.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

uint32_t nic_match_hash_byte(uint32_t hash, char byte) {
  return (hash ^ (unsigned char)byte) * 16777619;
}

/* Hashes a number as "*". */
uint32_t nic_match_hash(const char *text) {
  uint32_t hash = 2166136261;
  while (*text != '\0') {
    bool is_number = is_digit(*text) || *text == '*';
    hash = nic_match_hash_byte(hash, is_number ? '*' : *text);
    text++;
    while (is_number && is_digit(*text))
      text++;
  }
  return hash;
}

bool nic_match(const char *name, const char *pattern) {
  for (; *pattern != '\0'; pattern++) {
    if (*pattern != '*') {
      if (*name++ != *pattern)
        return false;
      continue;
    }
    if (!is_digit(*name))
      return false;
    while (is_digit(*name))
      name++;
  }
  return *name == '\0';
}
