/* SPDX-License-Identifier: MIT */
#include "cpulist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int reserve(struct cpulist *list, uint32_t cpu) {
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

int cpulist_add_cpu(struct cpulist *list, uint32_t cpu) {
  int r = cpu <= CPULIST_MAX ? reserve(list, cpu) : -ENOMEM;
  if (r == 0)
    add_range(list, cpu, cpu);
  return r;
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

/* Returns the list without the white space around it. */
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
    r = reserve(list, highest);
  if (r < 0)
    return r;

  uint32_t first, last;
  while (take_range(&text, &first, &last)) {
    add_range(list, first, last);
    scan_char(&text, ',');
  }
  return 0;
}

/* Takes a word of a mask, "0000000f". */
static bool take_word(struct scan *text, uint32_t *ret) {
  struct scan rest = *text;
  uint32_t word;
  if (!scan_hex32(&rest, &word))
    return false;
  *ret = word;
  *text = rest;
  return true;
}

/* Checks the syntax and counts the words. */
static int check_mask(struct scan text, size_t *ret_words,
                      struct scan_error *error) {
  for (size_t words = 1;; words++) {
    uint32_t word;
    if (words > (CPULIST_MAX + 1u) / 32 || !take_word(&text, &word))
      return scan_fail(error, 1, &text, "a mask such as 1,0000000f");
    if (scan_done(&text)) {
      *ret_words = words;
      return 0;
    }
    if (!scan_char(&text, ','))
      return scan_fail(error, 1, &text, "a comma or the end of the mask");
  }
}

static void add_word(struct cpulist *list, size_t place, uint32_t word) {
  for (; word != 0; word &= word - 1) {
    uint32_t cpu = (uint32_t)(place * 32) + (uint32_t)__builtin_ctz(word);
    add_range(list, cpu, cpu);
  }
}

int cpulist_add_mask(struct cpulist *list, struct scan text,
                     struct scan_error *error) {
  text = trimmed(text);
  if (scan_done(&text))
    return 0;
  size_t words = 0;
  int r = check_mask(text, &words, error);
  if (r == 0)
    r = reserve(list, (uint32_t)(words * 32 - 1));
  if (r < 0)
    return r;

  uint32_t word;
  while (words > 0 && take_word(&text, &word)) {
    add_word(list, --words, word);
    scan_char(&text, ',');
  }
  return 0;
}

int cpulist_unite(struct cpulist *list, const struct cpulist *other) {
  if (other->words == 0)
    return 0;
  int r = reserve(list, (uint32_t)(other->words * 64 - 1));
  if (r < 0)
    return r;
  list->count = 0;
  for (size_t i = 0; i < list->words; i++) {
    if (i < other->words)
      list->bits[i] |= other->bits[i];
    list->count += (size_t)__builtin_popcountll(list->bits[i]);
  }
  return 0;
}

typedef int adder(struct cpulist *, struct scan, struct scan_error *);

static int read_with(const struct sysroot *root, const char *path,
                     struct cpulist *list, adder *add) {
  char text[4096];
  cpulist_clear(list);
  int r = sysroot_read_text(root, path, text, sizeof(text));
  if (r == 0)
    return add(list, scan_text(text, strlen(text)), NULL);
  if (r != -EMSGSIZE)
    return r;
  struct sysroot_file file = SYSROOT_FILE(path);
  r = sysroot_file_read(root, &file);
  if (r == 0)
    r = add(list, sysroot_file_text(&file), NULL);
  sysroot_file_free(&file);
  return r;
}

int cpulist_read(const struct sysroot *root, const char *path,
                 struct cpulist *list) {
  return read_with(root, path, list, cpulist_add);
}

int cpulist_read_mask(const struct sysroot *root, const char *path,
                      struct cpulist *list) {
  return read_with(root, path, list, cpulist_add_mask);
}

const struct cpulist *cpulist_file_read(const struct sysroot *root,
                                        struct cpulist_file *file) {
  cpulist_clear(&file->list);
  if (sysroot_file_read(root, &file->file) < 0 ||
      cpulist_add(&file->list, sysroot_file_text(&file->file), NULL) < 0)
    return NULL;
  return file->list.count > 0 ? &file->list : NULL;
}

void cpulist_file_free(struct cpulist_file *file) {
  sysroot_file_free(&file->file);
  cpulist_free(&file->list);
}

bool cpulist_take_name(struct scan *header, uint32_t *ret) {
  struct scan rest = *header;
  scan_blanks(&rest);
  /* scan_u32() would skip blanks before the number. */
  if (!scan_char(&rest, 'C') || !scan_char(&rest, 'P') ||
      !scan_char(&rest, 'U') || scan_done(&rest) || *rest.at < '0' ||
      *rest.at > '9' || !scan_u32(&rest, ret) || *ret > CPULIST_MAX)
    return false;
  *header = rest;
  return true;
}

void cpulist_intersect(struct cpulist *list, const struct cpulist *other) {
  list->count = 0;
  for (size_t i = 0; i < list->words; i++) {
    list->bits[i] &= i < other->words ? other->bits[i] : 0;
    list->count += (size_t)__builtin_popcountll(list->bits[i]);
  }
}

bool cpulist_has(const struct cpulist *list, uint32_t cpu) {
  return cpu / 64 < list->words && (list->bits[cpu / 64] >> cpu % 64 & 1) != 0;
}

bool cpulist_equals(const struct cpulist *list, const struct cpulist *other) {
  bool is_same = list->count == other->count;
  for (size_t i = 0; is_same && i < list->words; i++)
    is_same = list->bits[i] == (i < other->words ? other->bits[i] : 0);
  return is_same;
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
