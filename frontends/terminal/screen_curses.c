/* SPDX-License-Identifier: MIT */
#include "screen_curses.h"

#include <curses.h>
#include <errno.h>

#define ESCAPE 27

static void set_colours(void) {
  static const short colours[VIEW_STYLES] = {[VIEW_LOSING] = COLOR_RED,
                                             [VIEW_STRAINED] = COLOR_YELLOW,
                                             [VIEW_UNKNOWN] = COLOR_CYAN};
  if (!view_wants_colour() || !has_colors() || start_color() != OK)
    return;
  use_default_colors();
  for (short i = 0; i < VIEW_STYLES; i++)
    if (colours[i] != COLOR_BLACK)
      init_pair((short)(i + 1), colours[i], -1);
}

int screen_curses_open(void) {
  if (newterm(NULL, stdout, stdin) == NULL)
    return -ENOTTY;
  set_escdelay(25);
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  curs_set(0);
  set_colours();
  return 0;
}

void screen_curses_close(void) {
  curs_set(1);
  endwin();
}

void screen_curses_size(unsigned *ret_width, unsigned *ret_height) {
  int width, height;
  getmaxyx(stdscr, height, width);
  *ret_width = width > 0 ? (unsigned)width : 1;
  *ret_height = height > 0 ? (unsigned)height : 1;
}

static attr_t attributes_of(const struct view_line *line, int selected) {
  attr_t attributes = A_NORMAL;
  if (line->style == VIEW_TITLE || line->style == VIEW_LOSING)
    attributes |= A_BOLD;
  if (line->row >= 0 && line->row == selected)
    attributes |= A_REVERSE;
  return attributes;
}

void screen_curses_draw(const struct view *view, int selected) {
  int width, height;
  getmaxyx(stdscr, height, width);
  erase();
  for (size_t i = 0; i < view->count && i < (size_t)height; i++) {
    const struct view_line *line = &view->lines[i];
    bool has_colour = line->style >= VIEW_LOSING && has_colors();
    attr_set(attributes_of(line, selected),
             (short)(has_colour ? line->style + 1 : 0), NULL);
    mvaddnstr((int)i, 0, line->text, width);
  }
  attr_set(A_NORMAL, 0, NULL);
  refresh();
}

enum screen_key screen_curses_key(double seconds) {
  timeout(seconds > 0 ? (int)(seconds * 1000) + 1 : 0);
  switch (getch()) {
  case ERR:
    return SCREEN_NONE;
  case 'q':
    return SCREEN_QUIT;
  case 'a':
    return SCREEN_ALL;
  case 'p':
    return SCREEN_PAUSE;
  case 'r':
    return SCREEN_RESET;
  case KEY_UP:
    return SCREEN_UP;
  case KEY_DOWN:
    return SCREEN_DOWN;
  case KEY_ENTER:
  case '\n':
  case '\r':
    return SCREEN_ENTER;
  case ESCAPE:
    return SCREEN_ESCAPE;
  default:
    return SCREEN_OTHER;
  }
}
