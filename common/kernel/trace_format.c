/* SPDX-License-Identifier: MIT */
#include "trace_format.h"

#include <string.h>

/* Moves behind the first occurrence of word. */
static bool skip_to(struct scan *scan, const char *word) {
  size_t length = strlen(word);
  if (scan_done(scan))
    return false;
  const char *found =
      memmem(scan->at, (size_t)(scan->end - scan->at), word, length);
  if (found == NULL)
    return false;
  scan->at = found + length;
  return true;
}

/* Takes the number between a word and the next ';'. */
static bool take_number(struct scan line, const char *word, uint32_t *ret) {
  if (!skip_to(&line, word))
    return false;
  const char *end = memchr(line.at, ';', (size_t)(line.end - line.at));
  if (end == NULL)
    return false;
  line.end = end;
  return scan_u32(&line, ret) && scan_done(&line);
}

/* Checks that a line describes the field: "field:unsigned short protocol;". */
static bool is_field(struct scan line, const char *name) {
  if (!skip_to(&line, "field:"))
    return false;
  const char *end = memchr(line.at, ';', (size_t)(line.end - line.at));
  size_t length = strlen(name);
  return end != NULL && (size_t)(end - line.at) > length &&
         memcmp(end - length, name, length) == 0 &&
         end[-1 - (int)length] == ' ';
}

/* Takes the field if the line describes it. Returns false if its offset is
 * missing, or its size is neither of the two expected. */
static bool take_field(struct scan line, const char *name, uint32_t size,
                       uint32_t other_size, struct trace_field *field) {
  struct trace_field found;
  if (!is_field(line, name))
    return true;
  if (!take_number(line, "offset:", &found.offset) ||
      !take_number(line, "size:", &found.size) ||
      (found.size != size && found.size != other_size))
    return false;
  *field = found;
  return true;
}

int trace_format_parse(struct scan text, struct trace_format *ret,
                       struct scan_error *error) {
  struct trace_format format = {0};
  struct scan line;
  size_t number = 0;
  while (scan_line(&text, &line)) {
    struct scan rest = line;
    number++;
    if (skip_to(&rest, "ID:")) {
      if (!scan_u32(&rest, &format.id) || !scan_done(&rest))
        return scan_fail(error, number, &line, "the tracepoint's number");
    } else if (!take_field(line, "location", 8, 4, &format.location) ||
               !take_field(line, "protocol", 2, 2, &format.protocol) ||
               !take_field(line, "reason", 4, 4, &format.reason)) {
      return scan_fail(error, number, &line,
                       "a field's offset, and a size that fits it");
    } else if (skip_to(&rest, "print fmt:") &&
               skip_to(&rest, "__print_symbolic(REC->reason")) {
      format.reasons = rest;
    }
  }
  if (format.id == 0 || format.location.size == 0 || format.protocol.size == 0)
    return scan_fail(error, number, &text,
                     "a number, and the fields location and protocol");
  *ret = format;
  return 0;
}

/* Parses { 2, "NOT_SPECIFIED" }. */
bool trace_format_reason(struct scan *reasons, uint32_t *ret_number,
                         struct scan *ret_name) {
  struct scan rest = *reasons;
  struct scan number;
  if (!skip_to(&rest, "{"))
    return false;
  number = rest;
  if (!skip_to(&rest, ", \""))
    return false;
  number.end = rest.at - strlen(", \"");
  struct scan name = rest;
  uint32_t value;
  if (!skip_to(&rest, "\"") || !scan_u32(&number, &value) ||
      !scan_done(&number))
    return false;
  name.end = rest.at - 1;
  *ret_number = value;
  *ret_name = name;
  *reasons = rest;
  return true;
}
