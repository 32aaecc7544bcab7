/* SPDX-License-Identifier: MIT */
/* Prints one line for each alert that is raised or cleared. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "arguments.h"
#include "clock.h"
#include "command.h"
#include "interval.h"
#include "json_ladder.h"
#include "sample.h"

#define DEFAULT_INTERVAL 1

static volatile sig_atomic_t is_over;

static void end(int signal) {
  (void)signal;
  is_over = true;
}

/* Ends after the present read. */
static void catch_signals(void) {
  const struct sigaction action = {.sa_handler = end};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
}

static void print_alert(const struct sample_alert *alert, bool is_json) {
  char when[32] = "";
  struct tm parts;
  time_t now = time(NULL);
  if (gmtime_r(&now, &parts) != NULL)
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (is_json)
    json_ladder_print(json_ladder_alert(alert, when), true);
  else
    printf("%s %-7s %-12s %s\n", when, threshold_state_name(alert->alert.state),
           alert->layer->name, alert->message);
}

/* What layers have logged since the last call. */
static void print_notes(const struct sample *sample, size_t *printed) {
  static const char *const severities[] = {
      [LAYER_ERROR] = "error", [LAYER_WARNING] = "warning"};
  size_t count;
  const struct sample_note *notes = sample_notes(sample, &count);
  for (; *printed < count; (*printed)++)
    if (notes[*printed].severity != LAYER_NOTICE)
      fprintf(stderr, "netloss: %s: %s: %s\n", notes[*printed].layer->name,
              severities[notes[*printed].severity], notes[*printed].text);
}

/* Returns how many alerts the read raised or cleared. */
static void print_alerts(const struct sample *sample, bool is_json) {
  size_t count;
  const struct sample_alert *alerts = sample_alerts(sample, &count);
  for (size_t i = 0; i < count; i++)
    print_alert(&alerts[i], is_json);
}

static int follow(struct sample *sample, const struct arguments *arguments) {
  double interval =
      isnan(arguments->interval) ? DEFAULT_INTERVAL : arguments->interval;
  double next = clock_monotonic_seconds();
  size_t printed = 0;
  sample_set_interval(sample, interval);
  for (unsigned i = 1; !is_over; i++) {
    size_t read = sample_read(sample);
    print_notes(sample, &printed);
    if (i == 1 && read == 0)
      return COMMAND_FAILED;
    print_alerts(sample, arguments->is_json);
    if (fflush(stdout) != 0)
      return COMMAND_FAILED;
    if (i == arguments->reads)
      break;
    next += interval;
    while (!is_over && interval_sleep_until(next) == -EINTR)
      continue;
  }
  return COMMAND_OKAY;
}

static int run(const struct arguments *arguments) {
  static const struct sample_option options[] = {{.name = NULL}};
  struct sample *sample = NULL;
  catch_signals();
  int status = sample_open(&sample, arguments, options);
  if (status == 0)
    status = follow(sample, arguments);
  sample_close(sample);
  return status;
}

const struct command log_command = {
    .name = "log",
    .options = "cFijN",
    .summary = "prints a line for each alert, until interrupted",
    .run = run,
};
