dnl SPDX-License-Identifier: MIT
dnl
dnl NETLOSS_COLLECTD
dnl
dnl Finds collectd's headers and its plugin directory. Sets
dnl   COLLECTD_CPPFLAGS  for the one file that includes collectd's headers
dnl   plugindir          the directory where collectd looks for plugins
dnl   netloss_collectd   the directory of the headers, for the summary

AC_DEFUN([NETLOSS_COLLECTD], [
  AC_ARG_WITH([collectd-include],
    [AS_HELP_STRING([--with-collectd-include=DIR],
      [the directory with collectd/core/daemon/plugin.h @<:@/usr/include@:>@])],
    [], [with_collectd_include=/usr/include])
  AC_ARG_WITH([collectd-src],
    [AS_HELP_STRING([--with-collectd-src=DIR],
      [take collectd's headers from its configured source tree])],
    [], [with_collectd_src=no])
  AC_ARG_WITH([plugindir],
    [AS_HELP_STRING([--with-plugindir=DIR],
      [where collectd looks for plugins @<:@as printed by "collectd -h", else LIBDIR/collectd@:>@])],
    [], [with_plugindir=no])

  _NETLOSS_COLLECTD_HEADERS
  _NETLOSS_COLLECTD_PROBE
  _NETLOSS_COLLECTD_PLUGINDIR
  AC_SUBST([COLLECTD_CPPFLAGS])
  AC_SUBST([plugindir])
])

dnl Finds the directories of headers. -isystem keeps the compiler from warning about
dnl collectd's own code.
AC_DEFUN([_NETLOSS_COLLECTD_HEADERS], [
  AC_MSG_CHECKING([for the headers of collectd])
  AS_IF([test "x$with_collectd_src" != xno],
    [netloss_collectd=$with_collectd_src
     netloss_plugin_h=$netloss_collectd/src/daemon/plugin.h
     COLLECTD_CPPFLAGS="-isystem $netloss_collectd/src -isystem $netloss_collectd/src/daemon"
     AS_IF([test ! -f "$netloss_plugin_h"],
       [AC_MSG_RESULT([no])
        AC_MSG_ERROR([there is no source tree of collectd in $netloss_collectd: $netloss_plugin_h is missing])])
     AS_IF([test ! -f "$netloss_collectd/src/config.h"],
       [AC_MSG_RESULT([no])
        AC_MSG_ERROR([the source tree of collectd in $netloss_collectd is not configured: run its ./configure first, with the options that the collectd in use was built with])])],
    [netloss_collectd=$with_collectd_include/collectd
     netloss_plugin_h=$netloss_collectd/core/daemon/plugin.h
     COLLECTD_CPPFLAGS="-isystem $netloss_collectd -isystem $netloss_collectd/core -isystem $netloss_collectd/core/daemon"
     AS_IF([test "x$with_collectd_include" != x/usr/include],
       [COLLECTD_CPPFLAGS="$COLLECTD_CPPFLAGS -isystem $with_collectd_include"])
     AS_IF([test ! -f "$netloss_plugin_h"],
       [AC_MSG_RESULT([no])
        AC_MSG_ERROR([collectd's headers are missing ($netloss_plugin_h).
  On Debian and Ubuntu: apt-get install collectd-dev
  Elsewhere, unpack and configure the source of the collectd in use, and give
  its directory: --with-collectd-src=DIR])])])
  COLLECTD_CPPFLAGS="-DHAVE_CONFIG_H $COLLECTD_CPPFLAGS"
  AC_MSG_RESULT([$netloss_collectd])
])

dnl Compiles the calls that the collectd frontend makes, with its flags.
AC_DEFUN([_NETLOSS_COLLECTD_PROBE], [
  AC_MSG_CHECKING([whether they are those of collectd 5])
  netloss_save_CPPFLAGS=$CPPFLAGS
  CPPFLAGS="$COLLECTD_CPPFLAGS $CPPFLAGS"
  AC_LANG_CONFTEST([AC_LANG_DEFINES_PROVIDED
#include "collectd.h"
#include "plugin.h"

static int read_once(user_data_t *data) {
  value_list_t list = VALUE_LIST_INIT;
  value_t value = {.derive = 1};
  list.values = &value;
  list.values_len = 1;
  (void)data;
  return plugin_dispatch_values(&list);
}

static int notify(const char *message) {
  notification_t event;
  notification_init(&event, NOTIF_WARNING, message, hostname_g, "p", "", "t",
                    "");
  event.time = cdtime();
  plugin_notification_meta_add_double(&event, "CurrentValue", 1.0);
  return plugin_dispatch_notification(&event);
}

static int configure(oconfig_item_t *item) { return notify(item->key); }

void module_register(void) {
  user_data_t data = {.data = NULL, .free_func = NULL};
  plugin_register_complex_config("p", configure);
  plugin_register_complex_read(NULL, "p", read_once, 0, &data);
}
])
  AC_COMPILE_IFELSE([], [netloss_is_5=yes], [netloss_is_5=no])
  CPPFLAGS=$netloss_save_CPPFLAGS

  AS_IF([$GREP plugin_dispatch_metric_family "$netloss_plugin_h" >/dev/null],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([$netloss_collectd belongs to collectd 6, which has metric families instead of value lists. netloss is for collectd 5.12])])
  AS_IF([test "$netloss_is_5" = no],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([a plugin cannot be compiled with collectd's headers in $netloss_collectd. netloss needs those of collectd 5.12; config.log has the compiler's messages])])
  AC_MSG_RESULT([yes])
])

AC_DEFUN([_NETLOSS_COLLECTD_PLUGINDIR], [
  AC_PATH_PROG([COLLECTD], [collectd], [], [$PATH:/usr/sbin:/usr/local/sbin])
  AC_MSG_CHECKING([for collectd's plugin directory])
  plugindir=$with_plugindir
  AS_IF([test "x$plugindir" = xno && test -n "$COLLECTD"],
    [plugindir=`"$COLLECTD" -h 2>/dev/null |
       sed -n 's/^ *Plugin directory *//p'`],
    [test "x$plugindir" = xno], [plugindir=])
  AS_IF([test -z "$plugindir"], [plugindir='${libdir}/collectd'])
  AC_MSG_RESULT([$plugindir])
])
