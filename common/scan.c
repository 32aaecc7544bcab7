/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include <errno.h>
#include <string.h>

#include "text.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

void scan_blanks(struct scan *scan) {
  while (scan->at < scan->end && is_blank(*scan->at))
    scan->at++;
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
  struct scan rest = *scan;
  scan_blanks(&rest);
  const char *begin = rest.at;
  while (rest.at < rest.end && !is_blank(*rest.at))
    rest.at++;
  if (rest.at == begin)
    return false;
  *ret_word = (struct scan){.at = begin, .end = rest.at};
  *scan = rest;
  return true;
}

bool scan_char(struct scan *scan, char c) {
  if (scan_done(scan) || *scan->at != c)
    return false;
  scan->at++;
  return true;
}

/* What may stand directly behind a number; a letter or a digit may not, because
 * the number would then be another one. */
static bool ends_number(const struct scan *scan) {
  if (scan_done(scan))
    return true;
  unsigned char c = (unsigned char)*scan->at;
  return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_' || c == '.');
}

/* One more than the value of each hexadecimal digit; 0 for what is none. */
static const unsigned char hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
    ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Takes exactly eight digits, as "%08x" prints them, without a branch for each:
 * the tables that are widest consist of these. */
static bool take_eight_digits(struct scan *scan, uint32_t *ret) {
  if (scan->end - scan->at < 8)
    return false;
  uint32_t value = 0;
  unsigned beyond = 0;
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    unsigned digit = hex_digits[(unsigned char)scan->at[i]] - 1u;
    beyond |= digit;
    value = value << 4 | digit;
  }
  if (beyond > 15)
    return false;
  *ret = value;
  scan->at += 8;
  return true;
}

bool scan_hex64(struct scan *scan, uint64_t *ret) {
  struct scan rest = *scan;
  scan_blanks(&rest);
  const char *begin = rest.at;
  uint64_t value = 0;
  while (!scan_done(&rest)) {
    unsigned digit = hex_digits[(unsigned char)*rest.at] - 1u;
    if (digit > 15)
      break;
    if (value >> 60 != 0)
      return false;
    value = value << 4 | digit;
    rest.at++;
  }
  if (rest.at == begin || !ends_number(&rest))
    return false;
  *ret = value;
  *scan = rest;
  return true;
}

bool scan_hex32(struct scan *scan, uint32_t *ret) {
  struct scan rest = *scan;
  scan_blanks(&rest);
  uint32_t value;
  if (take_eight_digits(&rest, &value) && ends_number(&rest)) {
    *ret = value;
    *scan = rest;
    return true;
  }
  uint64_t wide;
  rest = *scan;
  if (!scan_hex64(&rest, &wide) || wide > UINT32_MAX)
    return false;
  *ret = (uint32_t)wide;
  *scan = rest;
  return true;
}

bool scan_u64(struct scan *scan, uint64_t *ret) {
  struct scan rest = *scan;
  scan_blanks(&rest);
  const char *begin = rest.at;
  uint64_t value = 0;
  while (rest.at < rest.end && *rest.at >= '0' && *rest.at <= '9') {
    unsigned digit = (unsigned)(*rest.at - '0');
    if (value > (UINT64_MAX - digit) / 10)
      return false;
    value = value * 10 + digit;
    rest.at++;
  }
  if (rest.at == begin || !ends_number(&rest))
    return false;
  *ret = value;
  *scan = rest;
  return true;
}

bool scan_u32(struct scan *scan, uint32_t *ret) {
  struct scan rest = *scan;
  uint64_t value;
  if (!scan_u64(&rest, &value) || value > UINT32_MAX)
    return false;
  *ret = (uint32_t)value;
  *scan = rest;
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
  size_t length = (size_t)(scan->end - scan->at);
  return strlen(word) == length && memcmp(scan->at, word, length) == 0;
}

int scan_fail(struct scan_error *error, size_t line, const struct scan *scan,
              const char *expected) {
  if (error == NULL)
    return -EBADMSG;
  error->line = line;
  error->expected = expected;
  struct text found = TEXT_IN(error->found);
  size_t length = (size_t)(scan->end - scan->at);
  /* One more than fits, so that a cut shows. */
  if (length > sizeof(error->found))
    length = sizeof(error->found);
  text_add(&found, "%.*s", (int)length, scan->at);
  return -EBADMSG;
}
