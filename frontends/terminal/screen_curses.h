/* SPDX-License-Identifier: MIT */
/* A full screen by ncurses, the only user of it. */
#ifndef SCREEN_CURSES_H
#define SCREEN_CURSES_H

#include "view.h"

enum screen_key {
  SCREEN_NONE, /* time has passed, or a signal came */
  SCREEN_QUIT,
  SCREEN_ALL,
  SCREEN_PAUSE,
  SCREEN_RESET,
  SCREEN_UP,
  SCREEN_DOWN,
  SCREEN_ENTER,
  SCREEN_ESCAPE,
  SCREEN_OTHER, /* the size changed, or an unknown key */
};

/* Takes the terminal over. Returns 0 or -ENOTTY. */
int screen_curses_open(void);

/* Gives it back as it was. */
void screen_curses_close(void);

void screen_curses_size(unsigned *ret_width, unsigned *ret_height);

/* Draws the lines; those of the selected row stand out. */
void screen_curses_draw(const struct view *view, int selected);

/* Waits for a key, at most so many seconds. */
enum screen_key screen_curses_key(double seconds);

#endif
