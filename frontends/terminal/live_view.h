/* SPDX-License-Identifier: MIT */
/* The screen of "netloss live" as lines of text. */
#ifndef LIVE_VIEW_H
#define LIVE_VIEW_H

#include "history.h"
#include "scene.h"
#include "view.h"

enum live_mode {
  LIVE_LADDER,
  LIVE_DETAILS, /* of the selected row */
  LIVE_VALUES,  /* all of them */
};

struct live_view {
  enum live_mode mode;
  bool is_paused;
  int selected;  /* row; -1: none */
  size_t scroll; /* lines that the values are scrolled by */
  unsigned height;
  bool has_keys; /* fills the screen, and lists the keys on its last line */
};

/* Fills the view with a whole screen, at most height lines. Each row of the
 * history is view_line.row 0, 1, ... in its order. */
void live_view_make(struct view *view, const struct live_view *live,
                    const struct scene *scene, const struct history *history);

#endif
