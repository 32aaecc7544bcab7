/* SPDX-License-Identifier: MIT */
#include "near.h"

#include <ctype.h>
#include <string.h>

static unsigned smallest(unsigned a, unsigned b, unsigned c) {
  unsigned least = a < b ? a : b;
  return least < c ? least : c;
}

static bool is_same(char a, char b) {
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Levenshtein's distance, one row of its table at a time. */
unsigned near_distance(const char *word, const char *other) {
  unsigned row[NEAR_FAR];
  size_t length = strlen(word), other_length = strlen(other);
  if (length >= NEAR_FAR || other_length >= NEAR_FAR)
    return NEAR_FAR;
  for (size_t j = 0; j <= length; j++)
    row[j] = (unsigned)j;
  for (size_t i = 1; i <= other_length; i++) {
    unsigned diagonal = row[0];
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= length; j++) {
      unsigned replaced = diagonal + !is_same(word[j - 1], other[i - 1]);
      diagonal = row[j];
      row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
    }
  }
  return row[length];
}

bool near_matches(const char *word, const char *other) {
  size_t length = strlen(word);
  if (length >= 3 && strcasestr(other, word) != NULL)
    return true;
  return near_distance(word, other) <= (length < 6 ? 1 : length / 4);
}
