/* SPDX-License-Identifier: MIT */
/* A layout and a table, which is read into a fresh reader, again, and into one
 * that holds another table. */
#include "fuzz.h"

#include <errno.h>

#include "proto_table.h"

static const char *const prefixes[] = {"Udp", "Udp6", "Icmp6", NULL};

/* A small table of each layout, of three counters. */
static const struct {
  enum proto_layout layout;
  const char *text;
} layouts[] = {
    {PROTO_PAIRS, "Tcp: MaxConn InSegs\nTcp: -1 7\nUdp: InErrors\nUdp: 9\n"},
    {PROTO_LINES, "Udp6InErrors 7\nIcmp6InMsgs\t 8\nOther 9\n"},
    {PROTO_FIELDS, "TCP: inuse 1 orphan 2\nUDP: mem 3\n"},
    {PROTO_ROWS, "entries found new\n1 2 3\n1 ffffffff 5\n"},
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static bool has_blank(const char *text, size_t length) {
  return memchr(text, ' ', length) != NULL ||
         memchr(text, '\t', length) != NULL ||
         memchr(text, '\n', length) != NULL;
}

/* Every counter has the value of its first occurrence in the text, however the
 * table was read; every occurrence belongs to a counter. */
static void check(const struct proto_table *table, struct scan text) {
  struct proto_text all = {.layout = table->text.layout, .prefixes = prefixes};
  FUZZ_EXPECT(proto_text_parse(&all, text, NULL) == 0);
  FUZZ_EXPECT(table->count <= all.count);
  FUZZ_EXPECT(table->known_count == all.count);
  for (size_t i = 0; i < table->count; i++) {
    const struct proto_counter *counter = &table->counters[i];
    const struct proto_found *found = &all.found[table->sources[i]];
    FUZZ_EXPECT(i == 0 || table->sources[i - 1] < table->sources[i]);
    FUZZ_EXPECT(found->name.at < found->name.end);
    FUZZ_EXPECT(found->value == counter->value);
    FUZZ_EXPECT(scan_equals(&found->name, counter->name));
    FUZZ_EXPECT(scan_equals(&found->protocol, counter->protocol));
    FUZZ_EXPECT(!has_blank(counter->name, strlen(counter->name)));
    FUZZ_EXPECT(!has_blank(counter->protocol, strlen(counter->protocol)));
    if (table->text.layout == PROTO_ROWS)
      FUZZ_EXPECT(counter->protocol[0] == '\0');
  }
  proto_text_free(&all);
  /* The check is quadratic. */
  if (table->count > 100)
    return;
  for (size_t i = 0; i < table->count; i++)
    for (size_t j = 0; j < i; j++)
      FUZZ_EXPECT(
          strcmp(table->counters[i].name, table->counters[j].name) != 0 ||
          strcmp(table->counters[i].protocol, table->counters[j].protocol) !=
              0);
}

/* Checks that the small table of the layout is read right after any other. */
static void check_small(struct proto_table *table, size_t layout) {
  static const uint64_t wanted[LAYOUTS][3] = {
      {UINT64_MAX, 7, 9}, {7, 8, 9}, {1, 2, 3}, {1, 0x100000001, 8}};
  const char *text = layouts[layout].text;
  FUZZ_EXPECT(proto_table_parse(table, scan_text(text, strlen(text)), NULL) ==
              0);
  check(table, scan_text(text, strlen(text)));
  FUZZ_EXPECT(table->count == 3);
  for (size_t i = 0; i < 3; i++)
    FUZZ_EXPECT(table->counters[i].value == wanted[layout][i]);
}

static void parse_fresh(size_t layout, struct scan text) {
  struct proto_table table =
      PROTO_TABLE("nothing", layouts[layout].layout, prefixes);
  struct scan_error error = {.expected = NULL};
  int r = proto_table_parse(&table, text, &error);
  if (r < 0) {
    FUZZ_EXPECT(r == -EBADMSG && error.expected != NULL && error.line > 0);
    FUZZ_EXPECT(fuzz_is_printable(error.found));
    FUZZ_EXPECT(table.count == 0 && table.generation == 0);
  } else {
    check(&table, text);
    unsigned generation = table.generation;
    FUZZ_EXPECT(proto_table_parse(&table, text, NULL) == 0);
    check(&table, text);
    FUZZ_EXPECT(table.generation == generation);
  }
  check_small(&table, layout);
  proto_table_free(&table);
}

/* The last table stays if the text is malformed. */
static void parse_over(size_t layout, struct scan text) {
  struct proto_table table =
      PROTO_TABLE("nothing", layouts[layout].layout, prefixes);
  check_small(&table, layout);
  unsigned generation = table.generation;
  uint64_t last = table.counters[2].value;
  if (proto_table_parse(&table, text, NULL) < 0) {
    FUZZ_EXPECT(table.count == 3 && table.counters[2].value == last);
    FUZZ_EXPECT(table.generation == generation);
  } else {
    check(&table, text);
  }
  check_small(&table, layout);
  proto_table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  size_t layout = fuzz_byte(&input) % LAYOUTS;
  struct scan text = scan_text((const char *)input.data, input.size);
  parse_fresh(layout, text);
  parse_over(layout, text);
  return 0;
}
