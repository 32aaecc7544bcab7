/* SPDX-License-Identifier: MIT */
/* Runs one layer without collectd and prints what it reports, one line each. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "layers.h"
#include "runner.h"

static const struct layer *const layers[] = {LAYERS(LAYERS_ADDRESS) NULL};

enum {
  EXIT_USAGE = 2,
  MAX_OPTIONS = 64,
};

/* The command line, parsed. */
struct request {
  const struct layer *layer;
  struct config_node options[MAX_OPTIONS];
  struct config_value values[MAX_OPTIONS]; /* one for each option */
  size_t option_count;
  double interval; /* seconds */
  unsigned reads;  /* 0: without end */
  bool on_line;    /* reads for each line of standard input */
};

static void print_help(FILE *stream) {
  fprintf(
      stream,
      "usage: netloss_host [OPTION...] LAYER\n"
      "Runs a layer as its plugin would, and prints what it reports.\n\n"
      "  --option KEY=VALUE  sets an option of <Plugin LAYER>; can be "
      "repeated. "
      "true, false\n"
      "                      and numbers are such, unless VALUE is in double "
      "quotes\n"
      "  --interval SECONDS  reads this often; default: every 10 seconds\n"
      "  --reads N           ends after N reads\n"
      "  --on-line           reads once for each line of standard input, not "
      "by a clock\n"
      "  --help              prints this help\n\n"
      "Each read prints, with \"-\" as the instance of this host:\n"
      "  read N\n"
      "  value INSTANCE TYPE-METER NUMBER\n"
      "  before INSTANCE TYPE-METER NUMBER   its value at the previous read\n"
      "  alert STATE INSTANCE METER MESSAGE\n"
      "  setting NAME VALUE                  the setting that decides the "
      "alert "
      "above\n"
      "  done N, or: failed N REASON\n"
      "and at any time: log error|warning|notice MESSAGE\n\n"
      "Layers:");
  for (size_t i = 0; layers[i] != NULL; i++)
    fprintf(stream, " %s", layers[i]->name);
  fprintf(stream, "\n");
}

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

static int usage_error(const char *what, const char *found) {
  fprintf(stderr, "netloss_host: %s, found %s\n\n", what, found);
  print_help(stderr);
  return EXIT_USAGE;
}

/* Parses a text that is a finite number and nothing else. */
static bool parse_number(const char *text, double *ret) {
  char *end = NULL;
  *ret = strtod(text, &end);
  return end != text && *end == '\0' && isfinite(*ret);
}

/* Removes the quotes around text; returns false if it has none. */
static bool unquote(char **text) {
  size_t length = strlen(*text);
  if (length < 2 || (*text)[0] != '"' || (*text)[length - 1] != '"')
    return false;
  (*text)[length - 1] = '\0';
  ++*text;
  return true;
}

static struct config_value parse_value(char *text) {
  struct config_value value = {.kind = CONFIG_STRING, .string = text};
  if (unquote(&text))
    value.string = text;
  else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
    value = (struct config_value){.kind = CONFIG_BOOLEAN,
                                  .boolean = text[0] == 't'};
  else if (parse_number(text, &value.number))
    value.kind = CONFIG_NUMBER;
  return value;
}

/* Adds an option that points into text, which it changes. */
static bool add_option(struct request *request, char *text) {
  char *equals = strchr(text, '=');
  if (equals == NULL || request->option_count == MAX_OPTIONS)
    return false;
  *equals = '\0';
  size_t i = request->option_count++;
  request->values[i] = parse_value(equals + 1);
  request->options[i] = (struct config_node){
      .key = text, .values = &request->values[i], .value_count = 1};
  return true;
}

static const struct layer *find_layer(const char *name) {
  for (size_t i = 0; layers[i] != NULL; i++)
    if (strcmp(layers[i]->name, name) == 0)
      return layers[i];
  return NULL;
}

/* Returns 0, -1 after --help, or the exit status after a mistake. */
static int parse_arguments(int argc, char **argv, struct request *request) {
  static const struct option options[] = {
      {"option", required_argument, NULL, 'o'},
      {"interval", required_argument, NULL, 'i'},
      {"reads", required_argument, NULL, 'n'},
      {"on-line", no_argument, NULL, 'l'},
      {"help", no_argument, NULL, 'h'},
      {0},
  };
  double number;
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
    case 'o':
      if (!add_option(request, optarg))
        return usage_error("--option: expected KEY=VALUE, 64 times at most",
                           optarg);
      break;
    case 'i':
      if (!parse_number(optarg, &request->interval) ||
          request->interval < 0.001 || request->interval > 86400)
        return usage_error("--interval: expected 0.001 to 86400", optarg);
      break;
    case 'n':
      if (!parse_number(optarg, &number) || number < 1 || number > 1e9 ||
          number != floor(number))
        return usage_error("--reads: expected a whole number from 1", optarg);
      request->reads = (unsigned)number;
      break;
    case 'l':
      request->on_line = true;
      break;
    case 'h':
      print_help(stdout);
      return -1;
    default:
      print_help(stderr);
      return EXIT_USAGE;
    }
  }
  if (argc - optind != 1)
    return usage_error("expected one layer", optind < argc ? "more" : "none");
  request->layer = find_layer(argv[optind]);
  if (request->layer == NULL)
    return usage_error("expected a layer that was built", argv[optind]);
  return 0;
}

static void sleep_until(double when) {
  double whole = floor(when);
  const struct timespec end = {.tv_sec = (time_t)whole,
                               .tv_nsec = (long)((when - whole) * 1e9)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
    continue;
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
static void read_all(struct runner *runner, const struct request *request) {
  double next = clock_monotonic_seconds();
  if (!request->on_line)
    runner_set_interval(runner, request->interval);
  for (unsigned i = 1; request->reads == 0 || i <= request->reads; i++) {
    if (request->on_line) {
      if (!wait_for_line())
        return;
    } else if (i > 1) {
      sleep_until(next += request->interval);
    }
    read_once(runner, i);
    if (fflush(stdout) != 0)
      return;
  }
}

int main(int argc, char **argv) {
  struct request request = {.interval = 10};
  int status = parse_arguments(argc, argv, &request);
  if (status != 0)
    return status < 0 ? EXIT_SUCCESS : status;

  const struct frontend frontend = {
      .log = print_log, .value = print_value, .alert = print_alert};
  const struct config_node block = {.key = "Plugin",
                                    .children = request.options,
                                    .child_count = request.option_count};
  struct runner *runner = NULL;
  if (runner_new(&runner, request.layer, &frontend) < 0) {
    fprintf(stderr, "netloss_host: out of memory\n");
    return EXIT_FAILURE;
  }
  runner_configure(runner, &block);
  status = EXIT_FAILURE;
  if (runner_start(runner) == 0) {
    fflush(stdout);
    read_all(runner, &request);
    status = EXIT_SUCCESS;
  }
  runner_free(runner);
  return ferror(stdout) || fflush(stdout) != 0 ? EXIT_FAILURE : status;
}
