dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_LIBRARY(NAME, MODULE, PACKAGE)
dnl
dnl Looks for a library that not everything needs, by the name that pkg-config
dnl knows it by. Sets NAME_CFLAGS, NAME_LIBS and have_NAME. PACKAGE is Debian's.

AC_DEFUN([NETLOSS_LIBRARY], [
  m4_ifndef([PKG_CHECK_MODULES],
    [m4_fatal([pkg.m4 is missing: install pkg-config])])
  PKG_CHECK_MODULES([$1], [$2], [have_$1=yes], [have_$1=no])
  netloss_package_$1='$3'
])
