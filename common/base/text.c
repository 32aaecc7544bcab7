/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct text text_in(char *buffer, size_t size) {
  buffer[0] = '\0';
  return (struct text){.buffer = buffer, .size = size};
}

static void make_printable(char *from, const char *end) {
  for (char *c = from; c < end; c++)
    if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
      *c = '?';
}

void text_vadd(struct text *text, const char *format, va_list arguments) {
  if (text->is_cut)
    return;
  char *from = text->buffer + text->length;
  size_t room = text->size - text->length;
  int length = vsnprintf(from, room, format, arguments);
  if (length < 0) {
    *from = '\0';
    return;
  }
  if ((size_t)length < room) {
    text->length += (size_t)length;
  } else {
    text->length = text->size - 1;
    text->is_cut = true;
  }
  make_printable(from, text->buffer + text->length);
  if (text->is_cut)
    memcpy(text->buffer + text->length - 3, "...", 3);
}

void text_add(struct text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  text_vadd(text, format, arguments);
  va_end(arguments);
}

void text_fill(char *buffer, size_t size, const char *format, ...) {
  struct text text = text_in(buffer, size);
  va_list arguments;
  va_start(arguments, format);
  text_vadd(&text, format, arguments);
  va_end(arguments);
}

void text_add_duration(struct text *text, double seconds) {
  double whole = seconds > 0 ? fmax(round(seconds), 1) : 0;
  if (whole < 60) {
    text_add(text, "%.0f s", whole);
    return;
  }
  if (whole < 3600) {
    text_add(text, "%.0f min", floor(whole / 60));
    if (fmod(whole, 60) > 0)
      text_add(text, " %.0f s", fmod(whole, 60));
    return;
  }
  double minutes = floor(whole / 60);
  text_add(text, "%.0f h", floor(minutes / 60));
  if (fmod(minutes, 60) > 0)
    text_add(text, " %.0f min", fmod(minutes, 60));
}

/* The decimals that make six significant digits. */
static int decimals_of(double number) {
  if (number == 0 || !isfinite(number))
    return 0;
  double decimals = 5 - floor(log10(fabs(number)));
  return decimals < 0 ? 0 : decimals > 20 ? 20 : (int)decimals;
}

void text_add_number(struct text *text, double number) {
  char digits[400];
  int decimals = decimals_of(number);
  int length = snprintf(digits, sizeof(digits), "%.*f", decimals, number);
  if (decimals > 0)
    while (digits[length - 1] == '0')
      length--;
  if (digits[length - 1] == '.')
    length--;
  text_add(text, "%.*s", length, digits);
}

void text_u32(char ret[static TEXT_U32_SIZE], uint32_t number) {
  char reversed[TEXT_U32_SIZE];
  size_t length = 0;
  do {
    reversed[length++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  for (size_t i = 0; i < length; i++)
    ret[i] = reversed[length - 1 - i];
  ret[length] = '\0';
}
