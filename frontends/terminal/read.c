/* SPDX-License-Identifier: MIT */
/* Runs one layer and prints what it reports, one line each. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "clock.h"
#include "command.h"
#include "interval.h"
#include "layer_list.h"
#include "runner.h"

#define DEFAULT_INTERVAL 10

static const char *instance_name(const char *instance) {
  return instance[0] != '\0' ? instance : "-";
}

static void print_log(void *data, enum layer_severity severity,
                      const char *message) {
  static const char *const names[] = {[LAYER_ERROR] = "error",
                                      [LAYER_WARNING] = "warning",
                                      [LAYER_NOTICE] = "notice"};
  (void)data;
  printf("log %s %s\n", names[severity], message);
}

static void print_value(void *data, const struct report_value *value) {
  (void)data;
  printf("%s %s %s-%s ", value->is_of_previous_read ? "before" : "value",
         instance_name(value->instance), value->type, value->type_instance);
  if (value->is_counter)
    printf("%" PRIu64 "\n", value->count);
  else
    printf("%.15g\n", value->gauge);
}

static void print_alert(void *data, const struct alert *alert,
                        const struct explanation *explanation,
                        const char *message) {
  (void)data;
  printf("alert %s %s %s %s\n", threshold_state_name(alert->state),
         instance_name(alert->instance), alert->type_instance, message);
  if (explanation->setting != NULL)
    printf("setting %s %s\n", explanation->setting, explanation->setting_value);
}

/* Returns false at the end of standard input. */
static bool wait_for_line(void) {
  int c;
  while ((c = getchar()) != EOF)
    if (c == '\n')
      return true;
  return false;
}

static void read_once(struct runner *runner, unsigned number) {
  printf("read %u\n", number);
  int r = runner_read(runner, clock_monotonic_seconds());
  if (r == 0)
    printf("done %u\n", number);
  else
    printf("failed %u %s\n", number, strerror(-r));
}

/* Reads as often as requested, or until the output is closed. */
static void read_all(struct runner *runner, const struct arguments *arguments) {
  double interval =
      isnan(arguments->interval) ? DEFAULT_INTERVAL : arguments->interval;
  double next = clock_monotonic_seconds();
  if (!arguments->on_line)
    runner_set_interval(runner, interval);
  for (unsigned i = 1; arguments->reads == 0 || i <= arguments->reads; i++) {
    if (arguments->on_line) {
      if (!wait_for_line())
        return;
    } else if (i > 1) {
      next += interval;
      while (interval_sleep_until(next) == -EINTR)
        continue;
    }
    read_once(runner, i);
    if (fflush(stdout) != 0)
      return;
  }
}

static int read_layer(const struct layer *layer,
                      const struct arguments *arguments) {
  const struct frontend frontend = {
      .log = print_log, .value = print_value, .alert = print_alert};
  const struct config_node block = {.key = "Plugin",
                                    .children = arguments->settings,
                                    .child_count = arguments->setting_count};
  struct runner *runner = NULL;
  if (runner_new(&runner, layer, &frontend) < 0) {
    fprintf(stderr, "netloss read: out of memory\n");
    return COMMAND_FAILED;
  }
  int status = COMMAND_FAILED;
  runner_configure(runner, &block);
  if (runner_start(runner) == 0) {
    fflush(stdout);
    read_all(runner, arguments);
    status = COMMAND_OKAY;
  }
  runner_free(runner);
  return status;
}

static int run(const struct arguments *arguments) {
  const struct layer *layer = layer_list_find(arguments->operand);
  if (layer != NULL)
    return read_layer(layer, arguments);
  fprintf(stderr, "netloss read: expected a layer that was built (");
  for (size_t i = 0; layer_list[i] != NULL; i++)
    fprintf(stderr, "%s%s", i > 0 ? ", " : "", layer_list[i]->name);
  fprintf(stderr, "), found %s\n", arguments->operand);
  return COMMAND_USAGE;
}

const struct command read_command = {
    .name = "read",
    .operand = "LAYER",
    .options = "ONLi",
    .summary = "prints what one layer reports, as lines for programs",
    .help = "true, false and numbers are such as a VALUE, unless it is in "
            "double quotes.\n"
            "The default interval is 10 seconds. Each read prints, with \"-\" "
            "as the\n"
            "instance of this host:\n"
            "  read N\n"
            "  value INSTANCE TYPE-METER NUMBER\n"
            "  before INSTANCE TYPE-METER NUMBER   its value at the previous "
            "read\n"
            "  alert STATE INSTANCE METER MESSAGE\n"
            "  setting NAME VALUE                  the setting that decides "
            "the alert above\n"
            "  done N, or: failed N REASON\n"
            "and at any time: log error|warning|notice MESSAGE\n",
    .run = run,
};
