dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_HARDENING
dnl
dnl Looks for what makes a fault of memory harder to exploit: a stack protector,
dnl checked functions of the C library (_FORTIFY_SOURCE), and tables of addresses
dnl that are read-only before the first call (relro, now). Builds with sanitizers
dnl have none. Sets
dnl   HARDENING_CPPFLAGS  for the preprocessor
dnl   HARDENING_CFLAGS    for compiling and linking
dnl   HARDENING_LDFLAGS   for linking
dnl   netloss_hardening   what was found, for the summary

AC_DEFUN([NETLOSS_HARDENING], [
  AC_REQUIRE([NETLOSS_SANITIZERS])
  AC_ARG_ENABLE([hardening],
    [AS_HELP_STRING([--disable-hardening],
      [build without stack protector, _FORTIFY_SOURCE, relro and now])],
    [], [enable_hardening=yes])
  HARDENING_CPPFLAGS=
  HARDENING_CFLAGS=
  HARDENING_LDFLAGS=
  netloss_hardening=
  AS_IF([test "x$enable_sanitizers" != xno],
    [netloss_hardening='no (sanitizers)'],
    [test "x$enable_hardening" = xno],
    [netloss_hardening='no (--disable-hardening)'],
    [_NETLOSS_HARDEN([stack protector], [CFLAGS], [-fstack-protector-strong])
     _NETLOSS_FORTIFY
     _NETLOSS_HARDEN([relro], [LDFLAGS], [-Wl,-z,relro])
     _NETLOSS_HARDEN([now], [LDFLAGS], [-Wl,-z,now])
     netloss_hardening=${netloss_hardening#, }
     test -n "$netloss_hardening" || netloss_hardening='no (not supported)'])
  AC_SUBST([HARDENING_CPPFLAGS])
  AC_SUBST([HARDENING_CFLAGS])
  AC_SUBST([HARDENING_LDFLAGS])
])

dnl _NETLOSS_HARDEN(NAME, VARIABLE, FLAG, [PROGRAM])
dnl
dnl Adds FLAG to HARDENING_VARIABLE and NAME to the summary if it works without a
dnl warning.
AC_DEFUN([_NETLOSS_HARDEN], [
  NETLOSS_TRY_LINK([-Werror $3],
    [AS_VAR_APPEND([HARDENING_$2], [" $3"])
     AS_VAR_APPEND([netloss_hardening], [", $1"])],
    [], [$4])
])

dnl The C library checks only what is optimized. A compiler or CPPFLAGS can have
dnl chosen a level already.
AC_DEFUN([_NETLOSS_FORTIFY], [
  m4_pushdef([netloss_fortified], [AC_LANG_PROGRAM([[
#include <string.h>
#if !defined __USE_FORTIFY_LEVEL || __USE_FORTIFY_LEVEL == 0
#error "nothing is checked"
#endif
]])])
  AC_MSG_CHECKING([whether $CC chooses a level of _FORTIFY_SOURCE])
  AC_COMPILE_IFELSE([netloss_fortified], [netloss_is_fortified=yes],
    [netloss_is_fortified=no])
  AC_MSG_RESULT([$netloss_is_fortified])
  AS_IF([test "$netloss_is_fortified" = yes],
    [AS_VAR_APPEND([netloss_hardening], [", _FORTIFY_SOURCE"])],
    [for netloss_level in 3 2; do
       AS_CASE([$HARDENING_CPPFLAGS], [''],
         [_NETLOSS_HARDEN([_FORTIFY_SOURCE=$netloss_level], [CPPFLAGS],
           [-D_FORTIFY_SOURCE=$netloss_level], [netloss_fortified])])
     done])
  m4_popdef([netloss_fortified])
])
