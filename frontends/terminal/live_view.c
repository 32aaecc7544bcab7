/* SPDX-License-Identifier: MIT */
#include "live_view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alert_number.h"

#define KEYS "q quit  p pause  arrows, Enter details  a all values  r reset"
#define ROW_FORMAT "%c %-7s %-18s %8s %8s %10s %8s %s"
#define ROW_WIDTH 67 /* without the last column */
#define EXPLANATION_INDENT 10
#define MAX_ALERTS 5

/* One character a read, taller where more was lost: the last reads, as many as
 * fit. */
static void add_spark(struct text *text, const struct history_entry *entry,
                      unsigned width) {
  static const char levels[] = ".:-=+*#";
  unsigned room = width > ROW_WIDTH ? width - ROW_WIDTH : 0;
  for (unsigned i = room < HISTORY_SPARK ? HISTORY_SPARK - room : 0;
       i < HISTORY_SPARK; i++) {
    double share = entry->peak > 0 ? entry->spark[i] / entry->peak : 0;
    size_t level = (size_t)lround(share * (double)(sizeof(levels) - 2));
    text_add(text, "%c", entry->spark[i] > 0 ? levels[level] : ' ');
  }
}

static void add_duration(struct text *text, const struct history *history,
                         const struct history_entry *entry) {
  if (entry->is_losing)
    text_add_duration(text, history->now - entry->began);
  else
    text_add(text, "over");
}

static void add_entry(struct view *view, const struct history *history,
                      const struct history_entry *entry, int row) {
  char now[32], peak[32], total[32], lasted[32], spark[HISTORY_SPARK + 1];
  struct text now_text = TEXT_IN(now), peak_text = TEXT_IN(peak),
              lasted_text = TEXT_IN(lasted), spark_text = TEXT_IN(spark);
  view_rate(&now_text, entry->now);
  view_rate(&peak_text, entry->peak);
  snprintf(total, sizeof(total), "%" PRIu64, entry->total);
  add_duration(&lasted_text, history, entry);
  add_spark(&spark_text, entry, view->width);
  view_add(view, entry->is_losing ? VIEW_LOSING : VIEW_PLAIN, row, ROW_FORMAT,
           entry->is_losing ? '!' : ' ', ladder_place_name(entry->place),
           entry->object, now, peak, total, lasted, spark);
}

/* What a row needs: a line, and two that explain it while it loses. */
static size_t add_entries(struct view *view, const struct history *history,
                          size_t max_lines) {
  const struct history_entry *entry = history->entries;
  size_t begin = view->count;
  int row = 0;
  for (; entry != NULL; entry = entry->hh.next, row++) {
    size_t left = max_lines - (view->count - begin);
    if (left < 2 && entry->hh.next != NULL) {
      view_add(view, VIEW_PLAIN, -1, "  ... and more");
      break;
    }
    if (left < 1)
      break;
    add_entry(view, history, entry, row);
    if (!entry->is_losing || left < 4)
      continue;
    char why[512];
    struct text why_text = TEXT_IN(why);
    const struct ladder_row explained = {.explanation = entry->explanation};
    view_explanation(&why_text, &explained);
    view_add_wrapped(view, VIEW_PLAIN, -1, EXPLANATION_INDENT, 2, why);
  }
  return view->count - begin;
}

/* The places without a row, on a line each or, for want of room, on one. */
static void add_rungs(struct view *view, const struct ladder *ladder,
                      size_t max_lines) {
  struct ladder places = *ladder;
  size_t quiet = 0;
  for (int i = 0; i < LADDER_PLACES; i++)
    quiet += ladder->rungs[i].state <= LADDER_OKAY;
  if (max_lines >= quiet) {
    places.row_count = places.losing = 0;
    view_add_ladder(view, &places, 0);
    return;
  }
  char line[256];
  struct text text = TEXT_IN(line);
  text_add(&text, "  ok:");
  for (int i = 0; i < LADDER_PLACES; i++)
    if (ladder->rungs[i].state == LADDER_OKAY)
      text_add(&text, " %s", ladder_place_name((enum ladder_place)i));
  if (max_lines > 0)
    view_add(view, VIEW_PLAIN, -1, "%s", line);
}

static void add_strained(struct view *view, const struct ladder *ladder) {
  for (size_t i = ladder->losing; i < ladder->row_count; i++) {
    const struct ladder_row *row = &ladder->rows[i];
    char object[LABELS_NAME_SIZE], value[32];
    struct text object_text = TEXT_IN(object), value_text = TEXT_IN(value);
    view_object(&object_text, row);
    if (meter_is_counter(row->meter))
      view_rate(&value_text, row->rate);
    else
      alert_number_add_value(&value_text, row->meter, row->gauge, NAN);
    view_add(view, VIEW_STRAINED, -1, "~ %-7s %-18s %8s %s",
             ladder_place_name(row->place), object, value,
             row->meter->place != NULL ? row->meter->place : row->meter->name);
  }
}

static void add_alerts(struct view *view, const struct history *history,
                       size_t max_lines) {
  static const enum view_style styles[] = {[THRESHOLD_OKAY] = VIEW_PLAIN,
                                           [THRESHOLD_WARNING] = VIEW_STRAINED,
                                           [THRESHOLD_FAILURE] = VIEW_LOSING};
  size_t shown =
      history->alert_count < max_lines ? history->alert_count : max_lines;
  for (size_t i = history->alert_count - shown; i < history->alert_count; i++) {
    const struct history_alert *alert = &history->alerts[i];
    view_add(view, styles[alert->state], -1, "%s %-7s %s%s", alert->when,
             threshold_state_name(alert->state),
             alert->is_on ? "(still on) " : "", alert->message);
  }
}

static void make_ladder(struct view *view, const struct live_view *live,
                        const struct scene *scene,
                        const struct history *history) {
  size_t alerts =
      history->alert_count < MAX_ALERTS ? history->alert_count : MAX_ALERTS;
  size_t height = live->height;
  if (height < 12)
    alerts = 0;
  view_add(view, VIEW_TITLE, -1, ROW_FORMAT, ' ', "place", "object", "now",
           "peak", "total", "for", "lately");
  size_t fixed = view->count + 1 + alerts;
  if (history->entries != NULL)
    add_entries(view, history, height > fixed ? height - fixed : 1);
  else
    view_add(view, VIEW_PLAIN, -1, "  nothing was lost so far");
  if (view->count + alerts + 1 < height)
    add_strained(view, &scene->ladder);
  size_t used = view->count + 1 + alerts;
  add_rungs(view, &scene->ladder, height > used ? height - used : 0);
  add_alerts(view, history, alerts);
}

static const struct history_entry *selected_of(const struct history *history,
                                               int selected) {
  const struct history_entry *entry = history->entries;
  for (; entry != NULL && selected > 0; selected--)
    entry = entry->hh.next;
  return selected == 0 ? entry : NULL;
}

static void add_fact(struct view *view, const char *title, const char *text) {
  char line[768];
  if (text == NULL || text[0] == '\0')
    return;
  view_add(view, VIEW_TITLE, -1, "%s", title);
  TEXT_FILL(line, "%s", text);
  view_add_wrapped(view, VIEW_PLAIN, -1, 2, 4, line);
}

static void make_details(struct view *view, const struct history *history,
                         int selected) {
  const struct history_entry *entry = selected_of(history, selected);
  if (entry == NULL) {
    view_add(view, VIEW_PLAIN, -1, "  this row is gone");
    return;
  }
  const struct explanation *explanation = &entry->explanation;
  char setting[256] = "", counter[256];
  add_entry(view, history, entry, -1);
  if (explanation->setting != NULL)
    TEXT_FILL(setting, "%s is %s", explanation->setting,
              explanation->setting_value[0] != '\0' ? explanation->setting_value
                                                    : "not readable");
  TEXT_FILL(counter, "%s of %s: %s", meter_key(entry->meter),
            entry->layer->name,
            entry->meter->source != NULL ? entry->meter->source : "");
  add_fact(view, "What it means", entry->meter->help);
  add_fact(view, "The setting that decides", setting);
  add_fact(view, "What to do", explanation->advice);
  add_fact(view, "What was found", explanation->detail);
  add_fact(view, "The counter behind it", counter);
}

/* Where values go, passed to add_value(). */
struct value_context {
  struct view *view;
  size_t skipped, scroll;
};

static void add_value(void *data, const struct layer *layer,
                      const struct report_reading *reading) {
  struct value_context *context = data;
  char value[64];
  if (context->skipped < context->scroll) {
    context->skipped++;
    return;
  }
  if (!meter_is_counter(reading->meter))
    snprintf(value, sizeof(value), "%.6g", reading->gauge);
  else if (isnan(reading->rate))
    snprintf(value, sizeof(value), "%" PRIu64, reading->count);
  else
    snprintf(value, sizeof(value), "%" PRIu64 " %.4g/s", reading->count,
             reading->rate);
  view_add(context->view, VIEW_PLAIN, -1, "%-12s %-18s %-24s %s", layer->name,
           reading->name, reading->type_instance, value);
}

void live_view_make(struct view *view, const struct live_view *live,
                    const struct scene *scene, const struct history *history) {
  view_clear(view);
  view_add_title(view, &scene->ladder, scene->host, scene->kernel);
  if (live->mode == LIVE_DETAILS) {
    make_details(view, history, live->selected);
  } else if (live->mode == LIVE_VALUES) {
    struct value_context context = {.view = view, .scroll = live->scroll};
    sample_each(scene->sample, add_value, &context);
  } else {
    make_ladder(view, live, scene, history);
  }
  if (!live->has_keys)
    return;
  size_t room = live->height > 1 ? live->height - 1 : 1;
  if (view->count > room)
    view->count = room;
  while (view->count < room)
    view_add(view, VIEW_PLAIN, -1, " ");
  view_add(view, VIEW_TITLE, -1, "%s%s", live->is_paused ? "PAUSED  " : "",
           live->mode == LIVE_LADDER ? KEYS : "Enter or Esc: back  q quit");
}
