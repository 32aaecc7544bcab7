/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "trace_format.h"

static void every_kernels_format_is_read(void **state) {
  (void)state;
  static const struct {
    const char *version;
    uint32_t protocol, reason, rcvbuff, reasons;
  } rows[] = {{"5.10", 24, 0, 0, 0},    {"5.17", 24, 28, 0, 7},
              {"6.1", 24, 28, 15, 66},  {"6.6", 24, 28, 16, 76},
              {"6.12", 32, 36, 6, 103}, {"6.18", 32, 36, 6, 127}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char name[128];
    size_t length;
    struct trace_format format;
    struct scan_error error = {.expected = NULL};
    snprintf(name, sizeof(name),
             "drop_reason/linux-%s/sys/kernel/tracing/events/skb/kfree_skb/"
             "format",
             rows[i].version);
    char *text = fixture_read(name, &length);
    CHECK(trace_format_parse(scan_text(text, length), &format, &error) == 0,
          "%s, line %zu: expected %s", rows[i].version, error.line,
          error.expected);
    CHECK(format.id > 0 && format.location.offset == 16 &&
              format.location.size == 8 &&
              format.protocol.offset == rows[i].protocol &&
              format.protocol.size == 2 &&
              format.reason.offset == rows[i].reason &&
              format.reason.size == (rows[i].reason != 0 ? 4 : 0),
          "%s", rows[i].version);
    uint32_t number, count = 0, rcvbuff = 0;
    struct scan reason;
    while (trace_format_reason(&format.reasons, &number, &reason)) {
      count++;
      if (scan_equals(&reason, "SOCKET_RCVBUFF"))
        rcvbuff = number;
    }
    CHECK(count == rows[i].reasons && rcvbuff == rows[i].rcvbuff,
          "%s: %u reasons, %u", rows[i].version, count, rcvbuff);
    free(text);
  }
}

#define FIELD(type, name, offset, size)                                        \
  "\tfield:" type " " name ";\toffset:" offset ";\tsize:" size ";\tsigned:0;"  \
  "\n"
#define LOCATION FIELD("void *", "location", "16", "8")
#define PROTOCOL FIELD("unsigned short", "protocol", "24", "2")

static int parse(const char *text, struct trace_format *format,
                 struct scan_error *error) {
  return trace_format_parse(scan_text(text, strlen(text)), format, error);
}

static void malformed_formats_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t line;
  } rows[] = {
      {"", 0},
      {"name: kfree_skb\n" LOCATION PROTOCOL, 3},
      {"ID: 7\n" PROTOCOL, 2},
      {"ID: 7\n" LOCATION, 2},
      {"ID: seven\n" LOCATION PROTOCOL, 1},
      {"ID: 7\n" LOCATION FIELD("unsigned short", "protocol", "24", "4"), 3},
      {"ID: 7\n" FIELD("void *", "location", "x", "8") PROTOCOL, 2},
      {"ID: 7\n" FIELD("void *", "location", "16", "2") PROTOCOL, 2},
      {"ID: 7\n\tfield:void * location;\toffset:16\n" PROTOCOL, 2},
      {"ID: 7\n" LOCATION PROTOCOL FIELD("int", "reason", "28", "8"), 4},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct trace_format format = {.id = 99};
    struct scan_error error = {.expected = NULL};
    CHECK(parse(rows[i].text, &format, &error) == -EBADMSG && format.id == 99 &&
              error.expected != NULL && error.line == rows[i].line,
          "row %zu: line %zu", i, error.line);
    assert_int_equal(parse(rows[i].text, &format, NULL), -EBADMSG);
  }
}

static void fields_are_matched_by_their_whole_name(void **state) {
  (void)state;
  struct trace_format format;
  assert_int_equal(
      parse("ID: 7\n" LOCATION PROTOCOL FIELD("int", "xreason", "28", "8"),
            &format, NULL),
      0);
  assert_int_equal(format.reason.size, 0);
}

static void reasons_end_at_a_malformed_pair(void **state) {
  (void)state;
  static const struct {
    const char *text;
    unsigned count;
  } rows[] = {
      {"", 0},
      {", { 2, \"A\" }, { 3, \"B\" })", 2},
      {", { 2, \"A\" }, { 0x3, \"B\" })", 1},
      {", { 2, \"A", 0},
      {", { 2 \"A\" })", 0},
      {", { A, \"A\" })", 0},
      {", { 99999999999, \"A\" })", 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scan reasons = scan_text(rows[i].text, strlen(rows[i].text)), name;
    uint32_t number;
    unsigned count = 0;
    while (trace_format_reason(&reasons, &number, &name))
      count++;
    CHECK(count == rows[i].count, "row %zu: %u", i, count);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kernels_format_is_read),
      cmocka_unit_test(malformed_formats_are_refused),
      cmocka_unit_test(fields_are_matched_by_their_whole_name),
      cmocka_unit_test(reasons_end_at_a_malformed_pair),
  };
  return cmocka_run_group_tests_name("trace_format", tests, NULL, NULL);
}
