/* SPDX-License-Identifier: MIT */
/* cmocka with the headers it requires, and a check with a message. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Fails with a formatted message unless condition holds. */
#define CHECK(condition, ...)                                                  \
  do {                                                                         \
    if (!(condition))                                                          \
      fail_msg(__VA_ARGS__);                                                   \
  } while (0)

/* Skips a test of the running kernel if an emulator runs the program: it passes
 * on only some of the kernel's interfaces. */
#define NEED_THE_KERNEL()                                                      \
  do {                                                                         \
    const char *emulator = getenv("TAP_EMULATOR");                             \
    if (emulator != NULL && emulator[0] != '\0')                               \
      skip();                                                                  \
  } while (0)

#endif
