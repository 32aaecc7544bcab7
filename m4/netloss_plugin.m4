dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_PLUGIN(NAME, SUMMARY, [LIBRARIES])
dnl
dnl Declares a plugin: --disable-NAME, and the automake conditional PLUGIN_NAME
dnl in capitals. LIBRARIES are those of NETLOSS_LIBRARY that it needs, separated
dnl by blanks: without one of them it is left out, or, if it was asked for by
dnl name, configure fails.

AC_DEFUN([NETLOSS_PLUGIN], [
  AC_ARG_ENABLE([$1],
    [AS_HELP_STRING([--disable-$1], [leave out $1: $2])],
    [], [enable_$1=auto])

  netloss_missing=
  for netloss_library in $3; do
    AS_VAR_COPY([netloss_have], [have_$netloss_library])
    AS_VAR_COPY([netloss_package], [netloss_package_$netloss_library])
    AS_IF([test "x$netloss_have" != xyes],
      [AS_VAR_APPEND([netloss_missing], [" $netloss_package"])])
  done

  AS_CASE([$enable_$1:$netloss_missing],
    [no:*], [netloss_line="no (--disable-$1)"],
    [*:], [netloss_line=yes enable_$1=yes],
    [yes:*], [AC_MSG_ERROR([the plugin $1 needs more packages:$netloss_missing])],
    [netloss_line="no (missing packages:$netloss_missing)" enable_$1=no])
  AS_VAR_APPEND([netloss_plugins], ["  $1: $netloss_line
"])
  AM_CONDITIONAL(m4_toupper([PLUGIN_$1]), [test "x$enable_$1" = xyes])
])
