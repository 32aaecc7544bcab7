dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_TRY_LINK(FLAGS, IF-IT-WORKS, ELSE, [PROGRAM])
dnl
dnl Compiles and links a program with FLAGS.

AC_DEFUN([NETLOSS_TRY_LINK], [
  AC_MSG_CHECKING([whether $CC links with $1])
  netloss_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $1"
  AC_LINK_IFELSE([m4_default([$4], [AC_LANG_PROGRAM])],
    [netloss_links=yes], [netloss_links=no])
  CFLAGS=$netloss_save_CFLAGS
  AC_MSG_RESULT([$netloss_links])
  AS_IF([test "$netloss_links" = yes], [$2], [$3])
])
