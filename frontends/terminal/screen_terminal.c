/* SPDX-License-Identifier: MIT */
#include "screen_terminal.h"

#include <curses.h>
#include <term.h>
#include <unistd.h>

bool screen_terminal_is_full(void) {
  int error = 0;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
      setupterm(NULL, STDOUT_FILENO, &error) != OK)
    return false;
  return cursor_address != NULL && clear_screen != NULL;
}
