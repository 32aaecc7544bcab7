/* SPDX-License-Identifier: MIT */
/* Numbers, words and lines in the kernel's text, taken from left to right.
 *
 * No function needs a terminating NUL, allocates, or depends on the locale. One
 * that takes something moves the scan past it; one that finds nothing to take
 * returns false and leaves the scan where it was. "Blanks" are spaces and tabs.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text not read yet. */
struct scan {
  const char *at;
  const char *end;
};

/* A syntax error: where it is, what was found, what was expected. */
struct scan_error {
  size_t line;          /* counted from 1 */
  char found[48];       /* the offending text, printable, cut to fit */
  const char *expected; /* a static description */
};

static inline struct scan scan_text(const char *text, size_t length) {
  return (struct scan){.at = text, .end = text + length};
}

/* True if no text is left. */
static inline bool scan_done(const struct scan *scan) {
  return scan->at == scan->end;
}

/* Skips blanks, if there are any. */
void scan_blanks(struct scan *scan);

/* Takes the next line, without its newline. False if no text is left. */
bool scan_line(struct scan *scan, struct scan *ret_line);

/* Skips blanks and takes everything up to the next blank. False if only blanks
 * are left. */
bool scan_word(struct scan *scan, struct scan *ret_word);

/* Takes the character c. */
bool scan_char(struct scan *scan, char c);

/* Skips blanks and takes a number. False if there is none, if it does not fit,
 * or if a letter, digit, '_' or '.' follows directly. */
bool scan_hex32(struct scan *scan, uint32_t *ret);
bool scan_hex64(struct scan *scan, uint64_t *ret);
bool scan_u32(struct scan *scan, uint32_t *ret);
bool scan_u64(struct scan *scan, uint64_t *ret);
bool scan_i64(struct scan *scan, int64_t *ret);

/* Takes numbers as "%08x " prints them, up to room of them, fast. Stops before
 * one of any other format, as the last of a row is. Returns how many. */
size_t scan_hex32_columns(struct scan *scan, uint32_t *ret, size_t room);

/* True if the text left equals word. */
bool scan_equals(const struct scan *scan, const char *word);

/* Fills error (may be NULL): on this line, the text left of scan was found
 * instead of what expected describes. Returns -EBADMSG, for the caller to
 * return. */
int scan_fail(struct scan_error *error, size_t line, const struct scan *scan,
              const char *expected);

#endif
