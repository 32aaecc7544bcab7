/* SPDX-License-Identifier: MIT */
/* A frontend that records what a layer logs, reports and raises, and a short
 * notation for configurations. */
#ifndef RECORDING_FRONTEND_H
#define RECORDING_FRONTEND_H

#include "runner.h"

struct recorded_line {
  enum layer_severity severity;
  char message[1024];
};

struct recorded_value {
  char instance[64];
  char type[64];
  char type_instance[64];
  bool is_counter;
  uint64_t count;
  double gauge;
};

struct recorded_alert {
  char instance[64];
  char type[64];
  char type_instance[64];
  enum threshold_state state;
  enum threshold_state before;
  bool vanished;
  double value;
  double limit;
  char setting[128]; /* "": none */
  char setting_value[ALERT_SETTING_SIZE];
  char advice[96];
  char message[ALERT_TEXT_SIZE];
  char incident[256]; /* "": none */
};

struct recording {
  struct runner *runner;

  /* Since the recording began. */
  struct recorded_line *lines;
  size_t line_count, line_room;

  /* Of the last read. */
  struct recorded_value *values;
  size_t value_count, value_room;
  struct recorded_value *befores; /* values of the read before it */
  size_t before_count, before_room;
  struct recorded_alert *alerts;
  size_t alert_count, alert_room;
  bool value_after_alert; /* a runner must send values first */
};

/* Makes a runner for the layer, with nothing recorded yet: alone, or in a
 * ledger. */
void recording_open(struct recording *recording, const struct layer *layer);
void recording_open_in(struct recording *recording, const struct layer *layer,
                       struct ledger *ledger);
void recording_close(struct recording *recording);

/* Call the runner's functions. Each read replaces the records of the previous
 * one, without allocating once there is room. */
void recording_configure(struct recording *recording,
                         const struct config_node *block);
int recording_start(struct recording *recording);
int recording_read(struct recording *recording, double now);

/* Returns a value of the last read, or NULL. */
const struct recorded_value *recording_value(const struct recording *recording,
                                             const char *instance,
                                             const char *type,
                                             const char *type_instance);

/* Counts the lines of a severity that contain part. */
size_t recording_lines(const struct recording *recording,
                       enum layer_severity severity, const char *part);

/* Forgets the lines so far. */
void recording_forget_lines(struct recording *recording);

/* Returns all lines, for the message of a failing test. */
const char *recording_all_lines(const struct recording *recording);

/* Returns the alerts of the last read: "3/dropped okay>failure, ...". */
const char *recording_alerts(const struct recording *recording);

/* <Plugin> blocks: a test configures
 *   PLUGIN(LINE("ProcRoot", STRING(path)),
 *          THRESHOLD("dropped", LINE("WarningMax", NUMBER(5))))
 * All of it lives as long as the block that it stands in. */
#define STRING(text)                                                           \
  { .kind = CONFIG_STRING, .string = (text) }
#define NUMBER(value)                                                          \
  { .kind = CONFIG_NUMBER, .number = (value) }
#define BOOLEAN(truth)                                                         \
  { .kind = CONFIG_BOOLEAN, .boolean = (truth) }

#define CONFIG_VALUES(...)                                                     \
  .values = (const struct config_value[]){__VA_ARGS__},                        \
  .value_count = sizeof((const struct config_value[]){__VA_ARGS__}) /          \
                 sizeof(struct config_value)
#define CONFIG_CHILDREN(...)                                                   \
  .children = (const struct config_node[]){__VA_ARGS__},                       \
  .child_count = sizeof((const struct config_node[]){__VA_ARGS__}) /           \
                 sizeof(struct config_node)

/* An option with any number of values, or with none. */
#define LINE(option, ...)                                                      \
  { .key = (option), CONFIG_VALUES(__VA_ARGS__) }
#define THRESHOLD(meter, ...)                                                  \
  {                                                                            \
    .key = "Threshold", CONFIG_VALUES(STRING(meter)),                          \
    CONFIG_CHILDREN(__VA_ARGS__)                                               \
  }
#define PLUGIN(...)                                                            \
  (&(const struct config_node){.key = "Plugin",                                \
                               CONFIG_VALUES(STRING("fake")),                  \
                               CONFIG_CHILDREN(__VA_ARGS__)})

#endif
