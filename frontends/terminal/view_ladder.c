/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "alert_number.h"

/* Columns of a row: mark, place, object, rate. */
#define ROW_FORMAT "%c %-7s %-16s %8s  "
#define ROW_WIDTH 37
#define EXPLANATION_INDENT 10

void view_rate(struct text *text, double rate) {
  if (rate >= 99999.5)
    text_add(text, "%.0fk/s", rate / 1000);
  else if (rate >= 9.95)
    text_add(text, "%.0f/s", rate);
  else if (rate >= 0.095)
    text_add(text, "%.1f/s", rate);
  else if (!(rate > 0))
    text_add(text, "0/s");
  else
    text_add(text, "%.2f/s", rate);
}

void view_object(struct text *text, const struct ladder_row *row) {
  if (row->layer->noun[0] != '\0' && row->name[0] != '\0')
    text_add(text, "%s ", row->layer->noun);
  /* "RcvbufErrors" alone could be Udp's or Udp6's. */
  bool is_clear = strcmp(row->name, "TcpExt") == 0 ||
                  strcmp(row->name, "IpExt") == 0 || row->name[0] == '\0';
  if (row->rank == LADDER_OBJECT || !is_clear)
    text_add(text, "%s", row->name);
  if (row->rank != LADDER_OBJECT)
    text_add(text, "%s%s", is_clear ? "" : " ", row->meter->name);
}

void view_explanation(struct text *text, const struct ladder_row *row) {
  const struct explanation *explanation = &row->explanation;
  if (explanation->setting != NULL)
    text_add(text, "%s %s%s", explanation->setting,
             explanation->setting_value[0] != '\0' ? "is " : "cannot be read",
             explanation->setting_value);
  if (explanation->advice[0] != '\0')
    text_add(text, "%s%s", text->length > 0 ? ": " : "", explanation->advice);
  if (explanation->detail[0] != '\0')
    text_add(text, "%s%s", text->length > 0 ? "; " : "", explanation->detail);
}

/* How much: a rate, a total since boot, or the value of a gauge. */
static void add_amount(struct text *text, const struct ladder *ladder,
                       const struct ladder_row *row) {
  if (ladder->since_boot)
    text_add(text, "%" PRIu64, row->lost);
  else if (meter_is_counter(row->meter))
    view_rate(text, row->rate);
  else
    alert_number_add_value(text, row->meter, row->gauge, NAN);
}

/* What the object does: "dropped from its backlog". The meter's name, which
 * ends some of these texts, is left out. */
static void add_what(struct text *text, const struct meter *meter) {
  const char *verb = meter->verb != NULL ? meter->verb : "has";
  const char *place = meter->place != NULL ? meter->place : meter->name;
  const char *end = strstr(place, " (");
  int length = (int)(end != NULL ? (size_t)(end - place) : strlen(place));
  text_add(text, "%s %.*s", verb, length, place);
}

static void add_row(struct view *view, const struct ladder *ladder, int i) {
  const struct ladder_row *row = &ladder->rows[i];
  bool is_losing = row->state == LADDER_LOSING;
  enum view_style style = is_losing ? VIEW_LOSING : VIEW_STRAINED;
  char object[LABELS_NAME_SIZE], amount[32], what[256], why[512];
  struct text object_text = TEXT_IN(object), amount_text = TEXT_IN(amount),
              what_text = TEXT_IN(what), why_text = TEXT_IN(why);
  view_object(&object_text, row);
  add_amount(&amount_text, ladder, row);
  add_what(&what_text, row->meter);
  view_explanation(&why_text, row);
  view_add(view, style, i, ROW_FORMAT "%s", is_losing ? '!' : '~',
           ladder_place_name(row->place), object, amount, what);
  view_add_wrapped(view, VIEW_PLAIN, i, EXPLANATION_INDENT, 2, why);
}

/* A place that is not watched, and why: below it if that is long. */
static void add_unknown(struct view *view, enum ladder_place place,
                        const char *why) {
  bool fits = strlen(why) + ROW_WIDTH <= view->width;
  view_add(view, VIEW_UNKNOWN, -1, ROW_FORMAT "%s", '?',
           ladder_place_name(place), "", "unknown", fits ? why : "");
  if (!fits)
    view_add_wrapped(view, VIEW_UNKNOWN, -1, EXPLANATION_INDENT, 2, why);
}

static void add_rung(struct view *view, const struct ladder *ladder,
                     enum ladder_place place) {
  const struct ladder_rung *rung = &ladder->rungs[place];
  if (rung->state == LADDER_UNKNOWN) {
    add_unknown(view, place, rung->note);
    return;
  }
  view_add(view, VIEW_PLAIN, -1, ROW_FORMAT "%s", ' ', ladder_place_name(place),
           "", ladder->since_boot ? "none" : "ok",
           ladder->since_boot ? "" : rung->note);
}

/* How many rows fit above the places that are well. */
static size_t rows_that_fit(const struct view *view,
                            const struct ladder *ladder, size_t max_lines) {
  size_t used = view->count;
  for (int i = 0; i < LADDER_PLACES; i++)
    used += ladder->rungs[i].state <= LADDER_OKAY;
  size_t room = max_lines > used ? max_lines - used : 0;
  return room >= 3 ? room / 3 : 1;
}

static void add_rows(struct view *view, const struct ladder *ladder,
                     size_t max_rows) {
  size_t i = 0;
  for (; i < ladder->row_count && i < max_rows; i++)
    add_row(view, ladder, (int)i);
  if (i < ladder->row_count)
    view_add(view, VIEW_PLAIN, -1, "  ... and %zu more (--all)",
             ladder->row_count - i);
}

void view_add_ladder(struct view *view, const struct ladder *ladder,
                     size_t max_lines) {
  add_rows(view, ladder,
           max_lines > 0 ? rows_that_fit(view, ladder, max_lines)
                         : ladder->row_count);
  for (int i = 0; i < LADDER_PLACES; i++)
    if (ladder->rungs[i].state <= LADDER_OKAY)
      add_rung(view, ladder, (enum ladder_place)i);
}

void view_add_unwatched(struct view *view, size_t namespaces) {
  if (namespaces > 0)
    view_add(view, VIEW_UNKNOWN, -1,
             "? not watched: %zu network namespace%s (--containers)",
             namespaces, namespaces == 1 ? "" : "s");
}

static void add_verdict(struct text *text, const struct ladder *ladder) {
  size_t places = ladder_losing_places(ladder);
  if (places > 0)
    text_add(text, "%s: %zu place%s", ladder->since_boot ? "LOST" : "LOSING",
             places, places == 1 ? "" : "s");
  else if (ladder->since_boot)
    text_add(text, "nothing was lost");
  else if (!(ladder->elapsed > 0))
    text_add(text, "reading");
  else
    text_add(text, "nothing is being lost");
}

void view_add_title(struct view *view, const struct ladder *ladder,
                    const char *host, const char *kernel) {
  char left[160], right[64];
  struct text left_text = TEXT_IN(left), right_text = TEXT_IN(right);
  add_verdict(&right_text, ladder);
  text_add(&left_text, "netloss  %.32s  %s", host, kernel);
  if (ladder->since_boot)
    text_add(&left_text, "  history since boot");
  else
    text_add(&left_text, "  %.1f s", ladder->elapsed);
  int gap = (int)view->width - (int)left_text.length - (int)right_text.length;
  view_add(view, ladder->losing > 0 ? VIEW_LOSING : VIEW_TITLE, -1, "%s%*s%s",
           left, gap > 2 ? gap : 2, "", right);
}
