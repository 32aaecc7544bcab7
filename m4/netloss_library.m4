dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_LIBRARY(NAME, MODULE, PACKAGE)
dnl
dnl Looks for an optional library, by its name in pkg-config. Sets NAME_CFLAGS,
dnl NAME_LIBS and have_NAME. PACKAGE is its Debian package.

AC_DEFUN([NETLOSS_LIBRARY], [
  m4_ifndef([PKG_CHECK_MODULES],
    [m4_fatal([pkg.m4 is missing: install pkg-config])])
  PKG_CHECK_MODULES([$1], [$2], [have_$1=yes], [have_$1=no])
  netloss_package_$1='$3'
])
