/* SPDX-License-Identifier: MIT */
#include "ini_config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "layer_list.h"
#include "setting_value.h"

/* The options of a layer, or of one of its thresholds. */
struct section {
  const struct layer *layer;
  struct config_value meter; /* of a threshold; else its string is NULL */
  unsigned line;
  struct config_node *options;
  size_t count, room;
};

/* A layer with all its sections. */
struct block {
  const struct layer *layer;
  struct config_node node;
  struct config_node *children;
};

struct ini_config {
  char *path;
  struct section *sections;
  size_t section_count, section_room;
  struct block *blocks;
  size_t block_count;
};

/* State of one file, passed to next_line() and add_option(). */
struct parse_context {
  struct ini_config *config;
  FILE *file;
  char *buffer;
  size_t size;
  unsigned line;
  int result; /* 0, or the first fault's -errno */
  struct layer_error *error;
};

static int fail(struct parse_context *context, const char *expected,
                const char *found) {
  if (context->result == 0)
    context->result =
        layer_fail(context->error, "%s:%u: expected %s, found \"%s\"",
                   context->config->path, context->line, expected, found);
  return context->result;
}

static int fail_memory(struct parse_context *context) {
  layer_fail(context->error, "out of memory");
  return context->result = -ENOMEM;
}

static void fail_section(struct parse_context *context, const char *found) {
  char buffer[160];
  struct text known = TEXT_IN(buffer);
  text_add(&known, "a section of a layer that was built (");
  for (size_t i = 0; layer_list[i] != NULL; i++)
    text_add(&known, "%s%s", i > 0 ? ", " : "", layer_list[i]->name);
  text_add(&known, ")");
  fail(context, buffer, found);
}

static struct section *add_section(struct parse_context *context,
                                   const struct layer *layer) {
  struct ini_config *config = context->config;
  struct section *sections =
      array_room(config->sections, &config->section_room, config->section_count,
                 sizeof(*sections));
  if (sections == NULL) {
    fail_memory(context);
    return NULL;
  }
  config->sections = sections;
  struct section *section = &sections[config->section_count++];
  *section = (struct section){.layer = layer, .line = context->line};
  return section;
}

/* Takes "LAYER" or "LAYER threshold METER", which it changes. */
static void begin_section(struct parse_context *context, char *name) {
  char *rest = NULL;
  const char *layer_name = strtok_r(name, " \t", &rest);
  const struct layer *layer =
      layer_name != NULL ? layer_list_find(layer_name) : NULL;
  const char *word = strtok_r(NULL, " \t", &rest);
  const char *meter = strtok_r(NULL, " \t", &rest);
  if (layer == NULL) {
    fail_section(context, layer_name != NULL ? layer_name : "");
    return;
  }
  if (word != NULL && (strcasecmp(word, "threshold") != 0 || meter == NULL ||
                       strtok_r(NULL, " \t", &rest) != NULL)) {
    fail(context, "[LAYER] or [LAYER threshold METER]", word);
    return;
  }
  struct section *section = add_section(context, layer);
  if (section == NULL || meter == NULL)
    return;
  char *copy = strdup(meter);
  if (copy == NULL)
    fail_memory(context);
  section->meter = (struct config_value){.kind = CONFIG_STRING, .string = copy};
}

/* Checks a line that is neither empty nor a comment, and begins the section
 * that it names. */
static void look_at(struct parse_context *context, const char *line) {
  char buffer[256];
  TEXT_FILL(buffer, "%s", line);
  if (line[0] == '[') {
    char *end = strchr(buffer, ']');
    if (end == NULL) {
      fail(context, "] at the end of a section's name", buffer);
      return;
    }
    *end = '\0';
    begin_section(context, buffer + 1);
  } else if (strpbrk(line, "=:") == NULL) {
    fail(context, "NAME = VALUE", buffer);
  } else if (context->config->section_count == 0) {
    fail(context, "a section before the first option", buffer);
  }
}

static void fail_length(struct parse_context *context, char *line, int limit) {
  char expected[64];
  TEXT_FILL(expected, "a line of at most %d bytes", limit);
  line[20] = '\0';
  fail(context, expected, line);
}

/* Hands libinih one line without the blanks around it: with blanks in front it
 * would continue the option above. The file ends at the first fault. */
static char *next_line(char *ret, int size, void *data) {
  struct parse_context *context = data;
  if (context->result != 0 ||
      getline(&context->buffer, &context->size, context->file) < 0)
    return NULL;
  context->line++;
  char *line = context->buffer + strspn(context->buffer, " \t");
  size_t length = strlen(line);
  while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL)
    line[--length] = '\0';
  if (length + 2 > (size_t)size) {
    fail_length(context, line, size - 2);
    return NULL;
  }
  if (length > 0 && strchr(";#", line[0]) == NULL)
    look_at(context, line);
  if (context->result != 0)
    return NULL;
  memcpy(ret, line, length);
  memcpy(ret + length, "\n", 2);
  return ret;
}

static int add_option(void *data, const char *section_name, const char *name,
                      const char *value) {
  struct parse_context *context = data;
  struct ini_config *config = context->config;
  struct section *section = &config->sections[config->section_count - 1];
  (void)section_name;
  struct config_node *options = array_room(section->options, &section->room,
                                           section->count, sizeof(*options));
  if (options == NULL) {
    fail_memory(context);
    return 0;
  }
  section->options = options;
  /* The value, its text and the name are one allocation. */
  size_t name_size = strlen(name) + 1, value_size = strlen(value) + 1;
  struct config_value *copy = malloc(sizeof(*copy) + name_size + value_size);
  if (copy == NULL) {
    fail_memory(context);
    return 0;
  }
  char *key = (char *)(copy + 1), *text = key + name_size;
  memcpy(key, name, name_size);
  memcpy(text, value, value_size);
  *copy = setting_value_parse(text);
  options[section->count++] = (struct config_node){.key = key,
                                                   .values = copy,
                                                   .value_count = 1,
                                                   .file = config->path,
                                                   .line = context->line};
  return 1;
}

/* The line of a section: a threshold's block. */
static struct config_node threshold_of(const struct ini_config *config,
                                       const struct section *section) {
  return (struct config_node){.key = "Threshold",
                              .values = &section->meter,
                              .value_count = 1,
                              .children = section->options,
                              .child_count = section->count,
                              .file = config->path,
                              .line = section->line};
}

/* Gathers the sections of a layer. Returns 0 or -ENOMEM. */
static int make_block(const struct ini_config *config, struct block *block,
                      const struct layer *layer) {
  size_t count = 0;
  for (size_t i = 0; i < config->section_count; i++)
    count += config->sections[i].count + 1;
  struct config_node *nodes = calloc(count + 1, sizeof(*nodes));
  if (nodes == NULL)
    return -ENOMEM;
  count = 0;
  for (size_t i = 0; i < config->section_count; i++) {
    const struct section *section = &config->sections[i];
    if (section->layer != layer)
      continue;
    if (section->meter.string != NULL)
      nodes[count++] = threshold_of(config, section);
    for (size_t j = 0; section->meter.string == NULL && j < section->count; j++)
      nodes[count++] = section->options[j];
  }
  *block = (struct block){
      .layer = layer,
      .node = {.key = "Plugin", .children = nodes, .child_count = count},
      .children = nodes};
  return 0;
}

static int make_blocks(struct ini_config *config) {
  size_t count = 0;
  while (layer_list[count] != NULL)
    count++;
  config->blocks = calloc(count + 1, sizeof(*config->blocks));
  if (config->blocks == NULL)
    return -ENOMEM;
  for (; config->block_count < count; config->block_count++) {
    struct block *block = &config->blocks[config->block_count];
    int r = make_block(config, block, layer_list[config->block_count]);
    if (r < 0)
      return r;
  }
  return 0;
}

static int parse(struct ini_config *config, struct layer_error *error) {
  struct parse_context context = {
      .config = config, .file = fopen(config->path, "re"), .error = error};
  if (context.file == NULL) {
    int r = -errno;
    layer_fail(error, "%s cannot be read: %s", config->path, strerror(-r));
    return r;
  }
  ini_parse_stream(next_line, &context, add_option, &context);
  if (context.result == 0 && ferror(context.file)) {
    context.result = -EIO;
    layer_fail(error, "%s cannot be read: %s", config->path, strerror(EIO));
  }
  free(context.buffer);
  fclose(context.file);
  return context.result;
}

int ini_config_read(struct ini_config **ret, const char *path,
                    struct layer_error *error) {
  struct ini_config *config = calloc(1, sizeof(*config));
  int r = -ENOMEM;
  layer_fail(error, "out of memory");
  if (config == NULL)
    return r;
  config->path = strdup(path);
  if (config->path != NULL)
    r = parse(config, error);
  if (r == 0)
    r = make_blocks(config);
  if (r == 0)
    *ret = config;
  else
    ini_config_free(config);
  return r;
}

const struct config_node *ini_config_block(const struct ini_config *config,
                                           const struct layer *layer) {
  static const struct config_node empty = {.key = "Plugin"};
  for (size_t i = 0; i < config->block_count; i++)
    if (config->blocks[i].layer == layer)
      return &config->blocks[i].node;
  return &empty;
}

static void free_section(struct section *section) {
  for (size_t i = 0; i < section->count; i++)
    free((void *)section->options[i].values);
  free(section->options);
  free((void *)section->meter.string);
}

void ini_config_free(struct ini_config *config) {
  if (config == NULL)
    return;
  for (size_t i = 0; i < config->section_count; i++)
    free_section(&config->sections[i]);
  for (size_t i = 0; i < config->block_count; i++)
    free(config->blocks[i].children);
  free(config->sections);
  free(config->blocks);
  free(config->path);
  free(config);
}
