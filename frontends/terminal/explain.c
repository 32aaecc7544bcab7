/* SPDX-License-Identifier: MIT */
/* Explains a name that the layers' tables know. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alert_number.h"
#include "arguments.h"
#include "array.h"
#include "command.h"
#include "ladder_places.h"
#include "layer_list.h"
#include "ledger_bucket.h"
#include "near.h"
#include "runner.h"

#define MAX_SUGGESTIONS 8

/* What was found so far. */
struct explain_context {
  const char *word;
  size_t found;
  struct layer_meaning *meanings; /* of one layer */
  size_t count, room;
};

static const char *const meanings[] = {
    [METER_LOSS] = "packets or connections are lost",
    [METER_ERROR] = "something arrives broken, or is refused",
    [METER_PRESSURE] = "nothing is lost yet",
    [METER_VOLUME] = "traffic, not a loss",
    [METER_INFORMATION] = "no loss by itself",
    [METER_SETTING] = "a setting",
};

static void print_line(const char *title, const char *text) {
  if (text != NULL)
    printf("  %-10s %s\n", title, text);
}

/* "a warning above 1/s, a failure above 10/s" */
static void print_limits(const struct meter *meter) {
  char buffer[128];
  struct text text = TEXT_IN(buffer);
  if (meter->limits == NULL)
    return;
  if (!isnan(meter->limits->warning_max)) {
    text_add(&text, "a warning above ");
    alert_number_add_limit(&text, meter, meter->limits->warning_max);
  }
  if (!isnan(meter->limits->failure_max)) {
    text_add(&text, "%sa failure above ", text.length > 0 ? ", " : "");
    alert_number_add_limit(&text, meter, meter->limits->failure_max);
  }
  if (text.length > 0)
    print_line("Limits:", buffer);
}

/* The object in a meter's key, as it is sent: "-Udp" of "Udp:RcvbufErrors". */
static void print_metric(const struct layer *layer, const struct meter *meter) {
  const char *key = meter_key(meter), *colon = strchr(key, ':');
  int length = colon != NULL ? (int)(colon - key) : 0;
  printf("  %-10s %s%s%.*s/%s-%s\n", "Sent as:", layer->name,
         length > 0 ? "-" : "", length, key, meter->type, meter->name);
}

/* The meters of one exactness that count a bucket. */
static void print_tellers(enum ledger_bucket bucket,
                          enum ledger_exactness exactness) {
  for (size_t i = 0; layer_list[i] != NULL; i++)
    for (size_t j = 0; j < layer_list[i]->meter_count; j++) {
      const struct meter *meter = &layer_list[i]->meters[j];
      if (meter->bucket == bucket && meter->exactness == exactness)
        printf("  %-10s %s (%s)\n", "", meter_key(meter), layer_list[i]->name);
    }
}

/* Of a bucket's sum: the meters that count it, the most exact ones first. */
static void print_bucket(const struct meter *meter) {
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    enum ledger_bucket bucket = (enum ledger_bucket)i;
    if (meter->bucket != LEDGER_NO_BUCKET ||
        strcmp(meter->name, ledger_bucket_name(bucket)) != 0)
      continue;
    for (int exactness = LEDGER_OBJECT; exactness <= LEDGER_KERNEL; exactness++)
      print_tellers(bucket, (enum ledger_exactness)exactness);
  }
}

static void print_meter(struct explain_context *context,
                        const struct layer *layer, const struct meter *meter) {
  printf("%s%s (%s)\n", context->found++ > 0 ? "\n" : "", meter_key(meter),
         layer->name);
  print_line("Meaning:", meter->help);
  print_line("", meanings[meter->meaning]);
  print_line("Part of:", meter->part_of);
  print_line("Counted:", meter->source);
  print_bucket(meter);
  print_line("Setting:", meter->setting);
  print_line("To do:", meter->advice);
  print_limits(meter);
  print_metric(layer, meter);
}

/* Whether the word names the meter: by its key or its name. */
static bool is_named(const char *word, const struct meter *meter) {
  return strcasecmp(word, meter_key(meter)) == 0 ||
         strcasecmp(word, meter->name) == 0;
}

static void explain_meters(struct explain_context *context) {
  if (layer_list[0] != NULL && is_named(context->word, &runner_alert_meter))
    print_meter(context, layer_list[0], &runner_alert_meter);
  for (size_t i = 0; layer_list[i] != NULL; i++)
    for (size_t j = 0; j < layer_list[i]->meter_count; j++)
      if (is_named(context->word, &layer_list[i]->meters[j]))
        print_meter(context, layer_list[i], &layer_list[i]->meters[j]);
}

static void take_meaning(void *data, const struct layer_meaning *meaning) {
  struct explain_context *context = data;
  struct layer_meaning *meanings_of = array_room(
      context->meanings, &context->room, context->count, sizeof(*meanings_of));
  if (meanings_of == NULL)
    return;
  context->meanings = meanings_of;
  meanings_of[context->count++] = *meaning;
}

/* Whether an earlier meaning has the same meter. */
static bool is_printed(const struct explain_context *context, size_t i) {
  for (size_t j = 0; j < i; j++)
    if (context->meanings[j].meter == context->meanings[i].meter)
      return true;
  return false;
}

static void print_meaning(const struct meter *meter) {
  if (meter != NULL)
    printf("  %s, %s %s:", meter_key(meter), meter->verb,
           meter->place != NULL ? meter->place : "");
  else
    printf("  not counted, because another counter holds the same packets or "
           "nothing is lost:");
}

/* Prints each meter once, with the drivers that count it so. */
static void print_meanings(const struct explain_context *context) {
  for (size_t i = 0; i < context->count; i++) {
    const struct meter *meter = context->meanings[i].meter;
    const char *source = "";
    if (is_printed(context, i))
      continue;
    print_meaning(meter);
    for (size_t j = i; j < context->count; j++) {
      const struct layer_meaning *meaning = &context->meanings[j];
      if (meaning->meter != meter)
        continue;
      if (strcmp(source, meaning->source) != 0)
        printf("%s%s of", j > i ? ";\n    " : "\n    ", meaning->source);
      else
        printf(",");
      printf(" %s", meaning->whose);
      source = meaning->source;
    }
    printf("\n");
  }
}

static void explain_words(struct explain_context *context) {
  for (size_t i = 0; layer_list[i] != NULL; i++) {
    context->count = 0;
    if (layer_list[i]->describe != NULL)
      layer_list[i]->describe(context->word, take_meaning, context);
    if (context->count == 0)
      continue;
    context->found++;
    printf("%s (%s)\n", context->word, layer_list[i]->name);
    print_meanings(context);
  }
}

/* Whether the word names the setting: as sysctl does, or by its file. */
static bool is_setting(const char *word, const char *setting) {
  static const char folder[] = "/proc/sys/";
  if (strncmp(word, folder, sizeof(folder) - 1) == 0)
    word += sizeof(folder) - 1;
  for (; *word != '\0' && *setting != '\0'; word++, setting++)
    if (*word != *setting && !(*word == '/' && *setting == '.'))
      return false;
  return *word == *setting;
}

static void explain_setting(struct explain_context *context,
                            const struct layer *layer,
                            const struct meter *meter) {
  if (context->found++ == 0)
    printf("%s is the setting that decides\n", context->word);
  printf("  %s (%s): %s\n", meter_key(meter), layer->name,
         meter->advice != NULL ? meter->advice : meanings[meter->meaning]);
}

/* Meters that show the setting, or those that it decides. */
static void explain_settings(struct explain_context *context, bool shows) {
  for (size_t i = 0; layer_list[i] != NULL; i++)
    for (size_t j = 0; j < layer_list[i]->meter_count; j++) {
      const struct meter *meter = &layer_list[i]->meters[j];
      if (meter->setting == NULL ||
          (meter->meaning == METER_SETTING) != shows ||
          !is_setting(context->word, meter->setting))
        continue;
      if (!shows)
        explain_setting(context, layer_list[i], meter);
      else if (!is_named(context->word, meter))
        print_meter(context, layer_list[i], meter);
    }
}

static void explain_places(struct explain_context *context) {
  for (int i = 0; i < LADDER_PLACES; i++) {
    enum ladder_place place = (enum ladder_place)i;
    if (strcasecmp(context->word, ladder_place_name(place)) != 0)
      continue;
    context->found++;
    printf("%s is a place on a packet's way: %s; %s watches it\n",
           ladder_place_name(place), ladder_place_help(place),
           ladder_place_layer(place));
  }
}

static void suggest(const char *name, size_t *count) {
  if (*count >= MAX_SUGGESTIONS)
    return;
  fprintf(stderr, "%s%s", (*count)++ == 0 ? "Perhaps you mean: " : ", ", name);
}

/* Names a setting once, however many meters it decides. */
static void suggest_setting(const char *word, const struct layer *layer,
                            size_t i, size_t *count) {
  const char *setting = layer->meters[i].setting;
  for (size_t j = 0; setting != NULL && j < i; j++)
    if (layer->meters[j].setting != NULL &&
        strcmp(layer->meters[j].setting, setting) == 0)
      return;
  if (setting != NULL && near_matches(word, setting))
    suggest(setting, count);
}

static void suggest_all(const char *word) {
  size_t count = 0;
  for (size_t i = 0; layer_list[i] != NULL; i++)
    for (size_t j = 0; j < layer_list[i]->meter_count; j++) {
      const struct meter *meter = &layer_list[i]->meters[j];
      if (near_matches(word, meter->name) ||
          near_matches(word, meter_key(meter)))
        suggest(meter_key(meter), &count);
      suggest_setting(word, layer_list[i], j, &count);
    }
  if (count > 0)
    fprintf(stderr, "\n");
}

static int run(const struct arguments *arguments) {
  struct explain_context context = {.word = arguments->operand};
  explain_meters(&context);
  explain_settings(&context, false);
  explain_settings(&context, true);
  explain_places(&context);
  if (context.found == 0)
    explain_words(&context);
  free(context.meanings);
  if (context.found > 0)
    return COMMAND_OKAY;
  fprintf(stderr, "netloss explain: nothing is known of \"%s\"\n",
          arguments->operand);
  suggest_all(arguments->operand);
  return COMMAND_USAGE;
}

const struct command explain_command = {
    .name = "explain",
    .operand = "NAME",
    .options = "",
    .summary = "explains a counter, meter, bucket, drop reason or sysctl",
    .run = run,
};
