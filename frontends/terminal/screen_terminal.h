/* SPDX-License-Identifier: MIT */
/* What the terminal can do. */
#ifndef SCREEN_TERMINAL_H
#define SCREEN_TERMINAL_H

#include <stdbool.h>

/* Whether standard input and output are a terminal that can place its cursor.
 */
bool screen_terminal_is_full(void);

#endif
