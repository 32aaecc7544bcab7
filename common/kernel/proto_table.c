/* SPDX-License-Identifier: MIT */
#include "proto_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

static size_t length_of(const struct scan *scan) {
  return (size_t)(scan->end - scan->at);
}

/* Compares scan with the string at *name, and moves *name behind the string. */
static bool is_next(const struct scan *scan, const char **name) {
  const char *begin = *name;
  size_t length = strlen(begin);
  *name = begin + length + 1;
  return length_of(scan) == length && memcmp(begin, scan->at, length) == 0;
}

/* Returns true if the text has the same names in the same order as before. */
static bool is_known(const struct proto_table *table) {
  if (table->names == NULL || table->text.count != table->known_count)
    return false;
  const char *name = table->names;
  for (size_t i = 0; i < table->text.count; i++) {
    const struct proto_found *found = &table->text.found[i];
    if (!is_next(&found->protocol, &name) || !is_next(&found->name, &name))
      return false;
  }
  return true;
}

/* A counter found while names are made. */
struct seen {
  UT_hash_handle hh;
};

/* Copies a piece of text to *to, terminated, and moves *to behind it. */
static const char *copy(char **to, const struct scan *scan) {
  char *begin = *to;
  memcpy(begin, scan->at, length_of(scan));
  begin[length_of(scan)] = '\0';
  *to += length_of(scan) + 1;
  return begin;
}

/* Rebuilds names, sources and counters. The strings of protocol and name lie
 * side by side and form the key of a counter. names keeps both copies of a
 * counter that occurs twice, for comparison with the next text. */
static int rebuild_names(struct proto_table *table) {
  size_t size = 1;
  for (size_t i = 0; i < table->text.count; i++)
    size += length_of(&table->text.found[i].protocol) +
            length_of(&table->text.found[i].name) + 2;

  size_t count = 0;
  struct seen *by_name = NULL;
  char *names = malloc(size);
  struct seen *seen = calloc(table->text.count + 1, sizeof(*seen));
  struct proto_counter *counters =
      calloc(table->text.count + 1, sizeof(*counters));
  unsigned *sources = calloc(table->text.count + 1, sizeof(*sources));
  int r = -ENOMEM;
  if (names == NULL || seen == NULL || counters == NULL || sources == NULL)
    goto out;

  char *end = names;
  const char *protocol = NULL;
  for (size_t i = 0; i < table->text.count; i++) {
    char *begin = end;
    const char *owner = copy(&end, &table->text.found[i].protocol);
    if (protocol == NULL || strcmp(protocol, owner) != 0)
      protocol = owner;
    counters[count].protocol = protocol;
    counters[count].name = copy(&end, &table->text.found[i].name);
    sources[count] = (unsigned)i;
    struct seen *twin;
    HASH_FIND(hh, by_name, begin, (size_t)(end - begin), twin);
    if (twin != NULL)
      continue;
    struct seen *entry = &seen[count];
    HASH_ADD_KEYPTR(hh, by_name, begin, (size_t)(end - begin), entry);
    if (!HASH_ADDED(entry))
      goto out;
    count++;
  }
  r = 0;

out:
  HASH_CLEAR(hh, by_name);
  free(seen);
  if (r < 0) {
    free(names);
    free(counters);
    free(sources);
    return r;
  }
  free(table->names);
  free(table->counters);
  free(table->sources);
  table->names = names;
  table->counters = counters;
  table->sources = sources;
  table->count = count;
  table->known_count = table->text.count;
  table->generation++;
  return 0;
}

/* Rejects a text with a NUL: the names are kept as C strings, so that one with
 * a NUL would never match again. */
static int check_no_nul(struct scan text, struct scan_error *error) {
  struct scan line;
  for (size_t number = 1; scan_line(&text, &line); number++)
    if (memchr(line.at, '\0', length_of(&line)) != NULL)
      return scan_fail(error, number, &line, "text without a NUL");
  return 0;
}

static int parse_all(struct proto_table *table, struct scan text,
                     struct scan_error *error) {
  int r = proto_text_parse(&table->text, text, error);
  if (r == 0 && !is_known(table)) {
    r = check_no_nul(text, error);
    if (r == 0)
      r = rebuild_names(table);
  }
  if (r < 0)
    return r;
  proto_skeleton_learn(&table->skeleton, text, &table->text);
  for (size_t i = 0; i < table->count; i++)
    table->counters[i].value = table->text.found[table->sources[i]].value;
  return 0;
}

int proto_table_parse(struct proto_table *table, struct scan text,
                      struct scan_error *error) {
  if (!proto_skeleton_take(&table->skeleton, text))
    return parse_all(table, text, error);
  for (size_t i = 0; i < table->count; i++)
    table->counters[i].value = table->skeleton.values[table->sources[i]];
  return 0;
}

int proto_table_read(const struct sysroot *root, struct proto_table *table,
                     struct scan_error *error) {
  int r = sysroot_file_read(root, &table->file);
  if (r < 0)
    return r;
  return proto_table_parse(table, sysroot_file_text(&table->file), error);
}

void proto_table_free(struct proto_table *table) {
  free(table->counters);
  free(table->names);
  free(table->sources);
  proto_text_free(&table->text);
  proto_skeleton_free(&table->skeleton);
  sysroot_file_free(&table->file);
  *table =
      PROTO_TABLE(table->file.path, table->text.layout, table->text.prefixes);
}
