/* SPDX-License-Identifier: MIT */
#include "proto_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static size_t length_of(const struct scan *scan) {
  return (size_t)(scan->end - scan->at);
}

static int add(struct proto_text *text, const struct proto_found *one) {
  struct proto_found *found =
      array_room(text->found, &text->room, text->count, sizeof(*found));
  if (found == NULL)
    return -ENOMEM;
  text->found = found;
  text->found[text->count++] = *one;
  return 0;
}

/* Takes a number, which may be negative. */
static bool take_value(struct scan *line, struct proto_found *ret) {
  int64_t negative;
  struct scan number = *line;
  scan_blanks(&number);
  if (!scan_u64(line, &ret->value)) {
    if (!scan_i64(line, &negative))
      return false;
    ret->value = (uint64_t)negative;
  }
  ret->number = (struct scan){.at = number.at, .end = line->at};
  return true;
}

/* Takes "Udp:", without the colon. */
static bool take_protocol(struct scan *line, struct scan *ret) {
  struct scan rest = *line;
  if (!scan_word(&rest, ret) || ret->end[-1] != ':')
    return false;
  ret->end--;
  *line = rest;
  return true;
}

static bool is_same(const struct scan *a, const struct scan *b) {
  return length_of(a) == length_of(b) &&
         memcmp(a->at, b->at, length_of(a)) == 0;
}

static int parse_pair(struct proto_text *into, struct scan names,
                      struct scan values, size_t line,
                      struct scan_error *error) {
  struct scan again;
  struct proto_found found;
  if (!take_protocol(&names, &found.protocol))
    return scan_fail(error, line, &names, "a protocol's name and a colon");
  if (!take_protocol(&values, &again) || !is_same(&found.protocol, &again))
    return scan_fail(error, line + 1, &values,
                     "numbers of the same protocol as in the line before");
  while (scan_word(&names, &found.name)) {
    if (!take_value(&values, &found))
      return scan_fail(error, line + 1, &values,
                       "a number for each name in the line before");
    int r = add(into, &found);
    if (r < 0)
      return r;
  }
  scan_blanks(&values);
  if (!scan_done(&values))
    return scan_fail(error, line + 1, &values,
                     "no more numbers than names in the line before");
  return 0;
}

static int parse_pairs(struct scan text, struct proto_text *into,
                       struct scan_error *error) {
  struct scan names, values;
  for (size_t line = 1; scan_line(&text, &names); line += 2) {
    if (!scan_line(&text, &values))
      return scan_fail(error, line + 1, &text, "a line of numbers");
    int r = parse_pair(into, names, values, line, error);
    if (r < 0)
      return r;
  }
  return 0;
}

/* Splits "Udp6InDatagrams" behind the longest matching prefix. */
static void split(const char *const *prefixes, struct scan *name,
                  struct scan *ret_protocol) {
  *ret_protocol = (struct scan){.at = name->at, .end = name->at};
  for (; prefixes != NULL && *prefixes != NULL; prefixes++) {
    size_t length = strlen(*prefixes);
    if (length < length_of(name) && length > length_of(ret_protocol) &&
        memcmp(name->at, *prefixes, length) == 0)
      ret_protocol->end = name->at + length;
  }
  name->at = ret_protocol->end;
}

static int parse_lines(struct scan text, struct proto_text *into,
                       struct scan_error *error) {
  struct scan line;
  struct proto_found found;
  for (size_t number = 1; scan_line(&text, &line); number++) {
    if (!scan_word(&line, &found.name))
      return scan_fail(error, number, &line, "a counter's name");
    bool has_value = take_value(&line, &found);
    scan_blanks(&line);
    if (!has_value || !scan_done(&line))
      return scan_fail(error, number, &line, "one number behind the name");
    split(into->prefixes, &found.name, &found.protocol);
    int r = add(into, &found);
    if (r < 0)
      return r;
  }
  return 0;
}

static int parse_fields(struct scan text, struct proto_text *into,
                        struct scan_error *error) {
  struct scan line;
  struct proto_found found;
  for (size_t number = 1; scan_line(&text, &line); number++) {
    if (!take_protocol(&line, &found.protocol))
      return scan_fail(error, number, &line, "a protocol's name and a colon");
    while (scan_word(&line, &found.name)) {
      if (!take_value(&line, &found))
        return scan_fail(error, number, &line, "a number behind each name");
      int r = add(into, &found);
      if (r < 0)
        return r;
    }
  }
  return 0;
}

/* Adds the counts of a CPU to the sums. The number of entries is not counted
 * per CPU; each row repeats it. */
static int add_row(struct proto_text *into, struct scan row, size_t line,
                   struct scan_error *error) {
  for (size_t i = 0; i < into->count; i++) {
    struct proto_found *found = &into->found[i];
    uint64_t value;
    if (!scan_hex64(&row, &value))
      return scan_fail(error, line, &row,
                       "a hexadecimal number for each name in the first line");
    if (scan_equals(&found->name, "entries"))
      found->value = value;
    else
      found->value += value;
  }
  scan_blanks(&row);
  if (!scan_done(&row))
    return scan_fail(error, line, &row,
                     "no more numbers than names in the first line");
  return 0;
}

static int parse_rows(struct scan text, struct proto_text *into,
                      struct scan_error *error) {
  struct scan line;
  if (!scan_line(&text, &line))
    return scan_fail(error, 1, &text, "a line of names");
  const struct scan none = {.at = line.at, .end = line.at};
  struct proto_found found = {.protocol = none, .number = none};
  while (scan_word(&line, &found.name)) {
    int r = add(into, &found);
    if (r < 0)
      return r;
  }
  for (size_t number = 2; scan_line(&text, &line); number++) {
    int r = add_row(into, line, number, error);
    if (r < 0)
      return r;
  }
  return 0;
}

int proto_text_parse(struct proto_text *into, struct scan text,
                     struct scan_error *error) {
  into->count = 0;
  switch (into->layout) {
  case PROTO_PAIRS:
    return parse_pairs(text, into, error);
  case PROTO_LINES:
    return parse_lines(text, into, error);
  case PROTO_FIELDS:
    return parse_fields(text, into, error);
  case PROTO_ROWS:
    return parse_rows(text, into, error);
  }
  return -EINVAL;
}

void proto_text_free(struct proto_text *text) {
  free(text->found);
  text->found = NULL;
  text->count = 0;
  text->room = 0;
}
