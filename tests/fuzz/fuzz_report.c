/* SPDX-License-Identifier: MIT */
/* Reads of a few objects, whose readings the input makes up; what must hold of
 * values and alerts in every history is checked after each. */
#include "fuzz.h"
#include "named.h"

#include <math.h>

#include "alert_text.h"
#include "report.h"

enum { COUNTER32, COUNTER64, GAUGE, WORST, METERS, OBJECTS = 6 };

static const struct meter meters[METERS] = {
    [COUNTER32] = {.name = "narrow",
                   .type = "packets",
                   .kind = METER_COUNTER32,
                   .meaning = METER_LOSS,
                   .total = METER_TOTAL_SUM,
                   .unit = "packets",
                   .limits = THRESHOLD_ABOVE(1, 100)},
    [COUNTER64] = {.name = "wide",
                   .type = "packets",
                   .kind = METER_COUNTER64,
                   .total = METER_TOTAL_SUM,
                   .verb = "lost",
                   .limits = THRESHOLD_ABOVE(10, 1000)},
    [GAUGE] = {.name = "level",
               .type = "gauge",
               .kind = METER_GAUGE,
               .total = METER_TOTAL_SUM,
               .unit = "%",
               .limits = &(const struct threshold_limits){.warning_max = 80,
                                                          .failure_max = 95,
                                                          .warning_min = 5,
                                                          .failure_min = NAN,
                                                          .hysteresis = 2,
                                                          .hits = 2,
                                                          .clear_hits = 3}},
    [WORST] = {.name = "worst",
               .type = "gauge",
               .kind = METER_GAUGE,
               .total = METER_TOTAL_MAX},
};

/* What is known of each value from the reads before. */
struct history {
  uint64_t counts[OBJECTS + 1][METERS];
  enum threshold_state states[OBJECTS + 1][METERS];
};

/* Objects are named "0", "1"...; "" is their total. */
static size_t row_of(const char *instance) {
  return instance[0] == '\0' ? OBJECTS : (size_t)(instance[0] - '0');
}

static void check_value(void *data, const struct report_value *value) {
  struct history *history = data;
  if (!value->is_counter) {
    FUZZ_EXPECT(!isnan(value->gauge));
    return;
  }
  uint64_t *before =
      &history->counts[row_of(value->instance)][value->meter - meters];
  FUZZ_EXPECT(value->count >= *before);
  *before = value->count;
}

static void check_alert(struct history *history, const struct alert *alert) {
  enum threshold_state *state =
      &history->states[row_of(alert->instance)][alert->meter - meters];
  FUZZ_EXPECT(alert->before == *state && alert->state != alert->before);
  FUZZ_EXPECT(!alert->vanished || alert->state == THRESHOLD_OKAY);
  FUZZ_EXPECT(alert->lost >= alert->lost_quiet);
  FUZZ_EXPECT(alert->lasted >= 0 && alert->quiet >= 0);
  *state = alert->state;

  char buffer[ALERT_TEXT_SIZE];
  struct text message = TEXT_IN(buffer);
  const struct explanation nothing = {.setting = NULL};
  alert_text(&message, "cpu", alert, &nothing);
  FUZZ_EXPECT(strlen(buffer) < sizeof(buffer) && fuzz_is_printable(buffer));
}

static void check_alerts(struct report *report, struct history *history) {
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  for (size_t i = 0; i < count; i++)
    check_alert(history, &alerts[i]);

  enum threshold_state worst = THRESHOLD_OKAY;
  for (size_t i = 0; i <= OBJECTS; i++)
    for (size_t j = 0; j < METERS; j++)
      if (history->states[i][j] > worst)
        worst = history->states[i][j];
  FUZZ_EXPECT(report_worst(report) == worst);
}

/* A number that is small as often as it is anything. */
static uint64_t take_number(struct fuzz_input *input) {
  uint8_t kind = fuzz_byte(input);
  return kind < 128 ? kind : fuzz_number(input) >> (kind & 63);
}

/* Whether the read mentions the object. */
static bool take_object(struct report *report, struct report_object *host,
                        char number, struct fuzz_input *input) {
  uint8_t what = fuzz_byte(input);
  if (what & 1)
    return false;
  const char name[] = {number, '\0'};
  struct report_object *object =
      report_object(report, host, NAMED(name), (what & 2) != 0);
  if (what & 4)
    report_object_rebase(object);
  if (what & 8)
    report_counter(report, object, COUNTER32, take_number(input));
  if (what & 16)
    report_counter(report, object, COUNTER64, take_number(input) >> 8);
  if (what & 32)
    report_gauge(report, object, GAUGE, (double)(fuzz_byte(input) % 128));
  else if (what & 64)
    report_idle(report, object, GAUGE);
  report_gauge(report, object, WORST, what);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  struct report *report;
  struct history history = {0};
  FUZZ_EXPECT(report_new(&report, meters, METERS) == 0);
  bool persistent = fuzz_byte(&input) & 1;
  report_set_persistent(report, persistent);

  double now = 0;
  while (input.size > 0) {
    uint8_t how = fuzz_byte(&input);
    now += how % 16;
    report_begin(report, now);
    struct report_object *host = report_object(report, NULL, NAMED(""), false);
    bool mentioned[OBJECTS];
    for (size_t i = 0; i < OBJECTS; i++)
      mentioned[i] = take_object(report, host, (char)('0' + (char)i), &input);
    bool incomplete = how & 128;
    if (incomplete)
      report_set_incomplete(report);
    report_end(report);
    report_value_each(report, check_value, &history);
    check_alerts(report, &history);
    /* What is gone and forgotten begins anew. */
    for (size_t i = 0; i < OBJECTS; i++)
      if (!mentioned[i] && !incomplete && !persistent)
        memset(history.counts[i], 0, sizeof(history.counts[i]));
  }
  report_free(report);
  return 0;
}
