dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_COMMAND(LIBRARIES)
dnl
dnl Declares the command netloss and --disable-command, as NETLOSS_PLUGIN does for a
dnl plugin. Sets the automake conditional COMMAND.

AC_DEFUN([NETLOSS_COMMAND], [
  AC_ARG_ENABLE([command],
    [AS_HELP_STRING([--disable-command], [leave out the command netloss])],
    [], [enable_command=auto])
  _NETLOSS_MISSING([$1])
  AS_CASE([$enable_command:$netloss_missing],
    [no:*], [netloss_command="no (--disable-command)"],
    [*:], [netloss_command=yes enable_command=yes],
    [yes:*], [AC_MSG_ERROR([the command netloss needs more packages:$netloss_missing])],
    [netloss_command="no (missing packages:$netloss_missing)" enable_command=no])
  AC_SUBST([enable_command])
  AM_CONDITIONAL([COMMAND], [test "x$enable_command" = xyes])
])
