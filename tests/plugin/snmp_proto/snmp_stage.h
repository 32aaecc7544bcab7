/* SPDX-License-Identifier: MIT */
/* The stage of snmp_proto: the tables of a recorded kernel, in which a test can
 * change single counters. */
#ifndef SNMP_STAGE_H
#define SNMP_STAGE_H

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "layers.h"
#include "stage.h"

#define NEWEST "linux-6.18-x86_64"

static inline int snmp_stage_make(void **state) {
  *state = stage_new(&snmp_proto_layer);
  return 0;
}

/* Copies the files below path from the fixture into the tree. */
static inline void snmp_stage_lay_below(struct stage *stage,
                                        const char *fixture, const char *path) {
  char name[512], from[600];
  snprintf(name, sizeof(name), "snmp_proto/%s/%s", fixture, path);
  fixture_path(name, from, sizeof(from));
  DIR *directory = opendir(from);
  if (directory == NULL) {
    size_t length;
    char *content = fixture_read(name, &length);
    temp_tree_write_bytes(&stage->tree, path, content, length);
    free(content);
    return;
  }
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    char below[512];
    if (entry->d_name[0] == '.')
      continue;
    int length = snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
    assert_true(length > 0 && (size_t)length < sizeof(below));
    snmp_stage_lay_below(stage, fixture, below);
  }
  closedir(directory);
}

static inline void snmp_stage_lay(struct stage *stage, const char *fixture) {
  snmp_stage_lay_below(stage, fixture, "proc");
}

/* Finds the n-th word of a line and its length. Returns NULL if there is none.
 */
static inline const char *snmp_stage_word(const char *line, size_t n,
                                          size_t *ret_length) {
  for (;; n--) {
    line += strspn(line, " \t");
    *ret_length = strcspn(line, " \t\n");
    if (*ret_length == 0)
      return NULL;
    if (n == 0)
      return line;
    line += *ret_length;
  }
}

static inline bool snmp_stage_word_is(const char *line, size_t n,
                                      const char *word) {
  size_t length;
  const char *at = snmp_stage_word(line, n, &length);
  return at != NULL && strlen(word) == length && memcmp(at, word, length) == 0;
}

static inline const char *snmp_stage_next_line(const char *line) {
  const char *end = strchr(line, '\n');
  return end != NULL ? end + 1 : line + strlen(line);
}

/* Finds the number of a counter in a table of lines or pairs of lines. */
static inline const char *snmp_stage_locate(const char *text,
                                            const char *object,
                                            const char *counter,
                                            size_t *ret_length) {
  char protocol[80], whole[192];
  snprintf(protocol, sizeof(protocol), "%s:", object);
  snprintf(whole, sizeof(whole), "%s%s", object, counter);
  for (const char *line = text; *line != '\0';
       line = snmp_stage_next_line(line)) {
    if (snmp_stage_word_is(line, 0, whole))
      return snmp_stage_word(line, 1, ret_length);
    if (!snmp_stage_word_is(line, 0, protocol))
      continue;
    for (size_t i = 1; snmp_stage_word(line, i, ret_length) != NULL; ++i)
      if (snmp_stage_word_is(line, i, counter))
        return snmp_stage_word(snmp_stage_next_line(line), i, ret_length);
    line = snmp_stage_next_line(line);
  }
  return NULL;
}

static inline const char *snmp_stage_file_of(const char *object) {
  size_t length = strlen(object);
  if (object[length - 1] == '6')
    return "proc/net/snmp6";
  if (length > 3 && strcmp(object + length - 3, "Ext") == 0)
    return "proc/net/netstat";
  return "proc/net/snmp";
}

static inline bool snmp_stage_has(const struct stage *stage, const char *path) {
  char full[512];
  temp_tree_path(&stage->tree, path, full, sizeof(full));
  return access(full, R_OK) == 0;
}

static inline char *snmp_stage_content(const struct stage *stage,
                                       const char *path) {
  char full[512];
  temp_tree_path(&stage->tree, path, full, sizeof(full));
  FILE *file = fopen(full, "r");
  assert_non_null(file);
  char *text = calloc(1, 65536);
  assert_non_null(text);
  size_t length = fread(text, 1, 65535, file);
  fclose(file);
  assert_true(length < 65535);
  return text;
}

/* Adds gain to the counter "Udp:InErrors" of the tree. */
static inline void snmp_stage_gain(struct stage *stage, const char *key,
                                   int64_t gain) {
  char object[64];
  size_t colon = strcspn(key, ":");
  snprintf(object, sizeof(object), "%.*s", (int)colon, key);
  const char *path = snmp_stage_file_of(object);
  char *text = snmp_stage_content(stage, path);
  size_t length = 0;
  const char *number =
      snmp_stage_locate(text, object, key + colon + 1, &length);
  CHECK(number != NULL, "%s has no %s", path, key);
  char *changed = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&changed, &size);
  assert_non_null(stream);
  fprintf(stream, "%.*s%" PRId64 "%s", (int)(number - text), text,
          (int64_t)strtoll(number, NULL, 10) + gain, number + length);
  fclose(stream);
  temp_tree_write_bytes(&stage->tree, path, changed, size);
  free(changed);
  free(text);
}

/* Adds to several counters: "Udp:InErrors+50 Udp:RcvbufErrors+50". */
static inline void snmp_stage_gain_all(struct stage *stage, const char *gains) {
  size_t length;
  for (size_t i = 0; snmp_stage_word(gains, i, &length) != NULL; ++i) {
    const char *word = snmp_stage_word(gains, i, &length);
    size_t sign = strcspn(word, "+-");
    char key[128];
    snprintf(key, sizeof(key), "%.*s", (int)sign, word);
    snmp_stage_gain(stage, key, strtoll(word + sign, NULL, 10));
  }
}

/* The reported value of "Udp:InErrors", or of "alert" of the host. */
static inline const struct recorded_value *
snmp_stage_value(const struct stage *stage, const char *key) {
  const char *colon = strchr(key, ':');
  size_t length = colon != NULL ? (size_t)(colon - key) : 0;
  const char *name = colon != NULL ? colon + 1 : key;
  for (size_t i = 0; i < stage->recording.value_count; ++i) {
    const struct recorded_value *value = &stage->recording.values[i];
    if (strlen(value->instance) == length &&
        memcmp(value->instance, key, length) == 0 &&
        strcmp(value->type_instance, name) == 0)
      return value;
  }
  return NULL;
}

/* Not reported. */
#define NONE ((double)INT64_MIN)

static inline double snmp_stage_number(const struct stage *stage,
                                       const char *key) {
  const struct recorded_value *value = snmp_stage_value(stage, key);
  if (value == NULL)
    return NONE;
  return value->is_counter ? (double)value->count : value->gauge;
}

#define ASSERT_IS(key, wanted)                                                 \
  CHECK(fabs(snmp_stage_number(stage, key) - (double)(wanted)) < 1e-9,         \
        "%s is %.9g instead of %.9g", key, snmp_stage_number(stage, key),      \
        (double)(wanted))

#define SNMP_STAGE_TEST(test)                                                  \
  cmocka_unit_test_setup_teardown(test, snmp_stage_make, stage_teardown)

#endif
