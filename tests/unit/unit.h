/* SPDX-License-Identifier: MIT */
/* cmocka with the headers it requires, and a check with a message. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Fails with a formatted message unless condition holds. */
#define CHECK(condition, ...)                                                  \
  do {                                                                         \
    if (!(condition))                                                          \
      fail_msg(__VA_ARGS__);                                                   \
  } while (0)

#endif
