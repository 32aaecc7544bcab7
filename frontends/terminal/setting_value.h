/* SPDX-License-Identifier: MIT */
/* The value of an option as a user writes it on one line. */
#ifndef SETTING_VALUE_H
#define SETTING_VALUE_H

#include <stdbool.h>

#include "config_node.h"

/* Parses a text that is a finite number and nothing else. */
bool setting_value_number(const char *text, double *ret);

/* true, false and numbers are such; anything else, and what stands in double
 * quotes, is a string. The value points into text, whose last quote is
 * removed. */
struct config_value setting_value_parse(char *text);

#endif
