dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_SUMMARY
dnl
dnl Prints what was found and what will be built, at the end of configure.

AC_DEFUN([NETLOSS_SUMMARY], [
  AS_IF([test "x$have_CMOCKA" = xyes], [netloss_unit_tests=yes],
    [netloss_unit_tests="no (missing package: $netloss_package_CMOCKA)"])
  AS_IF([test "x$enable_fuzzers" = xyes], [netloss_fuzzing="libFuzzer"],
    [netloss_fuzzing="recorded inputs only"])
  AS_ECHO(["
$PACKAGE_STRING
  headers of collectd: $netloss_collectd
  plugin directory: $plugindir
  unit tests: $netloss_unit_tests
  fuzz targets: $netloss_fuzzing
  sanitizers: $enable_sanitizers
  hardening: $netloss_hardening
  command netloss: $netloss_command

Plugins:
$netloss_plugins"])
])
