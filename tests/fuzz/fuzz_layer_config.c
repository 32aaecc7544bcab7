/* SPDX-License-Identifier: MIT */
/* Configures softnet from random blocks of real and made-up names, then reads a
 * few times. */
#include "fuzz.h"

#include <math.h>

#include "layers.h"
#include "runner.h"

enum { LINES = 8, CHILDREN = 6 };

static const char *const words[] = {
    "ReportByCpu",    "Cpu",        "IgnoreSelected",
    "Notifications",  "ProcRoot",   "SysRoot",
    "ReportSettings", "Threshold",  "dropped",
    "backlog",        "WarningMax", "FailureMax",
    "WarningMin",     "FailureMin", "Hysteresis",
    "Hits",           "ClearHits",  "Persist",
    "PersistOK",      "Instance",   "none",
    "true",           "0-3",        "/^[0-3]$/",
};
#define WORD_COUNT (sizeof(words) / sizeof(words[0]))

/* Storage for the texts of one block. */
struct texts {
  char text[LINES * (CHILDREN + 1) * 4][24];
  size_t used;
};

/* Returns a real name or any text. */
static const char *take_word(struct fuzz_input *input, struct texts *texts) {
  uint8_t choice = fuzz_byte(input);
  if (choice < WORD_COUNT)
    return words[choice];
  size_t count = sizeof(texts->text) / sizeof(texts->text[0]);
  if (texts->used == count)
    return "";
  char *text = texts->text[texts->used++];
  return fuzz_text(input, text, sizeof(texts->text[0]));
}

static void take_values(struct fuzz_input *input, struct texts *texts,
                        struct config_node *node,
                        struct config_value values[2]) {
  uint8_t kinds = fuzz_byte(input);
  node->values = values;
  node->value_count = kinds % 8 == 7 ? 2 : kinds % 8 == 6 ? 0 : 1;
  for (size_t i = 0; i < node->value_count; i++) {
    values[i] = (struct config_value){.kind = CONFIG_STRING};
    if (kinds & 8)
      values[i].kind = kinds & 16 ? CONFIG_NUMBER : CONFIG_BOOLEAN;
    if (values[i].kind == CONFIG_STRING)
      values[i].string = take_word(input, texts);
    else if (values[i].kind == CONFIG_BOOLEAN)
      values[i].boolean = kinds & 32;
    else
      values[i].number = kinds & 32 ? (double)(int8_t)fuzz_byte(input)
                                    : (double)fuzz_number(input) / 1e3;
  }
}

static void take_block(struct fuzz_input *input, struct runner *runner) {
  struct texts texts = {.used = 0};
  struct config_node lines[LINES], children[LINES][CHILDREN];
  struct config_value values[LINES][2], child_values[LINES][CHILDREN][2];
  memset(lines, 0, sizeof(lines));
  memset(children, 0, sizeof(children));
  size_t count = fuzz_byte(input) % (LINES + 1);
  for (size_t i = 0; i < count; i++) {
    lines[i].key = take_word(input, &texts);
    take_values(input, &texts, &lines[i], values[i]);
    lines[i].children = children[i];
    lines[i].child_count = fuzz_byte(input) % (CHILDREN + 1);
    for (size_t j = 0; j < lines[i].child_count; j++) {
      children[i][j].key = take_word(input, &texts);
      take_values(input, &texts, &children[i][j], child_values[i][j]);
    }
  }
  const struct config_node block = {
      .key = "Plugin", .children = lines, .child_count = count};
  runner_configure(runner, &block);
}

static void check_line(void *data, enum layer_severity severity,
                       const char *message) {
  FUZZ_EXPECT(fuzz_is_printable(message));
  if (severity == LAYER_ERROR)
    ++*(unsigned *)data;
}

static void check_value(void *data, const struct report_value *value) {
  (void)data;
  FUZZ_EXPECT(value->is_counter || !isnan(value->gauge));
}

static void check_alert(void *data, const struct alert *alert,
                        const struct explanation *explanation,
                        const char *message) {
  (void)data;
  (void)alert;
  (void)explanation;
  FUZZ_EXPECT(strlen(message) < ALERT_TEXT_SIZE);
  FUZZ_EXPECT(fuzz_is_printable(message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  unsigned errors = 0;
  const struct frontend frontend = {.log = check_line,
                                    .value = check_value,
                                    .alert = check_alert,
                                    .data = &errors};
  struct runner *runner;
  FUZZ_EXPECT(runner_new(&runner, &softnet_layer, &frontend) == 0);
  for (unsigned blocks = fuzz_byte(&input) % 3; blocks > 0; blocks--)
    take_block(&input, runner);
  /* It fails to start if and only if it logged an error. */
  unsigned before = errors;
  int r = runner_start(runner);
  FUZZ_EXPECT(r == 0 || errors > before);
  FUZZ_EXPECT(r < 0 || before == 0);
  for (int i = 0; r == 0 && i < 2; i++)
    runner_read(runner, i);
  runner_free(runner);
  return 0;
}
