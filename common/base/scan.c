/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "text.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* The functions below work on pointers: copying a struct for each number costs
 * more than reading the number. */
static const char *skip_blanks(const char *at, const char *end) {
  while (at < end && is_blank(*at))
    at++;
  return at;
}

void scan_blanks(struct scan *scan) {
  scan->at = skip_blanks(scan->at, scan->end);
}

bool scan_line(struct scan *scan, struct scan *ret_line) {
  if (scan_done(scan))
    return false;
  const char *newline = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
  const char *end = newline != NULL ? newline : scan->end;
  *ret_line = (struct scan){.at = scan->at, .end = end};
  scan->at = newline != NULL ? newline + 1 : end;
  return true;
}

bool scan_word(struct scan *scan, struct scan *ret_word) {
  const char *begin = skip_blanks(scan->at, scan->end);
  const char *at = begin;
  while (at < scan->end && !is_blank(*at))
    at++;
  if (at == begin)
    return false;
  ret_word->at = begin;
  ret_word->end = at;
  scan->at = at;
  return true;
}

bool scan_char(struct scan *scan, char c) {
  if (scan_done(scan) || *scan->at != c)
    return false;
  scan->at++;
  return true;
}

/* Whether a number may end here. A letter or a digit would make it another
 * number. */
static bool ends_number(const char *at, const char *end) {
  if (at == end)
    return true;
  unsigned char c = (unsigned char)*at;
  return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_' || c == '.');
}

/* The value of each hexadecimal digit plus 1; 0 for other characters. */
static const unsigned char hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
    ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool scan_hex64(struct scan *scan, uint64_t *ret) {
  const char *end = scan->end;
  const char *begin = skip_blanks(scan->at, end);
  const char *at = begin;
  uint64_t value = 0;
  for (; at < end; at++) {
    unsigned digit = hex_digits[(unsigned char)*at] - 1u;
    if (digit > 15)
      break;
    if (value >> 60 != 0)
      return false;
    value = value << 4 | digit;
  }
  if (at == begin || !ends_number(at, end))
    return false;
  *ret = value;
  scan->at = at;
  return true;
}

/* Repeats a number in each of eight bytes. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Takes exactly eight digits, as "%08x" prints them, all at once: the widest
 * tables consist of them. */
static bool eight_digits(const char *at, const char *end, uint32_t *ret) {
  const uint64_t pairs = UINT64_C(0x00ff00ff00ff00ff);
  const uint64_t fours = UINT64_C(0x0000ffff0000ffff);
  uint64_t text;
  if (end - at < 8)
    return false;
  memcpy(&text, at, sizeof(text));
  text = le64toh(text);
  /* Letters have the bit 0x40 and, in lower case, 0x20. */
  uint64_t letters = text >> 6 & EACH(1);
  uint64_t low = text & EACH(0x0f);
  uint64_t high = text & ~(letters << 5) & EACH(0xf0);
  uint64_t faults = high ^ (EACH(0x30) + (letters << 4));
  /* Neither more than 9 or 'f', nor the character before 'a'. */
  faults |= (low + EACH(6) + 3 * letters) & EACH(0x10);
  faults |= ~(low + EACH(0x0f)) >> 4 & letters;
  uint64_t digits = low + 9 * letters;
  digits = (digits << 4 | digits >> 8) & pairs;
  digits = (digits << 8 | digits >> 16) & fours;
  *ret = (uint32_t)(digits << 16 | digits >> 32);
  return faults == 0;
}

size_t scan_hex32_columns(struct scan *scan, uint32_t *ret, size_t room) {
  static const char zero[] = "00000000";
  const char *at = scan->at, *end = scan->end;
  size_t count = 0;
  for (; count < room && end - at > 8 && at[8] == ' '; count++, at += 9) {
    /* Most columns of most rows. */
    if (memcmp(at, zero, 8) == 0)
      ret[count] = 0;
    else if (!eight_digits(at, end, &ret[count]))
      break;
  }
  scan->at = at;
  return count;
}

bool scan_hex32(struct scan *scan, uint32_t *ret) {
  const char *end = scan->end;
  const char *at = skip_blanks(scan->at, end);
  uint32_t value;
  if (eight_digits(at, end, &value) && ends_number(at + 8, end)) {
    *ret = value;
    scan->at = at + 8;
    return true;
  }
  struct scan rest = *scan;
  uint64_t wide;
  if (!scan_hex64(&rest, &wide) || wide > UINT32_MAX)
    return false;
  *ret = (uint32_t)wide;
  *scan = rest;
  return true;
}

bool scan_u64(struct scan *scan, uint64_t *ret) {
  const char *end = scan->end;
  const char *begin = skip_blanks(scan->at, end);
  const char *at = begin;
  uint64_t value = 0;
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    unsigned digit = (unsigned)(*at - '0');
    if (__builtin_mul_overflow(value, 10u, &value) ||
        __builtin_add_overflow(value, digit, &value))
      return false;
  }
  if (at == begin || !ends_number(at, end))
    return false;
  *ret = value;
  scan->at = at;
  return true;
}

bool scan_u32(struct scan *scan, uint32_t *ret) {
  const char *end = scan->end;
  const char *begin = skip_blanks(scan->at, end);
  const char *at = begin;
  uint64_t value = 0;
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    value = value * 10 + (uint64_t)(*at - '0');
    if (value > UINT32_MAX)
      return false;
  }
  if (at == begin || !ends_number(at, end))
    return false;
  *ret = (uint32_t)value;
  scan->at = at;
  return true;
}

bool scan_i64(struct scan *scan, int64_t *ret) {
  struct scan rest = *scan;
  scan_blanks(&rest);
  bool negative = scan_char(&rest, '-');
  if (negative && (scan_done(&rest) || is_blank(*rest.at)))
    return false;
  uint64_t value;
  if (!scan_u64(&rest, &value) || value > (uint64_t)INT64_MAX + negative)
    return false;
  *ret = negative ? (int64_t)(0 - value) : (int64_t)value;
  *scan = rest;
  return true;
}

bool scan_equals(const struct scan *scan, const char *word) {
  for (const char *at = scan->at; at < scan->end; at++, word++)
    if (*word == '\0' || *word != *at)
      return false;
  return *word == '\0';
}

int scan_fail(struct scan_error *error, size_t line, const struct scan *scan,
              const char *expected) {
  if (error == NULL)
    return -EBADMSG;
  error->line = line;
  error->expected = expected;
  struct text found = TEXT_IN(error->found);
  size_t length = (size_t)(scan->end - scan->at);
  /* One byte more than fits, to show the cut. */
  if (length > sizeof(error->found))
    length = sizeof(error->found);
  text_add(&found, "%.*s", (int)length, scan->at);
  return -EBADMSG;
}
