/* SPDX-License-Identifier: MIT */
/* A recording of snmp_proto, over a tree into which a kernel's tables are laid
 * and in which single counters can be changed. */
#ifndef SNMP_STAGE_H
#define SNMP_STAGE_H

#include "unit.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "layers.h"
#include "recording_frontend.h"
#include "temp_tree.h"

#define NEWEST "linux-6.18-x86_64"

struct stage {
  struct temp_tree tree;
  struct recording recording;
  double now;
};

static inline int stage_make(void **state) {
  struct stage *stage = calloc(1, sizeof(*stage));
  if (stage == NULL)
    return -1;
  temp_tree_make(&stage->tree);
  recording_open(&stage->recording, &snmp_proto_layer);
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                             LINE("SysRoot", STRING(stage->tree.sys))));
  *state = stage;
  return 0;
}

static inline int stage_remove(void **state) {
  struct stage *stage = *state;
  recording_close(&stage->recording);
  temp_tree_remove(&stage->tree);
  free(stage);
  return 0;
}

/* A second stage within a test. */
static inline struct stage *stage_again(void) {
  void *stage;
  assert_int_equal(stage_make(&stage), 0);
  return stage;
}

/* Lays what is below path in the fixture over what the tree holds. */
static inline void stage_lay_below(struct stage *stage, const char *fixture,
                                   const char *path) {
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
    stage_lay_below(stage, fixture, below);
  }
  closedir(directory);
}

static inline void stage_lay(struct stage *stage, const char *fixture) {
  stage_lay_below(stage, fixture, "proc");
}

static inline void stage_start(struct stage *stage) {
  int result = recording_start(&stage->recording);
  CHECK(result == 0 && stage->recording.line_count == 0, "%d, %s", result,
        recording_all_lines(&stage->recording));
}

/* Reads, ten seconds after the last time. */
static inline void stage_read(struct stage *stage) {
  stage->now += 10;
  int result = recording_read(&stage->recording, stage->now);
  CHECK(result == 0, "%d, %s", result, recording_all_lines(&stage->recording));
}

/* The n-th word of a line, and how long it is; NULL if there is none. */
static inline const char *stage_word(const char *line, size_t n,
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

static inline bool stage_word_is(const char *line, size_t n, const char *word) {
  size_t length;
  const char *at = stage_word(line, n, &length);
  return at != NULL && strlen(word) == length && memcmp(at, word, length) == 0;
}

static inline const char *stage_next_line(const char *line) {
  const char *end = strchr(line, '\n');
  return end != NULL ? end + 1 : line + strlen(line);
}

/* The number of a counter in a table of lines or of pairs of lines. */
static inline const char *stage_locate(const char *text, const char *object,
                                       const char *counter,
                                       size_t *ret_length) {
  char protocol[80], whole[192];
  snprintf(protocol, sizeof(protocol), "%s:", object);
  snprintf(whole, sizeof(whole), "%s%s", object, counter);
  for (const char *line = text; *line != '\0'; line = stage_next_line(line)) {
    if (stage_word_is(line, 0, whole))
      return stage_word(line, 1, ret_length);
    if (!stage_word_is(line, 0, protocol))
      continue;
    for (size_t i = 1; stage_word(line, i, ret_length) != NULL; ++i)
      if (stage_word_is(line, i, counter))
        return stage_word(stage_next_line(line), i, ret_length);
    line = stage_next_line(line);
  }
  return NULL;
}

static inline const char *stage_file_of(const char *object) {
  size_t length = strlen(object);
  if (object[length - 1] == '6')
    return "proc/net/snmp6";
  if (length > 3 && strcmp(object + length - 3, "Ext") == 0)
    return "proc/net/netstat";
  return "proc/net/snmp";
}

static inline bool stage_has(const struct stage *stage, const char *path) {
  char full[512];
  temp_tree_path(&stage->tree, path, full, sizeof(full));
  return access(full, R_OK) == 0;
}

static inline char *stage_content(const struct stage *stage, const char *path) {
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
static inline void stage_gain(struct stage *stage, const char *key,
                              int64_t gain) {
  char object[64];
  size_t colon = strcspn(key, ":");
  snprintf(object, sizeof(object), "%.*s", (int)colon, key);
  const char *path = stage_file_of(object);
  char *text = stage_content(stage, path);
  size_t length = 0;
  const char *number = stage_locate(text, object, key + colon + 1, &length);
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

/* Several of them: "Udp:InErrors+50 Udp:RcvbufErrors+50". */
static inline void stage_gain_all(struct stage *stage, const char *gains) {
  size_t length;
  for (size_t i = 0; stage_word(gains, i, &length) != NULL; ++i) {
    const char *word = stage_word(gains, i, &length);
    size_t sign = strcspn(word, "+-");
    char key[128];
    snprintf(key, sizeof(key), "%.*s", (int)sign, word);
    stage_gain(stage, key, strtoll(word + sign, NULL, 10));
  }
}

/* What was reported as "Udp:InErrors", or as "alert" of the host. */
static inline const struct recorded_value *
stage_value(const struct stage *stage, const char *key) {
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

static inline double stage_number(const struct stage *stage, const char *key) {
  const struct recorded_value *value = stage_value(stage, key);
  if (value == NULL)
    return NONE;
  return value->is_counter ? (double)value->count : value->gauge;
}

#define ASSERT_IS(key, wanted)                                                 \
  CHECK(fabs(stage_number(stage, key) - (double)(wanted)) < 1e-9,              \
        "%s is %.9g instead of %.9g", key, stage_number(stage, key),           \
        (double)(wanted))
#define ASSERT_ALERTS(wanted)                                                  \
  CHECK(strcmp(recording_alerts(&stage->recording), wanted) == 0,              \
        "%s instead of %s", recording_alerts(&stage->recording), wanted)
#define ASSERT_HAS(text, part)                                                 \
  CHECK(strstr(text, part) != NULL, "no \"%s\" in: %s", part, text)
#define ASSERT_LACKS(text, part)                                               \
  CHECK(strstr(text, part) == NULL, "\"%s\" in: %s", part, text)

/* The message of the only alert of the last read. */
static inline const char *stage_message(const struct stage *stage) {
  CHECK(stage->recording.alert_count == 1, "%s",
        recording_alerts(&stage->recording));
  return stage->recording.alerts[0].message;
}

#define STAGE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, stage_make, stage_remove)

#endif
