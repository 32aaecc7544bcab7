/* SPDX-License-Identifier: MIT */
/* What every unit test includes: cmocka, with the headers that it wants before
 * it, and a check which can say what row of a table it was. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Fails with a message in printf's manner unless condition holds. */
#define CHECK(condition, ...)                                                  \
  do {                                                                         \
    if (!(condition))                                                          \
      fail_msg(__VA_ARGS__);                                                   \
  } while (0)

#endif
