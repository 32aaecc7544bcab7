dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_FUZZERS
dnl
dnl --enable-fuzzers links the fuzz targets with clang's libFuzzer. Without it, their
dnl main() runs the inputs given as arguments. Sets FUZZER_CFLAGS for all code to be
dnl covered, FUZZER_LDFLAGS for the targets, and the automake conditional LIBFUZZER.

AC_DEFUN([NETLOSS_FUZZERS], [
  AC_ARG_ENABLE([fuzzers],
    [AS_HELP_STRING([--enable-fuzzers],
      [link the fuzz targets with libFuzzer (clang only)])],
    [], [enable_fuzzers=no])
  FUZZER_CFLAGS=
  FUZZER_LDFLAGS=
  AS_IF([test "x$enable_fuzzers" = xyes],
    [FUZZER_CFLAGS=-fsanitize=fuzzer-no-link
     FUZZER_LDFLAGS=-fsanitize=fuzzer
     NETLOSS_TRY_LINK([$FUZZER_LDFLAGS], [],
       [AC_MSG_ERROR([$CC has no libFuzzer. On Debian: apt-get install clang libclang-rt-dev, then ./configure CC=clang])],
       [AC_LANG_SOURCE([[
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return data == NULL && size > 0;
}
]])])])
  AC_SUBST([FUZZER_CFLAGS])
  AC_SUBST([FUZZER_LDFLAGS])
  AM_CONDITIONAL([LIBFUZZER], [test "x$enable_fuzzers" = xyes])
])
