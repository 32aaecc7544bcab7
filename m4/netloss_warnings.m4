dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_WARNINGS
dnl
dnl Sets WARNING_CFLAGS; --enable-werror makes each warning an error.

AC_DEFUN([NETLOSS_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])],
    [], [enable_werror=no])
  WARNING_CFLAGS="-Wall -Wextra -Wshadow -Wconversion"
  AS_IF([test "x$enable_werror" = xyes],
    [AS_VAR_APPEND([WARNING_CFLAGS], [" -Werror"])])
  AC_SUBST([WARNING_CFLAGS])
])
