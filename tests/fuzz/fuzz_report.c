/* SPDX-License-Identifier: MIT */
/* Reads of a few objects with random numbers, resets and gaps: each read of the
 * report is compared with a slow model, and each alert makes a message. */
#include "fuzz.h"
#include "named.h"

#include <math.h>

#include "alert_text.h"
#include "report.h"
#include "report_model.h"

/* The total comes after the objects "0", "1"... */
enum { TOTAL = MODEL_OBJECTS, ROWS };

/* What the report hands over in one read. */
struct outcome {
  struct report_value values[ROWS][MODEL_METERS];
  const struct alert *alerts[ROWS][MODEL_METERS];
};

struct run {
  struct report *report;
  struct model model;
  enum threshold_state states[MODEL_OBJECTS][MODEL_METERS];
  uint64_t totals[MODEL_METERS];
  bool has_total[MODEL_METERS];
};

static size_t row_of(const char *instance) {
  return instance[0] == '\0' ? TOTAL : (size_t)(instance[0] - '0');
}

static void note_value(void *data, const struct report_value *value) {
  struct outcome *outcome = data;
  struct report_value *noted =
      &outcome->values[row_of(value->instance)][value->meter - model_meters];
  FUZZ_EXPECT(noted->meter == NULL);
  *noted = *value;
}

static void note_alert(struct outcome *outcome, const struct alert *alert) {
  const struct alert **noted =
      &outcome->alerts[row_of(alert->instance)][alert->meter - model_meters];
  FUZZ_EXPECT(*noted == NULL);
  *noted = alert;
  FUZZ_EXPECT(alert->lasted >= 0 && alert->quiet >= 0);

  char buffer[ALERT_TEXT_SIZE];
  struct text message = TEXT_IN(buffer);
  const struct explanation nothing = {.setting = NULL};
  alert_text(&message, "cpu", alert, &nothing);
  FUZZ_EXPECT(strlen(buffer) < sizeof(buffer) && fuzz_is_printable(buffer));
}

static struct outcome outcome_of(const struct report *report) {
  struct outcome outcome = {0};
  report_value_each(report, note_value, &outcome);
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  for (size_t i = 0; i < count; i++)
    note_alert(&outcome, &alerts[i]);
  return outcome;
}

static void check_value(const struct report_value *value,
                        const struct model_answer *answer,
                        const struct model_number *number) {
  FUZZ_EXPECT((value->meter != NULL) == answer->is_sent);
  if (!answer->is_sent)
    return;
  if (value->is_counter) {
    FUZZ_EXPECT(value->count == answer->sent);
    FUZZ_EXPECT(value->is_of_previous_read == answer->is_of_previous_read);
  } else {
    FUZZ_EXPECT(value->gauge == number->gauge);
  }
}

static void check_alert(const struct alert *alert,
                        const struct model_answer *answer,
                        enum threshold_state before) {
  FUZZ_EXPECT((alert != NULL) == (answer->judged.state != before));
  if (alert == NULL)
    return;
  FUZZ_EXPECT(alert->before == before && alert->state == answer->judged.state);
  FUZZ_EXPECT(alert->vanished == answer->has_vanished);
  FUZZ_EXPECT(alert->lost == answer->judged.lost);
  FUZZ_EXPECT(alert->lost_quiet == answer->judged.lost_quiet);
}

static void check_meter(struct run *run, size_t object, size_t meter,
                        const struct outcome *outcome,
                        const struct model_answer *answer) {
  const struct model_read *read = &run->model.reads[run->model.count - 1];
  check_value(&outcome->values[object][meter], answer,
              &read->objects[object].numbers[meter]);
  check_alert(outcome->alerts[object][meter], answer,
              run->states[object][meter]);
  run->states[object][meter] = answer->judged.state;

  const char name[] = {(char)('0' + (char)object), '\0'};
  double rate =
      report_rate(run->report, report_object_find(run->report, NAMED(name)),
                  (unsigned)meter);
  FUZZ_EXPECT(isnan(answer->rate) ? isnan(rate) : rate == answer->rate);
}

/* answers: of all objects. */
static void check_total(struct run *run, size_t meter,
                        const struct outcome *outcome,
                        const struct model_answer *answers) {
  const struct model_read *read = &run->model.reads[run->model.count - 1];
  const struct report_value *value = &outcome->values[TOTAL][meter];
  bool is_present = false, begins = !run->has_total[meter];
  double sum = 0;
  for (size_t i = 0; i < MODEL_OBJECTS; i++) {
    const struct model_number *number = &read->objects[i].numbers[meter];
    if (!answers[i].is_present || number->kind != MODEL_VALUE)
      continue;
    is_present = true;
    sum += number->gauge;
    run->totals[meter] +=
        begins && answers[i].is_new ? answers[i].total : answers[i].added;
  }
  run->has_total[meter] = run->has_total[meter] || is_present;
  FUZZ_EXPECT((value->meter != NULL) == is_present);
  if (!is_present)
    return;
  if (value->is_counter)
    FUZZ_EXPECT(value->count == run->totals[meter]);
  else
    FUZZ_EXPECT(value->gauge == sum);
}

static void check_read(struct run *run) {
  struct outcome outcome = outcome_of(run->report);
  enum threshold_state worst = THRESHOLD_OKAY;
  for (size_t meter = 0; meter < MODEL_METERS; meter++) {
    struct model_answer answers[MODEL_OBJECTS];
    for (size_t i = 0; i < MODEL_OBJECTS; i++) {
      answers[i] = model_ask(&run->model, i, meter);
      check_meter(run, i, meter, &outcome, &answers[i]);
      worst = answers[i].judged.state > worst ? answers[i].judged.state : worst;
    }
    check_total(run, meter, &outcome, answers);
  }
  FUZZ_EXPECT(report_worst(run->report) == worst);
}

/* A count: often near the last one, at times any. */
static uint64_t take_count(struct fuzz_input *input, uint64_t last) {
  uint8_t kind = fuzz_byte(input);
  if (kind < 96)
    return last + kind % 4;
  if (kind < 160)
    return last + (uint64_t)(kind - 95) * kind * 100;
  if (kind < 200)
    return last;
  if (kind < 216)
    return last / 2;
  return kind < 232 ? kind - 216u : fuzz_number(input) >> (kind & 31);
}

static struct model_number take_number(struct fuzz_input *input, size_t meter,
                                       uint64_t *last) {
  uint8_t what = fuzz_byte(input);
  struct model_number number = {.is_judged = what % 8 != 0};
  if (what % 16 == 1)
    return number;
  if (what % 16 == 2) {
    number.kind = MODEL_IDLE;
    return number;
  }
  number.kind = MODEL_VALUE;
  if (meter == MODEL_GAUGE) {
    number.gauge = (double)(fuzz_byte(input) % 128);
    return number;
  }
  uint64_t mask = meter == MODEL_NARROW ? UINT32_MAX : UINT64_MAX >> 8;
  number.count = *last = take_count(input, *last) & mask;
  number.has_before = what & 128;
  number.before = number.has_before ? number.count - fuzz_byte(input) % 64 : 0;
  number.before &= mask;
  return number;
}

static void give_number(struct report *report, struct report_object *object,
                        unsigned meter, const struct model_number *number) {
  if (number->kind == MODEL_IDLE)
    report_idle(report, object, meter);
  if (number->kind != MODEL_VALUE)
    return;
  if (meter == MODEL_GAUGE && number->is_judged)
    report_gauge(report, object, meter, number->gauge);
  else if (meter == MODEL_GAUGE)
    report_gauge_unjudged(report, object, meter, number->gauge);
  else if (number->has_before && number->is_judged)
    report_counter_since(report, object, meter, number->before, number->count);
  else if (number->has_before)
    report_counter_since_unjudged(report, object, meter, number->before,
                                  number->count);
  else if (number->is_judged)
    report_counter(report, object, meter, number->count);
  else /* Without a baseline: one above the count is none. */
    report_counter_since_unjudged(report, object, meter, number->count + 1,
                                  number->count);
}

static void give_object(struct run *run, struct report_object *host,
                        size_t index, const struct model_mention *mention) {
  if (!mention->is_mentioned)
    return;
  const char name[] = {(char)('0' + (char)index), '\0'};
  struct report_object *object =
      report_object(run->report, host, NAMED(name), mention->is_hidden);
  report_object_omit_zeros(object, run->model.omits_zeros[index]);
  if (mention->is_rebased)
    report_object_rebase(object);
  for (unsigned i = 0; i < MODEL_METERS; i++)
    give_number(run->report, object, i, &mention->numbers[i]);
}

static void take_read(struct fuzz_input *input, struct model_read *read,
                      double now,
                      uint64_t counts[MODEL_OBJECTS][MODEL_METERS]) {
  uint8_t how = fuzz_byte(input);
  read->now = now + how % 16;
  read->is_incomplete = how >= 224;
  for (size_t i = 0; i < MODEL_OBJECTS; i++) {
    struct model_mention *mention = &read->objects[i];
    uint8_t what = fuzz_byte(input);
    mention->is_mentioned = what % 8 != 0;
    if (!mention->is_mentioned)
      continue;
    mention->is_hidden = what & 64;
    mention->is_rebased = what >= 240;
    for (size_t j = 0; j < MODEL_METERS; j++)
      mention->numbers[j] = take_number(input, j, &counts[i][j]);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  struct run *run = calloc(1, sizeof(*run));
  FUZZ_EXPECT(run != NULL);
  FUZZ_EXPECT(report_new(&run->report, model_meters, MODEL_METERS) == 0);
  struct model *model = &run->model;
  uint8_t how = fuzz_byte(&input);
  model->is_persistent = how & 1;
  model->interval = how & 2 ? 10 : 0;
  for (size_t i = 0; i < MODEL_OBJECTS; i++)
    model->omits_zeros[i] = how & 4 << i;
  report_set_persistent(run->report, model->is_persistent);
  report_set_interval(run->report, model->interval);

  uint64_t counts[MODEL_OBJECTS][MODEL_METERS] = {{0}};
  double now = 0;
  while (input.size > 0 && model->count < MODEL_READS) {
    struct model_read *read = &model->reads[model->count++];
    take_read(&input, read, now, counts);
    now = read->now;
    report_begin(run->report, now);
    struct report_object *host =
        report_object(run->report, NULL, REPORT_HOST, false);
    for (size_t i = 0; i < MODEL_OBJECTS; i++)
      give_object(run, host, i, &read->objects[i]);
    if (read->is_incomplete)
      report_set_incomplete(run->report);
    report_end(run->report);
    check_read(run);
  }
  report_free(run->report);
  free(run);
  return 0;
}
