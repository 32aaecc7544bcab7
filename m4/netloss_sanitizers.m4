dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_SANITIZERS
dnl
dnl --enable-sanitizers=LIST takes the compiler's names: address,undefined or thread.
dnl A finding ends the program. Sets SANITIZER_FLAGS, for compiling and linking.

AC_DEFUN([NETLOSS_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers=LIST],
      [build with sanitizers: address,undefined or thread])],
    [], [enable_sanitizers=no])
  SANITIZER_FLAGS=
  AS_CASE([$enable_sanitizers],
    [no], [],
    [yes], [AC_MSG_ERROR([name the sanitizers: --enable-sanitizers=address,undefined])],
    [SANITIZER_FLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
     NETLOSS_TRY_LINK([$SANITIZER_FLAGS], [],
       [AC_MSG_ERROR([$CC cannot link with $SANITIZER_FLAGS. With clang on Debian: apt-get install libclang-rt-dev])])])
  AC_SUBST([SANITIZER_FLAGS])
])
