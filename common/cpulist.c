/* SPDX-License-Identifier: MIT */
#include "cpulist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int make_room(struct cpulist *list, uint32_t cpu) {
  size_t words = (size_t)cpu / 64 + 1;
  if (words <= list->words)
    return 0;
  uint64_t *bits = realloc(list->bits, words * sizeof(*bits));
  if (bits == NULL)
    return -ENOMEM;
  memset(bits + list->words, 0, (words - list->words) * sizeof(*bits));
  list->bits = bits;
  list->words = words;
  return 0;
}

static void add_range(struct cpulist *list, uint32_t first, uint32_t last) {
  for (uint32_t cpu = first; cpu <= last; cpu++) {
    uint64_t bit = UINT64_C(1) << cpu % 64;
    if ((list->bits[cpu / 64] & bit) == 0) {
      list->bits[cpu / 64] |= bit;
      list->count++;
    }
  }
}

/* Takes "3" or "0-3". */
static bool take_range(struct scan *text, uint32_t *ret_first,
                       uint32_t *ret_last) {
  struct scan rest = *text;
  uint32_t first, last;
  if (!scan_u32(&rest, &first))
    return false;
  last = first;
  if (scan_char(&rest, '-') && !scan_u32(&rest, &last))
    return false;
  if (last < first || last > CPULIST_MAX)
    return false;
  *ret_first = first;
  *ret_last = last;
  *text = rest;
  return true;
}

/* The list without the white space around it. */
static struct scan trimmed(struct scan text) {
  scan_blanks(&text);
  while (text.end > text.at && (text.end[-1] == '\n' || text.end[-1] == ' '))
    text.end--;
  return text;
}

/* Checks the syntax and finds the highest CPU. */
static int check(struct scan text, uint32_t *ret_highest,
                 struct scan_error *error) {
  *ret_highest = 0;
  for (;;) {
    uint32_t first, last;
    if (!take_range(&text, &first, &last))
      return scan_fail(error, 1, &text, "CPUs such as 0-3,8");
    if (last > *ret_highest)
      *ret_highest = last;
    if (scan_done(&text))
      return 0;
    if (!scan_char(&text, ','))
      return scan_fail(error, 1, &text, "a comma or the end of the list");
  }
}

int cpulist_add(struct cpulist *list, struct scan text,
                struct scan_error *error) {
  text = trimmed(text);
  if (scan_done(&text))
    return 0;
  uint32_t highest;
  int r = check(text, &highest, error);
  if (r == 0)
    r = make_room(list, highest);
  if (r < 0)
    return r;

  uint32_t first, last;
  while (take_range(&text, &first, &last)) {
    add_range(list, first, last);
    scan_char(&text, ',');
  }
  return 0;
}

bool cpulist_has(const struct cpulist *list, uint32_t cpu) {
  return cpu / 64 < list->words && (list->bits[cpu / 64] >> cpu % 64 & 1) != 0;
}

bool cpulist_next(const struct cpulist *list, uint32_t cpu, uint32_t *ret) {
  for (size_t word = cpu / 64; word < list->words; word++) {
    uint64_t bits = list->bits[word];
    if (word == cpu / 64)
      bits &= UINT64_MAX << cpu % 64;
    if (bits != 0) {
      *ret = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(bits));
      return true;
    }
  }
  return false;
}

void cpulist_clear(struct cpulist *list) {
  if (list->words > 0)
    memset(list->bits, 0, list->words * sizeof(*list->bits));
  list->count = 0;
}

void cpulist_free(struct cpulist *list) {
  free(list->bits);
  *list = (struct cpulist){0};
}
