dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_PLUGIN(NAME, SUMMARY, [LIBRARIES])
dnl
dnl Declares a plugin and --disable-NAME. LIBRARIES are the NETLOSS_LIBRARY names that
dnl it needs, separated by blanks. If one is missing, the plugin is left out; with
dnl --enable-NAME, configure fails instead. Sets, for make,
dnl   all_layers       the names of all plugins
dnl   built_layers     those to build
dnl   left_out_layers  the others

AC_DEFUN([NETLOSS_PLUGIN], [
  AC_REQUIRE([_NETLOSS_LAYERS])
  AC_ARG_ENABLE([$1],
    [AS_HELP_STRING([--disable-$1], [leave out $1: $2])],
    [], [enable_$1=auto])

  _NETLOSS_MISSING([$3])
  AS_CASE([$enable_$1:$netloss_missing],
    [no:*], [netloss_line="no (--disable-$1)"],
    [*:], [netloss_line=yes enable_$1=yes],
    [yes:*], [AC_MSG_ERROR([the plugin $1 needs more packages:$netloss_missing])],
    [netloss_line="no (missing packages:$netloss_missing)" enable_$1=no])
  AS_VAR_APPEND([netloss_plugins], ["  $1: $netloss_line
"])
  AS_IF([test "x$enable_$1" = xyes],
    [AS_VAR_APPEND([built_layers], [" $1"])],
    [AS_VAR_APPEND([left_out_layers], [" $1"])])
  AS_VAR_APPEND([all_layers], [" $1"])
])

AC_DEFUN([_NETLOSS_LAYERS], [
  netloss_plugins=
  AC_SUBST([all_layers], [])
  AC_SUBST([built_layers], [])
  AC_SUBST([left_out_layers], [])
])

dnl Lists in netloss_missing the packages of the NETLOSS_LIBRARY names that were not
dnl found.
AC_DEFUN([_NETLOSS_MISSING], [
  netloss_missing=
  for netloss_library in $1; do
    AS_VAR_COPY([netloss_have], [have_$netloss_library])
    AS_VAR_COPY([netloss_package], [netloss_package_$netloss_library])
    AS_IF([test "x$netloss_have" != xyes],
      [AS_VAR_APPEND([netloss_missing], [" $netloss_package"])])
  done
])
