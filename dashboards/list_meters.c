/* SPDX-License-Identifier: MIT */
/* Prints the layers' tables of meters for programs: columns separated by tabs,
 * below a line with their names. A missing value is empty. */
#include <math.h>
#include <stdio.h>

#include "layers.h"
#include "runner.h"

static const struct layer *const layers[] = {LAYERS(LAYERS_ADDRESS) NULL};

static const char *const meanings[] = {
    [METER_LOSS] = "loss",
    [METER_ERROR] = "error",
    [METER_PRESSURE] = "pressure",
    [METER_VOLUME] = "volume",
    [METER_INFORMATION] = "information",
    [METER_SETTING] = "setting",
};

static void put_text(const char *text) {
  printf("\t%s", text != NULL ? text : "");
}

static void put_limit(double limit) {
  if (isnan(limit))
    putchar('\t');
  else
    printf("\t%g", limit);
}

static void print_meter(const struct layer *layer, const struct meter *meter) {
  static const struct threshold_limits none = THRESHOLD_NONE;
  const struct threshold_limits *limits =
      meter->limits != NULL ? meter->limits : &none;
  printf("%s\t%s\t%s\t%s\t%s\t%s", layer->name, meter_key(meter), meter->name,
         meter->type, meter_is_counter(meter) ? "counter" : "gauge",
         meanings[meter->meaning]);
  put_text(meter->unit);
  put_limit(limits->warning_max);
  put_limit(limits->failure_max);
  put_limit(limits->warning_min);
  put_limit(limits->failure_min);
  put_text(meter->setting);
  put_text(meter->advice);
  put_text(meter->help);
  putchar('\n');
}

int main(void) {
  puts("layer\tkey\tname\ttype\tkind\tmeaning\tunit\twarning_max\tfailure_max\t"
       "warning_min\tfailure_min\tsetting\tadvice\thelp");
  for (size_t i = 0; layers[i] != NULL; i++) {
    for (size_t m = 0; m < layers[i]->meter_count; m++)
      print_meter(layers[i], &layers[i]->meters[m]);
    print_meter(layers[i], &runner_alert_meter);
  }
  return ferror(stdout) || fflush(stdout) != 0;
}
