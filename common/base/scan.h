/* SPDX-License-Identifier: MIT */
/* Numbers, words and lines in the kernel's text, taken from left to right.
 *
 * Nothing here needs a terminating NUL, allocates, or knows a locale. A
 * function that takes something moves the scan behind it; one that finds
 * nothing to take returns false and leaves the scan where it was. "Blanks" are
 * spaces and tabs. */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text that is still to be read. */
struct scan {
  const char *at;
  const char *end;
};

/* Where a text was not what it should be, and how. */
struct scan_error {
  size_t line;          /* counted from 1 */
  char found[48];       /* the offending text, printable, cut to fit */
  const char *expected; /* a static description */
};

static inline struct scan scan_text(const char *text, size_t length) {
  return (struct scan){.at = text, .end = text + length};
}

/* Nothing is left. */
static inline bool scan_done(const struct scan *scan) {
  return scan->at == scan->end;
}

/* Moves over blanks, if there are any. */
void scan_blanks(struct scan *scan);

/* Takes the next line, without its newline. False when no text is left. */
bool scan_line(struct scan *scan, struct scan *ret_line);

/* Takes blanks, then everything up to the next blank. False when there is none
 * before the end. */
bool scan_word(struct scan *scan, struct scan *ret_word);

/* Takes the one character c. */
bool scan_char(struct scan *scan, char c);

/* Takes blanks and a number; the number must be followed by a character that
 * cannot belong to it. False when there is no number, or it does not fit. */
bool scan_hex32(struct scan *scan, uint32_t *ret);
bool scan_hex64(struct scan *scan, uint64_t *ret);
bool scan_u32(struct scan *scan, uint32_t *ret);
bool scan_u64(struct scan *scan, uint64_t *ret);
bool scan_i64(struct scan *scan, int64_t *ret);

/* True if the whole of what is left equals word. */
bool scan_equals(const struct scan *scan, const char *word);

/* Says that what is left of scan, on the given line, should have been what
 * expected describes. Returns -EBADMSG, for the caller to pass on. error may be
 * NULL. */
int scan_fail(struct scan_error *error, size_t line, const struct scan *scan,
              const char *expected);

#endif
