/* SPDX-License-Identifier: MIT */
/* Text of bounded length, built piece by piece: always one line of printable
 * ASCII. Text that does not fit is cut and ends in "...". */
#ifndef TEXT_H
#define TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
  char *buffer; /* always terminated by NUL */
  size_t size;  /* of the buffer, at least 4 */
  size_t length;
  bool is_cut; /* it did not all fit */
};

/* Begins an empty text in an array. */
#define TEXT_IN(array) text_in((array), sizeof(array))
struct text text_in(char *buffer, size_t size);

/* Appends as printf() does; control characters and bytes above 126 become '?'.
 */
void text_add(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vadd(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Fills an array with one piece of text. */
#define TEXT_FILL(array, ...) text_fill((array), sizeof(array), __VA_ARGS__)
void text_fill(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Room for the digits of a 32-bit number and a NUL. */
#define TEXT_U32_SIZE sizeof("4294967295")

/* Writes the decimal digits of a number, and NUL, several times as fast as
 * snprintf(). */
void text_u32(char ret[static TEXT_U32_SIZE], uint32_t number);

/* Appends a duration: "45 s", "2 min 10 s", "3 h 5 min"; above 0, at least
 * "1 s". */
void text_add_duration(struct text *text, double seconds);

/* Appends a number without an exponent or trailing zeros: "1", "0.5", "412",
 * "2000000". Six significant digits below a million, a whole number above. */
void text_add_number(struct text *text, double number);

#endif
