/* SPDX-License-Identifier: MIT */
/* The ladder as lines of text, for a pipe and for a screen. */
#ifndef VIEW_H
#define VIEW_H

#include "ladder.h"

enum view_style {
  VIEW_PLAIN,
  VIEW_TITLE,
  VIEW_LOSING,
  VIEW_STRAINED,
  VIEW_UNKNOWN,
  VIEW_STYLES,
};

#define VIEW_MAX_WIDTH 255
#define VIEW_MIN_WIDTH 40

struct view_line {
  enum view_style style;
  int row; /* of the ladder; -1: none */
  char text[VIEW_MAX_WIDTH + 1];
};

/* A view with a width and nothing else set is empty. */
struct view {
  unsigned width; /* columns of a line; wider ones are cut or continued */
  struct view_line *lines;
  size_t count, room;
};

/* Removes all lines. */
void view_clear(struct view *view);
void view_free(struct view *view);

/* Adds a line, cut to the width. */
void view_add(struct view *view, enum view_style style, int row,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds text of any length, broken at blanks, each line after indent blanks, at
 * most max_lines of them. */
void view_add_wrapped(struct view *view, enum view_style style, int row,
                      unsigned indent, unsigned max_lines, const char *text);

/* Adds the title: host, kernel, the time between the reads, the verdict. */
void view_add_title(struct view *view, const struct ladder *ladder,
                    const char *host, const char *kernel);

/* Adds the rows that lose or are strained, then one line for each other place,
 * at most max_lines in all; 0: without limit. */
void view_add_ladder(struct view *view, const struct ladder *ladder,
                     size_t max_lines);

/* Adds how many network namespaces are not watched, if any. */
void view_add_unwatched(struct view *view, size_t namespaces);

/* Writes a row's object: "cpu 3", "udp-8125", "Udp RcvbufErrors". */
void view_object(struct text *text, const struct ladder_row *row);

/* Writes setting, advice and detail of a row: "net.core.rmem_max is 212992:
 * raise it; python3[17]". */
void view_explanation(struct text *text, const struct ladder_row *row);

/* Writes a rate: "0.4/s", "411/s", "12k/s". */
void view_rate(struct text *text, double rate);

/* Prints the lines to standard output, coloured or not. */
void view_print(const struct view *view, bool has_colour);

/* Whether standard output is a terminal that should see colour. */
bool view_wants_colour(void);

#endif
