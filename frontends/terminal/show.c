/* SPDX-License-Identifier: MIT */
/* Reads all layers twice and shows where packets were lost in between. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "arguments.h"
#include "clock.h"
#include "command.h"
#include "interval.h"
#include "json_ladder.h"
#include "scene.h"
#include "view.h"

#define DEFAULT_INTERVAL 1
#define MAX_LINES 24

/* 80 columns; on a terminal as many as it has. */
static unsigned width_of_output(void) {
  struct winsize size;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0)
    return size.ws_col;
  return 80;
}

/* Prints one value, as --all shows it. */
static void print_value(void *data, const struct layer *layer,
                        const struct report_reading *reading) {
  (void)data;
  printf("%-12s %-20s %-16s %-24s ", layer->name,
         reading->name[0] != '\0' ? reading->name : "-", reading->meter->type,
         reading->type_instance);
  if (!meter_is_counter(reading->meter))
    printf("%15.6g\n", reading->gauge);
  else if (isnan(reading->rate))
    printf("%15" PRIu64 "\n", reading->count);
  else
    printf("%15" PRIu64 " %12.6g/s\n", reading->count, reading->rate);
}

/* Adds warnings of layers that work, but not as intended. */
static void add_notes(struct view *view, const struct sample *sample) {
  size_t count;
  const struct sample_note *notes = sample_notes(sample, &count);
  for (size_t i = 0; i < count; i++)
    if (notes[i].severity == LAYER_WARNING) {
      char line[1024];
      TEXT_FILL(line, "%s: %s", notes[i].layer->name, notes[i].text);
      view_add_wrapped(view, VIEW_UNKNOWN, -1, 2, 2, line);
    }
}

static void print_text(const struct scene *scene,
                       const struct arguments *arguments) {
  struct view view = {.width = width_of_output()};
  bool is_short = !arguments->shows_all && !arguments->since_boot;
  view_add_title(&view, &scene->ladder, scene->host, scene->kernel);
  view_add_ladder(&view, &scene->ladder, is_short ? MAX_LINES - 1 : 0);
  view_add_unwatched(&view, scene->unwatched);
  if (arguments->shows_all)
    add_notes(&view, scene->sample);
  view_print(&view, view_wants_colour());
  view_free(&view);
  if (arguments->shows_all) {
    printf("\n");
    sample_each(scene->sample, print_value, NULL);
  }
}

static int print(const struct scene *scene, const struct arguments *arguments) {
  if (!arguments->is_json) {
    print_text(scene, arguments);
    return 0;
  }
  const struct json_ladder_source source = {.host = scene->host,
                                            .kernel = scene->kernel,
                                            .sample = scene->sample,
                                            .unwatched = scene->unwatched,
                                            .has_values = arguments->shows_all};
  return json_ladder_print(json_ladder(&scene->ladder, &source), false);
}

static int show(struct scene *scene, const struct arguments *arguments) {
  double interval =
      isnan(arguments->interval) ? DEFAULT_INTERVAL : arguments->interval;
  double begin = clock_monotonic_seconds();
  sample_set_interval(scene->sample, interval);
  size_t read = sample_read(scene->sample);
  if (read > 0 && !arguments->since_boot) {
    while (interval_sleep_until(begin + interval) == -EINTR)
      continue;
    read = sample_read_last(scene->sample);
  }
  int r = scene_update(scene);
  if (r == 0)
    r = print(scene, arguments);
  if (r < 0 || read == 0) {
    fprintf(stderr, "netloss: %s\n",
            r < 0 ? strerror(-r) : "nothing could be read");
    return COMMAND_FAILED;
  }
  bool is_losing = scene->ladder.losing > 0 && !arguments->since_boot;
  return is_losing ? COMMAND_LOSING : COMMAND_OKAY;
}

static int run(const struct arguments *arguments) {
  struct scene scene;
  int status = scene_open(&scene, arguments);
  if (status != 0)
    return status;
  scene.ladder.since_boot = arguments->since_boot;
  status = show(&scene, arguments);
  scene_close(&scene);
  return status;
}

const struct command show_command = {
    .name = "show",
    .options = "abcFij",
    .summary = "shows where packets are lost now",
    .help = "It reads twice, a second apart, and shows what loses first.\n"
            "Exit status: 0 nothing is being lost, 1 something is, 2 wrong "
            "usage,\n"
            "3 nothing could be read.\n",
    .run = run,
};
