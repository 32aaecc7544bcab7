/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "array.h"
#include "fixture.h"

static int by_text(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

void series_add(struct series *series, const struct recording *recording) {
  for (size_t i = 0; i < recording->value_count; i++) {
    const struct recorded_value *value = &recording->values[i];
    char **names =
        array_room(series->names, &series->room, series->count, sizeof(*names));
    assert_non_null(names);
    series->names = names;
    assert_true(asprintf(&names[series->count], "%s/%s-%s", value->instance,
                         value->type, value->type_instance) > 0);
    series->count++;
  }
}

static void sort(struct series *series) {
  size_t count = 0;
  qsort(series->names, series->count, sizeof(*series->names), by_text);
  for (size_t i = 0; i < series->count; i++) {
    if (count > 0 && strcmp(series->names[count - 1], series->names[i]) == 0)
      free(series->names[i]);
    else
      series->names[count++] = series->names[i];
  }
  series->count = count;
}

static void write_list(const struct series *series, const char *folder,
                       const char *layer) {
  char path[512];
  snprintf(path, sizeof(path), "%s/%s.txt", folder, layer);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  for (size_t i = 0; i < series->count; i++)
    fprintf(file, "%s\n", series->names[i]);
  assert_int_equal(fclose(file), 0);
}

static void compare(const struct series *series, const char *layer) {
  char path[128];
  snprintf(path, sizeof(path), "series/%s.txt", layer);
  size_t length, missing = 0;
  char *text = fixture_read(path, &length), *rest = text;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;)
    if (line[0] != '\0' && bsearch(&line, series->names, series->count,
                                   sizeof(*series->names), by_text) == NULL) {
      print_error("%s: no series %s\n", layer, line);
      missing++;
    }
  free(text);
  CHECK(missing == 0 && length > 0, "%zu series are missing", missing);
}

void series_expect(struct series *series, const char *layer) {
  const char *folder = getenv("NETLOSS_SERIES");
  sort(series);
  if (folder != NULL)
    write_list(series, folder, layer);
  else
    compare(series, layer);
  for (size_t i = 0; i < series->count; i++)
    free(series->names[i]);
  free(series->names);
  *series = (struct series){0};
}
