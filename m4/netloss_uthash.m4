dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_UTHASH
dnl
dnl Requires uthash, hash tables in one header.

AC_DEFUN([NETLOSS_UTHASH], [
  AC_CHECK_HEADER([uthash.h], [],
    [AC_MSG_ERROR([uthash.h is missing. On Debian and Ubuntu: apt-get install uthash-dev])])
])
