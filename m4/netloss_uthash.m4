dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_UTHASH
dnl
dnl Needs the hash tables of uthash, which are one header.

AC_DEFUN([NETLOSS_UTHASH], [
  AC_CHECK_HEADER([uthash.h], [],
    [AC_MSG_ERROR([uthash.h is missing. On Debian and Ubuntu: apt-get install uthash-dev])])
])
