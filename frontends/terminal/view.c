/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"

void view_clear(struct view *view) { view->count = 0; }

void view_free(struct view *view) {
  free(view->lines);
  *view = (struct view){.width = view->width};
}

static unsigned width_of(const struct view *view) {
  if (view->width < VIEW_MIN_WIDTH)
    return VIEW_MIN_WIDTH;
  return view->width < VIEW_MAX_WIDTH ? view->width : VIEW_MAX_WIDTH;
}

/* Begins a line; NULL when out of memory. */
static struct view_line *new_line(struct view *view, enum view_style style,
                                  int row) {
  struct view_line *lines =
      array_room(view->lines, &view->room, view->count, sizeof(*lines));
  if (lines == NULL)
    return NULL;
  view->lines = lines;
  struct view_line *line = &lines[view->count++];
  *line = (struct view_line){.style = style, .row = row};
  return line;
}

void view_add(struct view *view, enum view_style style, int row,
              const char *format, ...) {
  struct view_line *line = new_line(view, style, row);
  if (line == NULL)
    return;
  struct text text = text_in(line->text, width_of(view) + 1);
  va_list arguments;
  va_start(arguments, format);
  text_vadd(&text, format, arguments);
  va_end(arguments);
}

/* The bytes of text that fit into room, up to a blank if there is one. */
static size_t fitting(const char *text, size_t room) {
  size_t length = strlen(text);
  if (length <= room)
    return length;
  for (size_t end = room; end > 0; end--)
    if (text[end] == ' ')
      return end;
  return room;
}

void view_add_wrapped(struct view *view, enum view_style style, int row,
                      unsigned indent, unsigned max_lines, const char *text) {
  size_t room = width_of(view) - indent;
  for (unsigned i = 1; *text != '\0'; i++) {
    if (i == max_lines) {
      view_add(view, style, row, "%*s%s", (int)indent, "", text);
      return;
    }
    size_t length = fitting(text, room);
    view_add(view, style, row, "%*s%.*s", (int)indent, "", (int)length, text);
    text += length;
    text += strspn(text, " ");
  }
}

void view_print(const struct view *view, bool has_colour) {
  static const char *const colours[VIEW_STYLES] = {
      [VIEW_TITLE] = "\033[1m",
      [VIEW_LOSING] = "\033[1;31m",
      [VIEW_STRAINED] = "\033[33m",
      [VIEW_UNKNOWN] = "\033[36m",
  };
  for (size_t i = 0; i < view->count; i++) {
    const char *colour = colours[view->lines[i].style];
    if (has_colour && colour != NULL)
      printf("%s%s\033[0m\n", colour, view->lines[i].text);
    else
      printf("%s\n", view->lines[i].text);
  }
}

bool view_wants_colour(void) {
  const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') &&
         terminal != NULL && strcmp(terminal, "dumb") != 0;
}
