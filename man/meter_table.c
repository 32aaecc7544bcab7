/* SPDX-License-Identifier: MIT */
/* Prints a table of a layer - its metrics, its options or its default
 * thresholds - as POD for the manual page, as Markdown for docs/, or as plain
 * text for tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layer_config.h"
#include "layers.h"
#include "runner.h"

static const struct layer *const layers[] = {LAYERS(LAYERS_ADDRESS) NULL};

enum markup {
  MARKUP_POD,
  MARKUP_MARKDOWN,
  MARKUP_PLAIN, /* columns separated by tabs */
};

/* Writes text, escaping everything that would be markup. */
static void put(enum markup markup, const char *text) {
  for (; *text != '\0'; text++) {
    if (markup == MARKUP_POD && *text == '<')
      fputs("E<lt>", stdout);
    else if (markup == MARKUP_POD && *text == '>')
      fputs("E<gt>", stdout);
    else if (markup == MARKUP_MARKDOWN && strchr("|<\\*", *text) != NULL)
      printf("\\%c", *text);
    else
      putchar(*text);
  }
}

static void put_code(enum markup markup, const char *before, const char *text) {
  if (markup == MARKUP_POD) {
    fputs("B<", stdout);
    fputs(before, stdout);
    put(markup, text);
    putchar('>');
  } else {
    /* Between backticks only the column's separator must be escaped. */
    printf("`%s", before);
    for (; *text != '\0'; text++)
      printf(*text == '|' ? "\\%c" : "%c", *text);
    putchar('`');
  }
}

/* Returns the length of the object in a meter's key: 3 in "Udp:RcvbufErrors".
 */
static int object_length(const struct meter *meter) {
  const char *colon = strchr(meter_key(meter), ':');
  return colon != NULL ? (int)(colon - meter_key(meter)) : 0;
}

/* Writes a metric as it is sent, type-type_instance, with its plugin instance
 * and a slash in front if only one has it. */
static void put_metric(enum markup markup, const struct meter *meter) {
  char before[128];
  int length = object_length(meter);
  snprintf(before, sizeof(before), "%.*s%s%s-", length, meter_key(meter),
           length > 0 ? "/" : "", meter->type);
  put_code(markup, before, meter->name);
}

/* Writes a sentence, adding a full stop if the text has none. */
static void put_sentence(enum markup markup, const char *text) {
  size_t length = strlen(text);
  put(markup, text);
  if (length > 0 && text[length - 1] != '.')
    putchar('.');
}

/* Returns the meter of the same object that includes this one's events. */
static const struct meter *find_whole(const struct layer *layer,
                                      const struct meter *part) {
  for (size_t i = 0; i < layer->meter_count; i++) {
    const struct meter *meter = &layer->meters[i];
    int length = object_length(meter);
    if (strcmp(meter->name, part->part_of) == 0 &&
        length == object_length(part) &&
        strncmp(meter_key(meter), meter_key(part), (size_t)length) == 0)
      return meter;
  }
  fprintf(stderr, "meter_table: %s has no meter %s, which %s names\n",
          layer->name, part->part_of, meter_key(part));
  exit(1);
}

static void put_meaning(enum markup markup, const struct layer *layer,
                        const struct meter *meter) {
  put_sentence(markup, meter->help != NULL ? meter->help : "");
  if (meter->part_of != NULL) {
    fputs(" These are counted in ", stdout);
    put_metric(markup, find_whole(layer, meter));
    fputs(" too.", stdout);
  }
}

static const char *meter_origin(const struct meter *meter) {
  if (meter->source != NULL)
    return meter->source;
  return meter->meaning == METER_SETTING ? meter->setting : NULL;
}

/* Returns the setting that decides a value, or NULL. */
static const char *meter_remedy(const struct meter *meter) {
  return meter->meaning == METER_SETTING ? NULL : meter->setting;
}

static const char *meter_unit(const struct meter *meter) {
  return meter->unit != NULL ? meter->unit : "";
}

static void pod_metric(const struct layer *layer, const struct meter *meter) {
  printf("=item ");
  put_metric(MARKUP_POD, meter);
  printf(" (%s", meter_is_counter(meter) ? "counter" : "gauge");
  if (*meter_unit(meter) != '\0')
    printf(", %s", meter_unit(meter));
  printf(")\n\n");
  put_meaning(MARKUP_POD, layer, meter);
  if (meter_origin(meter) != NULL) {
    printf(" Source: ");
    put_sentence(MARKUP_POD, meter_origin(meter));
  }
  if (meter_remedy(meter) != NULL) {
    printf(" Setting: ");
    put_code(MARKUP_POD, "", meter_remedy(meter));
    putchar('.');
  }
  if (meter->advice != NULL) {
    printf(" Advice: ");
    put_sentence(MARKUP_POD, meter->advice);
  }
  printf("\n\n");
}

static void markdown_metric(const struct layer *layer,
                            const struct meter *meter) {
  printf("| ");
  put_metric(MARKUP_MARKDOWN, meter);
  printf(" | %s | %s | ", meter_is_counter(meter) ? "counter" : "gauge",
         meter_unit(meter));
  put_meaning(MARKUP_MARKDOWN, layer, meter);
  printf(" | ");
  put(MARKUP_MARKDOWN, meter_origin(meter) != NULL ? meter_origin(meter) : "");
  printf(" | ");
  if (meter_remedy(meter) != NULL)
    put_code(MARKUP_MARKDOWN, "", meter_remedy(meter));
  if (meter->advice != NULL) {
    fputs(meter_remedy(meter) != NULL ? ": " : "", stdout);
    put(MARKUP_MARKDOWN, meter->advice);
  }
  printf(" |\n");
}

static void plain_metric(const struct layer *layer, const struct meter *meter) {
  (void)layer;
  printf("%s\t%s\t%s\n", meter->type, meter->name,
         meter_is_counter(meter) ? "counter" : "gauge");
}

static void print_metrics(enum markup markup, const struct layer *layer) {
  static void (*const print[])(const struct layer *, const struct meter *) = {
      [MARKUP_POD] = pod_metric,
      [MARKUP_MARKDOWN] = markdown_metric,
      [MARKUP_PLAIN] = plain_metric,
  };
  if (markup == MARKUP_POD)
    printf("=over 4\n\n");
  if (markup == MARKUP_MARKDOWN)
    printf("| Metric | Kind | Unit | Meaning | Kernel source "
           "| What decides it |\n|---|---|---|---|---|---|\n");
  for (size_t i = 0; i < layer->meter_count; i++)
    print[markup](layer, &layer->meters[i]);
  print[markup](layer, &runner_alert_meter);
  if (markup == MARKUP_POD)
    printf("=back\n\n");
}

static void print_option(enum markup markup, const struct layer_option *option,
                         const char *block) {
  const char *value = option->value != NULL ? option->value : "";
  switch (markup) {
  case MARKUP_POD:
    printf("=item ");
    put_code(markup, "", option->name);
    printf(" I<");
    put(markup, value);
    printf(">\n\n");
    put_sentence(markup, option->help);
    printf("\n\n");
    break;
  case MARKUP_MARKDOWN:
    printf("| ");
    put_code(markup, block, option->name);
    printf(" | ");
    put(markup, value);
    printf(" | ");
    put_sentence(markup, option->help);
    printf(" |\n");
    break;
  case MARKUP_PLAIN:
    printf("%s%s\t%s\n", block, option->name, value);
    break;
  }
}

/* Prefixes the names of options with block, except in POD, which nests lists.
 */
static void print_option_list(enum markup markup,
                              const struct layer_option *options,
                              const char *block) {
  if (options == NULL)
    return;
  for (; options->name != NULL; options++)
    print_option(markup, options, block);
}

static void print_options(enum markup markup, const struct layer *layer) {
  if (markup == MARKUP_POD)
    printf("=over 4\n\n");
  if (markup == MARKUP_MARKDOWN)
    printf("| Option | Value | Meaning |\n|---|---|---|\n");
  print_option_list(markup, layer->options, "");
  print_option_list(markup, layer_common_options, "");
  if (markup == MARKUP_POD)
    printf("=item B<E<lt>Threshold> \"I<METER>\"B<E<gt>>\n\n"
           "Sets the limits of one meter, with the options below. Blocks of "
           "the same meter add up; for each option, the last block wins.\n\n"
           "=over 4\n\n");
  print_option_list(markup, layer_threshold_options, "<Threshold> ");
  if (markup == MARKUP_POD)
    printf("=back\n\n=back\n\n");
}

/* Appends a limit, "warning above 1/s", if it is set. */
static void put_limit(const struct meter *meter, const char *words,
                      double limit, bool *first) {
  if (isnan(limit))
    return;
  const char *unit = meter_is_counter(meter) ? "/s" : meter_unit(meter);
  /* "85%", but "2.5 times" */
  printf("%s%s %g%s%s", *first ? "" : ", ", words, limit,
         strlen(unit) > 2 ? " " : "", unit);
  *first = false;
}

static void print_threshold(enum markup markup, const struct meter *meter) {
  const struct threshold_limits *limits = meter->limits;
  bool first = true;
  printf(markup == MARKUP_POD ? "=item " : "| ");
  put_code(markup, "", meter_key(meter));
  printf(markup == MARKUP_POD ? "\n\n" : " | ");
  put_limit(meter, "warning above", limits->warning_max, &first);
  put_limit(meter, "failure above", limits->failure_max, &first);
  put_limit(meter, "warning below", limits->warning_min, &first);
  put_limit(meter, "failure below", limits->failure_min, &first);
  if (limits->hysteresis > 0)
    printf(", with a hysteresis of %g", limits->hysteresis);
  printf(markup == MARKUP_POD ? "; B<Hits> %u, B<ClearHits> %u.\n\n"
                              : " | %u | %u |\n",
         limits->hits, limits->clear_hits);
}

static bool has_threshold(const struct meter *meter) {
  return meter->limits != NULL && threshold_exists(meter->limits);
}

static void print_thresholds(enum markup markup, const struct layer *layer) {
  size_t count = 0;
  for (size_t i = 0; i < layer->meter_count; i++)
    count += has_threshold(&layer->meters[i]);
  if (count == 0) {
    printf("None: without configuration nothing is judged.\n\n");
    return;
  }
  if (markup == MARKUP_POD)
    printf("=over 4\n\n");
  if (markup == MARKUP_MARKDOWN)
    printf("| Threshold | Limits | Hits | ClearHits |\n|---|---|---|---|\n");
  for (size_t i = 0; i < layer->meter_count; i++)
    if (has_threshold(&layer->meters[i]))
      print_threshold(markup, &layer->meters[i]);
  if (markup == MARKUP_POD)
    printf("=back\n\n");
}

static int usage(void) {
  fprintf(stderr, "usage: meter_table --pod|--markdown|--plain LAYER "
                  "metrics|options|thresholds\nLayers:");
  for (size_t i = 0; layers[i] != NULL; i++)
    fprintf(stderr, " %s", layers[i]->name);
  fprintf(stderr, "\n");
  return 2;
}

static const struct layer *find_layer(const char *name) {
  for (size_t i = 0; layers[i] != NULL; i++)
    if (strcmp(layers[i]->name, name) == 0)
      return layers[i];
  fprintf(stderr, "meter_table: the layer %s was not built\n", name);
  return NULL;
}

int main(int argc, char **argv) {
  static const char *const markups[] = {"--pod", "--markdown", "--plain"};
  static const struct {
    const char *name;
    void (*print)(enum markup markup, const struct layer *layer);
  } tables[] = {
      {"metrics", print_metrics},
      {"options", print_options},
      {"thresholds", print_thresholds},
  };
  if (argc != 4)
    return usage();

  const struct layer *layer = find_layer(argv[2]);
  if (layer == NULL)
    return 1;
  for (unsigned m = 0; m < sizeof(markups) / sizeof(markups[0]); m++)
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
      if (strcmp(argv[1], markups[m]) == 0 &&
          strcmp(argv[3], tables[t].name) == 0) {
        tables[t].print((enum markup)m, layer);
        return ferror(stdout) || fflush(stdout) != 0;
      }
  return usage();
}
