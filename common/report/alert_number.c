/* SPDX-License-Identifier: MIT */
#include "alert_number.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond these, a value is its limit. */
#define MOST_DECIMALS 12

static bool ends_in(const char *word, const char *end) {
  size_t length = strlen(word), more = strlen(end);
  return length > more && strcmp(word + length - more, end) == 0;
}

/* Appends a unit in the singular: "packet" of "packets", "entry" of "entries".
 * "s", "%" and "times" have none. */
static void add_singular(struct text *text, const char *unit) {
  int length = (int)strlen(unit);
  if (length < 3 || strcmp(unit, "times") == 0 || !ends_in(unit, "s"))
    text_add(text, "%s", unit);
  else if (ends_in(unit, "ies"))
    text_add(text, "%.*sy", length - 3, unit);
  else if (ends_in(unit, "sses"))
    text_add(text, "%.*s", length - 2, unit);
  else
    text_add(text, "%.*s", length - 1, unit);
}

static void add_unit(struct text *text, const char *unit, bool is_one) {
  text_add(text, " ");
  if (is_one)
    add_singular(text, unit);
  else
    text_add(text, "%s", unit);
}

/* -1, 0 or 1. */
static int side_of(double value, double limit) {
  return (value > limit) - (value < limit);
}

/* Decimals that show two significant digits of a small number, else one. */
static int decimals_of(double value) {
  double size = fabs(value);
  if (!(size > 0) || size >= 0.095)
    return 1;
  double decimals = 1 - floor(log10(size));
  return decimals < MOST_DECIMALS ? (int)decimals : MOST_DECIMALS;
}

static void remove_zeros(char *digits) {
  size_t length = strlen(digits);
  if (strchr(digits, '.') == NULL)
    return;
  while (digits[length - 1] == '0')
    length--;
  if (digits[length - 1] == '.')
    length--;
  digits[length] = '\0';
}

/* Writes value with more and more decimals, until it is on its side of the
 * limit and of 0. */
static void write_distinct(char *ret, size_t size, double value, double limit,
                           bool keeps_zeros) {
  for (int decimals = decimals_of(value);; decimals++) {
    snprintf(ret, size, "%.*f", decimals, value);
    if (!keeps_zeros)
      remove_zeros(ret);
    double shown = strtod(ret, NULL);
    if (decimals >= MOST_DECIMALS ||
        (side_of(shown, limit) == side_of(value, limit) &&
         side_of(shown, 0) == side_of(value, 0)))
      return;
  }
}

void alert_number_add_value(struct text *text, const struct meter *meter,
                            double value, double limit) {
  char digits[400];
  bool is_rate = meter_is_counter(meter);
  write_distinct(digits, sizeof(digits), value, limit, is_rate);
  text_add(text, "%s", digits);
  if (is_rate)
    text_add(text, "/s");
  else if (meter->unit != NULL)
    add_unit(text, meter->unit, strcmp(digits, "1") == 0);
}

void alert_number_add_limit(struct text *text, const struct meter *meter,
                            double limit) {
  text_add_number(text, limit);
  if (meter_is_counter(meter))
    text_add(text, "/s");
  else if (meter->unit != NULL)
    add_unit(text, meter->unit, limit == 1);
}

void alert_number_add_count(struct text *text, const struct meter *meter,
                            uint64_t count) {
  text_add(text, "%" PRIu64, count);
  add_unit(text, meter->unit != NULL ? meter->unit : "events", count == 1);
}
