dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_WARNINGS
dnl
dnl Sets WARNING_CFLAGS. --enable-werror makes warnings errors; --enable-debug enables
dnl assertions.

AC_DEFUN([NETLOSS_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])],
    [], [enable_werror=no])
  WARNING_CFLAGS="-Wall -Wextra -Wshadow -Wconversion"
  AS_IF([test "x$enable_werror" = xyes],
    [AS_VAR_APPEND([WARNING_CFLAGS], [" -Werror"])])
  AC_ARG_ENABLE([debug],
    [AS_HELP_STRING([--enable-debug],
      [abort at programming errors (default: as --enable-werror)])],
    [], [enable_debug=$enable_werror])
  AS_IF([test "x$enable_debug" != xyes],
    [AS_VAR_APPEND([WARNING_CFLAGS], [" -DNDEBUG"])])
  AC_SUBST([WARNING_CFLAGS])
])
