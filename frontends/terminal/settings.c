/* SPDX-License-Identifier: MIT */
/* Shows the settings that the host's own counters ask to change. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "clock.h"
#include "command.h"
#include "interval.h"
#include "json_ladder.h"
#include "sample.h"
#include "settings_rules.h"

#define DEFAULT_INTERVAL 1

/* Where findings go. */
struct settings_context {
  struct json_object *array; /* NULL: they are printed */
  size_t count;
};

static void take(void *data, const struct settings_finding *finding) {
  struct settings_context *context = data;
  context->count++;
  if (context->array == NULL) {
    printf("%s%s%s is %s: %s\n    %s\n", finding->object,
           finding->object[0] != '\0' ? ": " : "", finding->setting,
           finding->value, finding->evidence, finding->command);
    return;
  }
  struct json_object *object = json_object_new_object();
  json_ladder_add(object, "object", finding->object);
  json_ladder_add(object, "setting", finding->setting);
  json_ladder_add(object, "value", finding->value);
  json_ladder_add(object, "evidence", finding->evidence);
  json_ladder_add(object, "command", finding->command);
  json_object_array_add(context->array, object);
}

static int print_json(struct json_object *array) {
  struct json_object *object = json_object_new_object();
  if (object == NULL || array == NULL) {
    json_object_put(object);
    json_object_put(array);
    return -ENOMEM;
  }
  json_object_object_add(object, "format",
                         json_object_new_int(JSON_LADDER_FORMAT));
  json_object_object_add(object, "findings", array);
  return json_ladder_print(object, false);
}

static int print(const struct settings_facts *facts, bool is_json) {
  struct settings_context context = {0};
  if (is_json)
    context.array = json_object_new_array();
  settings_rules_apply(facts, take, &context);
  if (is_json && print_json(context.array) < 0)
    return COMMAND_FAILED;
  if (!is_json && context.count == 0)
    printf("No setting is worth changing, by what this host has counted.\n");
  else if (!is_json)
    printf("\nCounts are since the host started. What sysctl, ethtool and "
           "/sys change lasts\nuntil the next start.\n");
  return context.count > 0 ? COMMAND_LOSING : COMMAND_OKAY;
}

/* Reads twice: shares need an interval. Returns how many layers were read. */
static size_t read_twice(struct sample *sample,
                         const struct arguments *arguments) {
  double interval =
      isnan(arguments->interval) ? DEFAULT_INTERVAL : arguments->interval;
  double begin = clock_monotonic_seconds();
  sample_set_interval(sample, interval);
  if (sample_read(sample) == 0)
    return 0;
  while (interval_sleep_until(begin + interval) == -EINTR)
    continue;
  return sample_read(sample);
}

static int run(const struct arguments *arguments) {
  static const struct sample_option options[] = {
      {NULL, "ReportSettings", {.kind = CONFIG_BOOLEAN, .boolean = true}},
      {"snmp_proto", "Report", {.kind = CONFIG_STRING, .string = "all"}},
      {.name = NULL},
  };
  struct sample *sample = NULL;
  struct settings_facts facts = {0};
  int status = sample_open(&sample, arguments, options);
  if (status != 0)
    return status;
  status = COMMAND_FAILED;
  if (read_twice(sample, arguments) > 0) {
    sample_each(sample, settings_facts_take, &facts);
    if (!facts.lacks_memory)
      status = print(&facts, arguments->is_json);
  }
  settings_facts_free(&facts);
  sample_close(sample);
  return status;
}

const struct command settings_command = {
    .name = "settings",
    .options = "cFij",
    .summary = "shows the settings that are worth changing, and why",
    .help = "It names a setting only if this host has counted losses that the "
            "setting decides.\nExit status: 0 no setting is worth changing, 1 "
            "one is, 2 wrong usage,\n3 nothing could be read.\n",
    .run = run,
};
