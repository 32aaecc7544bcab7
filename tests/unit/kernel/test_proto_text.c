/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto_text.h"

static const char *const prefixes[] = {"UdpLite6", "Udp6", "Udp",
                                       "Ip6",      "UdpX", NULL};

/* Parses a copy of exactly its size, so that a sanitizer notices a read past
 * its end. Writes the result as "Udp:InErrors=5 ...". */
static int parse(enum proto_layout layout, const char *text, size_t length,
                 char *ret, size_t size, struct scan_error *error) {
  char *memory = malloc(length > 0 ? length : 1);
  assert_non_null(memory);
  memcpy(memory, text, length);
  struct proto_text into = {.layout = layout, .prefixes = prefixes};
  int r = proto_text_parse(&into, scan_text(memory, length), error);
  size_t written = 0;
  ret[0] = '\0';
  for (size_t i = 0; r == 0 && i < into.count && written < size; ++i) {
    const struct proto_found *found = &into.found[i];
    written += (size_t)snprintf(
        ret + written, size - written, "%s%.*s:%.*s=%" PRId64, i > 0 ? " " : "",
        (int)(found->protocol.end - found->protocol.at), found->protocol.at,
        (int)(found->name.end - found->name.at), found->name.at,
        (int64_t)found->value);
  }
  proto_text_free(&into);
  assert_null(into.found);
  assert_int_equal(into.count, 0);
  free(memory);
  return r;
}

static const struct {
  enum proto_layout layout;
  const char *text, *found;
} good[] = {
    {PROTO_PAIRS, "", ""},
    {PROTO_PAIRS, "Udp: A B\nUdp: 1 2\n", "Udp:A=1 Udp:B=2"},
    {PROTO_PAIRS, "Udp: A B\nUdp: 1 2", "Udp:A=1 Udp:B=2"},
    {PROTO_PAIRS, "Udp:\tA   B \nUdp: 1\t2 \n", "Udp:A=1 Udp:B=2"},
    {PROTO_PAIRS, "Tcp: MaxConn\nTcp: -1\nUdp: A\nUdp: 7\n",
     "Tcp:MaxConn=-1 Udp:A=7"},
    {PROTO_PAIRS, "Udp: A\nUdp: 9223372036854775807\n",
     "Udp:A=9223372036854775807"},
    /* 2^64 - 1, as signed. */
    {PROTO_PAIRS, "Udp: A\nUdp: 18446744073709551615\n", "Udp:A=-1"},
    {PROTO_PAIRS, "Udp: A\nUdp: -9223372036854775808\n",
     "Udp:A=-9223372036854775808"},
    {PROTO_PAIRS, "IcmpMsg:\nIcmpMsg:\n", ""},
    {PROTO_PAIRS, "Udp: A A\nUdp: 1 2\nUdp: A\nUdp: 3\n",
     "Udp:A=1 Udp:A=2 Udp:A=3"},
    {PROTO_PAIRS, ": A\n: 1\n", ":A=1"},
    {PROTO_PAIRS, "U:dp: A:\nU:dp: 1\n", "U:dp:A:=1"},

    {PROTO_LINES, "", ""},
    {PROTO_LINES, "Udp6InErrors    \t5\nIp6InReceives 6\n",
     "Udp6:InErrors=5 Ip6:InReceives=6"},
    /* The longest matching prefix counts, whatever their order. */
    {PROTO_LINES,
     "UdpLite6InErrors 5\nUdpInErrors 6\nUdpLiteInErrors 7\nUdpXA 8\n",
     "UdpLite6:InErrors=5 Udp:InErrors=6 Udp:LiteInErrors=7 UdpX:A=8"},
    /* A name equal to a prefix is split at a shorter prefix. */
    {PROTO_LINES, "Ip6 5\nUdp6 6\nXfrmInError 7\n",
     ":Ip6=5 Udp:6=6 :XfrmInError=7"},
    {PROTO_LINES, "udp6InErrors 5\n", ":udp6InErrors=5"},
    {PROTO_LINES, "A -1", ":A=-1"},

    {PROTO_FIELDS, "", ""},
    {PROTO_FIELDS, "sockets: used 12\nTCP: inuse 1 mem 391\n",
     "sockets:used=12 TCP:inuse=1 TCP:mem=391"},
    {PROTO_FIELDS, "TCP:\nFRAG: inuse 0 memory -1\n",
     "FRAG:inuse=0 FRAG:memory=-1"},

    {PROTO_ROWS, "entries  found\n", ":entries=0 :found=0"},
    {PROTO_ROWS, "entries found\n00000002 0000000a\n", ":entries=2 :found=10"},
    /* Rows are summed, except for the entries. */
    {PROTO_ROWS, "entries found\n2 a\n3 ffffffff\n3 1\n",
     ":entries=3 :found=4294967306"},
    {PROTO_ROWS, "found entries found\n1 2 3\n4 5 6\n",
     ":found=5 :entries=5 :found=9"},
    {PROTO_ROWS, "A\nffffffffffffffff\n2\n", ":A=1"},
    {PROTO_ROWS, "\n", ""},
    {PROTO_ROWS, "\n\n", ""},
};

static void tables_are_names_and_numbers(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(good); ++i) {
    char found[512];
    struct scan_error error = {.expected = NULL};
    int r = parse(good[i].layout, good[i].text, strlen(good[i].text), found,
                  sizeof(found), &error);
    CHECK(r == 0 && strcmp(found, good[i].found) == 0,
          "row %zu: %d, %s instead of %s", i, r, found, good[i].found);
  }
}

static const struct {
  enum proto_layout layout;
  const char *text;
  size_t line;
  const char *found, *expected; /* expected: part of the description */
} bad[] = {
    {PROTO_PAIRS, "\n", 2, "", "line of numbers"},
    {PROTO_PAIRS, "\n\n", 1, "", "protocol's name and a colon"},
    {PROTO_PAIRS, "Udp A\nUdp 1\n", 1, "Udp A", "colon"},
    {PROTO_PAIRS, "Udp: A\n", 2, "", "line of numbers"},
    {PROTO_PAIRS, "Udp: A", 2, "", "line of numbers"},
    {PROTO_PAIRS, "Udp: A\nTcp: 1\n", 2, " 1", "the same protocol"},
    {PROTO_PAIRS, "Udp: A\nUdp 1\n", 2, "Udp 1", "the same protocol"},
    {PROTO_PAIRS, "Udp: A\nUdpLite: 1\n", 2, " 1", "the same protocol"},
    {PROTO_PAIRS, "Udp: A\nUd: 1\n", 2, " 1", "the same protocol"},
    {PROTO_PAIRS, "Udp: A\n\n", 2, "", "the same protocol"},
    {PROTO_PAIRS, "Udp: A B\nUdp: 1\n", 2, "", "a number for each name"},
    {PROTO_PAIRS, "Udp: A\nUdp: 1 2\n", 2, "2", "no more numbers"},
    {PROTO_PAIRS, "Udp: A\nUdp: one\n", 2, " one", "a number for each name"},
    {PROTO_PAIRS, "Udp: A\nUdp: 1x\n", 2, " 1x", "a number for each name"},
    {PROTO_PAIRS, "Udp: A\nUdp: 1.5\n", 2, " 1.5", "a number for each name"},
    {PROTO_PAIRS, "Udp: A\nUdp: 0x1\n", 2, " 0x1", "a number for each name"},
    {PROTO_PAIRS, "Udp: A\nUdp: - 1\n", 2, " - 1", "a number for each name"},
    {PROTO_PAIRS, "Udp: A\nUdp: 18446744073709551616\n", 2,
     " 18446744073709551616", "a number"},
    {PROTO_PAIRS, "Udp: A\nUdp: -9223372036854775809\n", 2,
     " -9223372036854775809", "a number"},
    {PROTO_PAIRS, "Udp: A\nUdp: 1\n\nTcp: B\nTcp: 2\n", 3, "",
     "protocol's name"},
    {PROTO_PAIRS, "Udp: A\r\nUdp: 1\r\n", 2, "?", "no more numbers"},

    {PROTO_LINES, "A\n", 1, "", "one number"},
    {PROTO_LINES, "A 1\nB\n", 2, "", "one number"},
    {PROTO_LINES, "A 1 2\n", 1, "2", "one number"},
    {PROTO_LINES, "A x\n", 1, "x", "one number"},
    {PROTO_LINES, "A 1\n\nB 2\n", 2, "", "a counter's name"},

    {PROTO_FIELDS, "TCP inuse 1\n", 1, "TCP inuse 1", "colon"},
    {PROTO_FIELDS, "TCP: inuse\n", 1, "", "a number behind each name"},
    {PROTO_FIELDS, "TCP: inuse 1\nUDP: inuse 1 mem\n", 2, "",
     "a number behind each name"},
    {PROTO_FIELDS, "TCP: inuse x\n", 1, " x", "a number behind each name"},
    {PROTO_FIELDS, "\n", 1, "", "protocol's name"},

    {PROTO_ROWS, "", 1, "", "a line of names"},
    {PROTO_ROWS, "A B\n1\n", 2, "", "hexadecimal"},
    {PROTO_ROWS, "A B\n1 2\n1 2 3\n", 3, "3", "no more numbers"},
    {PROTO_ROWS, "A\n1g\n", 2, "1g", "hexadecimal"},
    {PROTO_ROWS, "A\n-1\n", 2, "-1", "hexadecimal"},
    {PROTO_ROWS, "A\n10000000000000000\n", 2, "10000000000000000",
     "hexadecimal"},
    {PROTO_ROWS, "A\n1\n\n", 3, "", "hexadecimal"},
    {PROTO_ROWS, "\n1\n", 2, "1", "no more numbers"},
};

static void malformed_tables_are_refused_with_their_line(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(bad); ++i) {
    char found[512];
    struct scan_error error = {.expected = NULL};
    int r = parse(bad[i].layout, bad[i].text, strlen(bad[i].text), found,
                  sizeof(found), &error);
    CHECK(r == -EBADMSG && error.expected != NULL, "row %zu: %d, %s", i, r,
          found);
    CHECK(error.line == bad[i].line && strcmp(error.found, bad[i].found) == 0 &&
              strstr(error.expected, bad[i].expected) != NULL,
          "row %zu: line %zu, expected %s, found \"%s\"", i, error.line,
          error.expected, error.found);
    r = parse(bad[i].layout, bad[i].text, strlen(bad[i].text), found,
              sizeof(found), NULL);
    CHECK(r == -EBADMSG, "row %zu, untold: %d", i, r);
  }
}

static void a_nul_does_not_end_the_text(void **state) {
  (void)state;
  char found[512];
  static const char number[] = "Udp: A\nUdp: 1\0002\n";
  assert_int_equal(parse(PROTO_PAIRS, number, sizeof(number) - 1, found,
                         sizeof(found), NULL),
                   -EBADMSG);
  static const char name[] = "Udp: A\0B\nUdp: 1\n";
  assert_int_equal(
      parse(PROTO_PAIRS, name, sizeof(name) - 1, found, sizeof(found), NULL),
      0);
}

static void memory_is_reused_for_the_next_text(void **state) {
  (void)state;
  struct proto_text into = {.layout = PROTO_LINES};
  char text[64 * 12];
  size_t length = 0;
  for (int i = 0; i < 65; ++i)
    length += (size_t)snprintf(text + length, sizeof(text) - length, "C%d %d\n",
                               i, i);
  assert_int_equal(proto_text_parse(&into, scan_text(text, length), NULL), 0);
  assert_int_equal(into.count, 65);
  assert_int_equal(into.found[64].value, 64);
  size_t capacity = into.room;
  const struct proto_found *found = into.found;
  assert_int_equal(proto_text_parse(&into, scan_text("A 1\n", 4), NULL), 0);
  assert_int_equal(into.count, 1);
  assert_int_equal(into.room, capacity);
  assert_ptr_equal(into.found, found);
  proto_text_free(&into);
  assert_int_equal(proto_text_parse(&into, scan_text("A 1\n", 4), NULL), 0);
  assert_int_equal(into.count, 1);
  proto_text_free(&into);
}

static uint64_t sum_of(struct proto_text *into, const char *text) {
  assert_int_equal(proto_text_parse(into, scan_text(text, strlen(text)), NULL),
                   0);
  return into->found[0].value;
}

/* Each CPU's counter of nf_conntrack has 32 bits; their sum grows as they do,
 * in its lower 32 bits. */
static void sums_of_32_bit_counters_wrap_like_them(void **state) {
  (void)state;
  struct proto_text into = {.layout = PROTO_ROWS};
  uint64_t before = sum_of(&into, "found\nfffffff0\nffffff00\n80000000\n");
  uint64_t after = sum_of(&into, "found\n00000010\nffffff10\n80000003\n");
  assert_true(before > UINT32_MAX);
  assert_int_equal((uint32_t)(after - before), 0x20 + 0x10 + 3);
  proto_text_free(&into);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_are_names_and_numbers),
      cmocka_unit_test(malformed_tables_are_refused_with_their_line),
      cmocka_unit_test(a_nul_does_not_end_the_text),
      cmocka_unit_test(memory_is_reused_for_the_next_text),
      cmocka_unit_test(sums_of_32_bit_counters_wrap_like_them),
  };
  return cmocka_run_group_tests_name("proto_text", tests, NULL, NULL);
}
