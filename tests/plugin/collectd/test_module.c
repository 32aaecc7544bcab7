/* SPDX-License-Identifier: MIT */
/* The built softnet.so, opened as collectd opens it. */
#include "fake_collectd.h"

#include "unit.h"

#include <dlfcn.h>
#include <libgen.h>

#include "allocations.h"
#include "clock.h"
#include "fixture.h"
#include "recording_frontend.h"
#include "temp_tree.h"

/* Finds the module that was built: beside or above this program, which libtool
 * may put one folder deeper. */
static void module_path(char *ret, size_t size) {
  static const char *const below[] = {"../../.libs", "../../../.libs", "."};
  char self[4096];
  ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
  if (length < 0)
    temp_tree_die("/proc/self/exe");
  self[length] = '\0';
  const char *directory = dirname(self);
  for (size_t i = 0; i < COUNT_OF(below); ++i) {
    int written = snprintf(ret, size, "%s/%s/softnet.so", directory, below[i]);
    if (written > 0 && (size_t)written < size && access(ret, R_OK) == 0)
      return;
  }
  temp_tree_die("softnet.so");
}

/* A daemon that has loaded the module, and a tree for it to read. */
struct stage {
  struct temp_tree tree;
  void *module;
};

static const char table_before[] =
    "000003e8 00000001 00000000 0 0 0 0 0 0 00000000 00000000 00000003 "
    "00000000 00000002 00000001\n"
    "000007d0 000003e8 00000000 0 0 0 0 0 0 00000000 00000000 00000000 "
    "00000001 00000000 00000000\n";
static const char table_after[] =
    "000003e8 00000001 00000000 0 0 0 0 0 0 00000000 00000000 00000003 "
    "00000000 00000002 00000001\n"
    "000007d0 00002710 00000000 0 0 0 0 0 0 00000000 00000000 00000000 "
    "00000001 00000000 00000000\n";

static void lay(const struct stage *stage, const char *table) {
  temp_tree_write(&stage->tree, "proc/net/softnet_stat", table);
}

static int stage_make(void **state) {
  struct stage *stage = calloc(1, sizeof(*stage));
  if (stage == NULL)
    return -1;
  *state = stage;
  temp_tree_make(&stage->tree);
  temp_tree_write(&stage->tree, "proc/sys/net/core/netdev_max_backlog",
                  "1000\n");
  lay(stage, table_before);

  char path[4200];
  module_path(path, sizeof(path));
  fake_daemon_begin();
  stage->module = dlopen(path, RTLD_NOW);
  if (stage->module == NULL) {
    print_error("%s\n", dlerror());
    return -1;
  }
  void (*module_register)(void);
  *(void **)&module_register = dlsym(stage->module, "module_register");
  if (module_register == NULL)
    return -1;
  module_register();
  return 0;
}

static int stage_remove(void **state) {
  struct stage *stage = *state;
  fake_daemon_end();
  dlclose(stage->module);
  temp_tree_remove(&stage->tree);
  free(stage);
  return 0;
}

static void configure_tree(const struct stage *stage) {
  assert_int_equal(
      fake_daemon_configure(PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                                   LINE("SysRoot", STRING(stage->tree.sys)))),
      0);
}

/* Runs the daemon up to its first read. */
static void start(const struct stage *stage) {
  configure_tree(stage);
  CHECK(fake_daemon.init() == 0 && fake_daemon.line_count == 0, "%s",
        fake_daemon.line_count > 0 ? fake_daemon.lines[0].text : "init");
}

/* Reads once; only this read is recorded afterwards. */
static int read_once(void) {
  fake_daemon_forget();
  int r = fake_daemon.read(&fake_daemon.read_data);
  fake_daemon_settle();
  return r;
}

static void registers_three_callbacks_and_no_read(void **state) {
  (void)state;
  assert_string_equal(fake_daemon.config_name, "softnet");
  assert_string_equal(fake_daemon.init_name, "softnet");
  assert_string_equal(fake_daemon.shutdown_name, "softnet");
  assert_non_null(fake_daemon.config);
  assert_non_null(fake_daemon.init);
  assert_non_null(fake_daemon.shutdown);
  assert_int_equal(fake_daemon.registrations, 0);
  assert_int_equal(fake_daemon.line_count, 0);
}

static void init_registers_the_read_under_the_same_name(void **state) {
  start(*state);
  assert_int_equal(fake_daemon.registrations, 1);
  assert_string_equal(fake_daemon.read_name, "softnet");
  assert_int_equal(fake_daemon.read_interval, 0);
  assert_false(fake_daemon.read_has_group);
  assert_non_null(fake_daemon.read);
  assert_non_null(fake_daemon.read_data.data);
  assert_non_null(fake_daemon.read_data.free_func);
}

static void without_a_block_the_defaults_are_read(void **state) {
  (void)state;
  if (access("/proc/net/softnet_stat", R_OK) != 0)
    skip();
  assert_int_equal(fake_daemon.init(), 0);
  assert_int_equal(read_once(), 0);
  assert_non_null(fake_daemon_value("", "packets", "processed"));
}

static void any_fault_keeps_the_plugin_idle_and_the_daemon_alive(void **state) {
  (void)state;
  const struct config_node faults[] = {
      LINE("ReportByCpu", NUMBER(3)),
      LINE("ReportByCpu"),
      LINE("ReportByCpu", BOOLEAN(true), BOOLEAN(true)),
      LINE("Cpu", STRING("x")),
      LINE("Cpu", BOOLEAN(true)),
      LINE("IgnoreSelected", STRING("often")),
      LINE("ProcRoot", NUMBER(1)),
      LINE("ProcRoot", STRING("/nonexistent/proc")),
      LINE("Notifications", STRING("")),
      LINE("Threshold"),
      THRESHOLD("missing", LINE("Hits", NUMBER(1))),
      THRESHOLD("dropped", LINE("Hits", NUMBER(-1))),
      THRESHOLD("dropped", LINE("WarningMax", STRING("x"))),
      THRESHOLD("dropped", LINE("WarningMax", NUMBER(101))),
      THRESHOLD("dropped", LINE("Instance", STRING("/[/"))),
  };
  for (size_t i = 0; i < COUNT_OF(faults); ++i) {
    void *stage;
    assert_int_equal(stage_make(&stage), 0);
    CHECK(fake_daemon_configure(PLUGIN(faults[i])) == 0, "fault %zu", i);
    CHECK(fake_daemon.init() != 0, "fault %zu", i);
    CHECK(fake_daemon_lines(LOG_ERR, "") >= 1, "fault %zu", i);
    CHECK(fake_daemon.registrations == 0, "fault %zu", i);
    for (size_t j = 0; j < fake_daemon.line_count; ++j) {
      CHECK(strstr(fake_daemon.lines[j].text, "softnet") != NULL, "%s",
            fake_daemon.lines[j].text);
      CHECK(strchr(fake_daemon.lines[j].text, '\n') == NULL, "%s",
            fake_daemon.lines[j].text);
    }
    stage_remove(&stage);
  }
}

static void an_unknown_option_is_a_warning(void **state) {
  configure_tree(*state);
  assert_int_equal(fake_daemon_configure(PLUGIN(LINE("Interval", NUMBER(1)))),
                   0);
  assert_int_equal(fake_daemon_lines(LOG_WARNING, "\"Interval\""), 1);
  assert_int_equal(fake_daemon.line_count, 1);
  assert_int_equal(fake_daemon.init(), 0);
  assert_int_equal(fake_daemon.registrations, 1);
}

static void blocks_add_up(void **state) {
  configure_tree(*state);
  assert_int_equal(
      fake_daemon_configure(PLUGIN(LINE("ReportByCpu", STRING("yes")))), 0);
  static const struct config_node empty = {.key = "Plugin"};
  assert_int_equal(fake_daemon_configure(&empty), 0);
  assert_int_equal(fake_daemon.init(), 0);
  assert_int_equal(read_once(), 0);
  assert_non_null(fake_daemon_value("1", "packets", "dropped"));
}

static void values_are_dispatched(void **state) {
  start(*state);
  assert_int_equal(read_once(), 0);
  static const struct {
    const char *type, *type_instance;
    bool is_derive;
    int64_t number;
  } rows[] = {
      {"packets", "processed", true, 3000},
      {"packets", "dropped", true, 1001},
      {"packets", "flow_limited", true, 0},
      {"total_events", "time_squeeze", true, 0},
      {"total_events", "received_rps", true, 0},
      {"queue_length", "backlog", false, 3},
      {"queue_length", "input", false, 2},
      {"queue_length", "process", false, 1},
      {"gauge", "netdev_max_backlog", false, 1000},
      {"gauge", "alert", false, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    const struct fake_value *value =
        fake_daemon_value("", rows[i].type, rows[i].type_instance);
    CHECK(value != NULL, "no %s-%s", rows[i].type, rows[i].type_instance);
    if (rows[i].is_derive)
      assert_int_equal(value->value.derive, rows[i].number);
    else
      assert_true(value->value.gauge == (double)rows[i].number);
  }
  assert_int_equal(fake_daemon.value_count, COUNT_OF(rows));
}

static void all_values_of_a_read_have_one_time_and_no_host(void **state) {
  start(*state);
  cdtime_t before = 0;
  for (int read = 0; read < 3; ++read) {
    assert_int_equal(read_once(), 0);
    assert_true(fake_daemon.value_count > 1);
    cdtime_t time = fake_daemon.values[0].list.time;
    assert_true(time > before);
    for (size_t i = 0; i < fake_daemon.value_count; ++i) {
      const struct fake_value *value = &fake_daemon.values[i];
      assert_true(value->list.time == time);
      assert_true(value->list.interval == 0);
      assert_string_equal(value->list.host, "");
      assert_string_equal(value->list.plugin, "softnet");
      assert_int_equal(value->count, 1);
      assert_null(value->list.meta);
    }
    before = time;
  }
}

/* Makes CPU 1 drop 9000 packets. */
static void raise_alert(struct stage *stage) {
  start(stage);
  assert_int_equal(read_once(), 0);
  assert_int_equal(fake_daemon.notification_count, 0);
  lay(stage, table_after);
  assert_int_equal(read_once(), 0);
}

static void assert_meta_string(const struct fake_notification *notification,
                               const char *name, const char *text) {
  const notification_meta_t *meta = fake_notification_meta(notification, name);
  CHECK(meta != NULL && meta->type == NM_TYPE_STRING, "%s", name);
  assert_string_equal(notification->strings[meta - notification->meta], text);
}

static double meta_double(const struct fake_notification *notification,
                          const char *name) {
  const notification_meta_t *meta = fake_notification_meta(notification, name);
  CHECK(meta != NULL && meta->type == NM_TYPE_DOUBLE, "%s", name);
  return meta->nm_value.nm_double;
}

static void a_notification_has_the_names_of_its_value(void **state) {
  raise_alert(*state);
  assert_int_equal(fake_daemon.notification_count, 1);
  const notification_t *notification =
      &fake_daemon.notifications[0].notification;
  assert_int_equal(notification->severity, NOTIF_FAILURE);
  assert_string_equal(notification->host, "fake.example.com");
  assert_string_equal(notification->plugin, "softnet");
  assert_string_equal(notification->plugin_instance, "1");
  assert_string_equal(notification->type, "packets");
  assert_string_equal(notification->type_instance, "dropped");
  assert_true(notification->time == fake_daemon.values[0].list.time);
  assert_int_equal(strncmp(notification->message, "cpu 1 dropped ", 14), 0);
  assert_non_null(
      strstr(notification->message, "net.core.netdev_max_backlog is 1000"));
}

static void a_notification_carries_metadata(void **state) {
  raise_alert(*state);
  const struct fake_notification *notification = &fake_daemon.notifications[0];
  assert_meta_string(notification, "DataSource", "value");
  assert_true(meta_double(notification, "CurrentValue") > 100);
  assert_true(meta_double(notification, "WarningMax") == 1);
  assert_true(meta_double(notification, "FailureMax") == 100);
  assert_null(fake_notification_meta(notification, "WarningMin"));
  assert_null(fake_notification_meta(notification, "FailureMin"));
  assert_meta_string(notification, "Setting", "net.core.netdev_max_backlog");
  assert_meta_string(notification, "SettingValue", "1000");
  const notification_meta_t *advice =
      fake_notification_meta(notification, "Advice");
  assert_non_null(advice);
  assert_int_equal(advice->type, NM_TYPE_STRING);
  assert_int_equal(fake_daemon.meta_lists, 0);
}

static void a_read_much_too_soon_is_not_judged(void **state) {
  fake_daemon.interval = TIME_T_TO_CDTIME_T(3600);
  raise_alert(*state);
  assert_int_equal(fake_daemon.notification_count, 0);
  assert_int_not_equal(fake_daemon.value_count, 0);
}

static void severities_follow_the_state(void **state) {
  struct stage *stage = *state;
  assert_int_equal(
      fake_daemon_configure(PLUGIN(THRESHOLD(
          "backlog", LINE("WarningMax", NUMBER(1)),
          LINE("FailureMax", NUMBER(5)), LINE("ClearHits", NUMBER(1))))),
      0);
  /* Clearing a value takes ten seconds; a CPU that is gone, none. */
  static const struct {
    const char *table;
    int severity;
  } steps[] = {{"1 0 0 0 0 0 0 0 0 0 0 2 0\n", NOTIF_WARNING},
               {"1 0 0 0 0 0 0 0 0 0 0 6 0\n", NOTIF_FAILURE},
               {"1 0 0 0 0 0 0 0 0 0 0 0 1\n", NOTIF_OKAY}};
  start(stage);
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    lay(stage, steps[i].table);
    assert_int_equal(read_once(), 0);
    assert_int_equal(fake_daemon.notification_count, 1);
    CHECK(fake_daemon.notifications[0].notification.severity ==
              steps[i].severity,
          "step %zu", i);
  }
  assert_int_equal(fake_daemon.meta_lists, 0);
}

static void a_vanished_object_has_no_current_value(void **state) {
  struct stage *stage = *state;
  raise_alert(stage);
  lay(stage, "000003e8 1 0 0 0 0 0 0 0 0 0 3 0 2 1\n");
  assert_int_equal(read_once(), 0);
  assert_int_equal(fake_daemon.notification_count, 1);
  const struct fake_notification *notification = &fake_daemon.notifications[0];
  assert_int_equal(notification->notification.severity, NOTIF_OKAY);
  assert_string_equal(notification->notification.plugin_instance, "1");
  assert_null(fake_notification_meta(notification, "CurrentValue"));
}

static void refusals_by_the_daemon_do_no_harm(void **state) {
  fake_daemon.dispatch_values_returns = -1;
  fake_daemon.dispatch_notification_returns = -1;
  raise_alert(*state);
  assert_int_equal(fake_daemon.notification_count, 1);
  assert_int_equal(fake_daemon.meta_lists, 0);
  assert_true(fake_daemon.value_count >= 10);
  assert_int_equal(fake_daemon.line_count, 0);
  assert_int_equal(read_once(), 0);
}

/* Raises and clears alerts while the sink takes none. */
static void queue_notifications(struct stage *stage, int count) {
  assert_int_equal(
      fake_daemon_configure(PLUGIN(THRESHOLD(
          "backlog", LINE("WarningMax", NUMBER(1)),
          LINE("FailureMax", NUMBER(5)), LINE("ClearHits", NUMBER(1))))),
      0);
  start(stage);
  fake_daemon.sink_is_stuck = true;
  for (int i = 0; i < count; ++i) {
    lay(stage, i % 2 == 0 ? "1 0 0 0 0 0 0 0 0 0 0 2 0\n"
                          : "1 0 0 0 0 0 0 0 0 0 0 0 1\n");
    assert_int_equal(fake_daemon.read(&fake_daemon.read_data), 0);
  }
}

/* Such as a mail server that does not answer. */
static void a_stuck_sink_holds_up_no_read(void **state) {
  queue_notifications(*state, 300);
  assert_int_equal(fake_daemon_lines(LOG_ERR, "further ones are lost"), 1);
  fake_daemon_unstick();
  /* The queue holds 256, and one may be with the sink; the others are lost. */
  fake_daemon_wait_for(300 - 256);
  fake_daemon_end();
  assert_in_range(fake_daemon.notifications_begun, 300 - 257, 300 - 256);
  assert_int_equal(fake_daemon.meta_lists, 0);
}

/* exec asks for the interval of the thread's context. */
static void sinks_find_the_context_of_the_read(void **state) {
  plugin_set_ctx((plugin_ctx_t){.interval = TIME_T_TO_CDTIME_T(10)});
  raise_alert(*state);
  plugin_set_ctx((plugin_ctx_t){.interval = 0});
  assert_int_equal(fake_daemon.notification_count, 1);
  assert_true(fake_daemon.notifications[0].interval == TIME_T_TO_CDTIME_T(10));
}

static void
a_stuck_sink_holds_up_the_end_for_two_seconds_at_most(void **state) {
  char path[4200];
  queue_notifications(*state, 40);
  double before = clock_monotonic_seconds();
  fake_daemon.read_data.free_func(fake_daemon.read_data.data);
  fake_daemon.read_data = (user_data_t){0};
  double took = clock_monotonic_seconds() - before;
  CHECK(took <= 2, "%.1f s", took);
  assert_int_equal(
      fake_daemon_lines(LOG_WARNING, "before this notification is delivered: "),
      40);
  /* The stuck thread still needs the module. */
  module_path(path, sizeof(path));
  assert_non_null(dlopen(path, RTLD_NOW));
  fake_daemon.notifications_begun = 1;
  fake_daemon_unstick();
  fake_daemon_settle();
  assert_int_equal(fake_daemon.meta_lists, 0);
}

static void a_refused_read_is_freed_by_the_daemon_alone(void **state) {
  configure_tree(*state);
  fake_daemon.refuse_reads = true;
  assert_true(fake_daemon.init() != 0);
  assert_int_equal(fake_daemon.registrations, 1);
}

static void a_daemon_that_ends_before_init_frees_all(void **state) {
  configure_tree(*state);
  assert_int_equal(fake_daemon_configure(PLUGIN(
                       THRESHOLD("dropped", LINE("Instance", STRING("/x/"))))),
                   0);
}

/* After a failed read collectd waits longer for the next. */
static void a_read_fails_only_if_none_ever_succeeded(void **state) {
  struct stage *stage = *state;
  start(stage);
  temp_tree_unlink(&stage->tree, "proc/net/softnet_stat");
  assert_int_not_equal(read_once(), 0);
  assert_int_equal(fake_daemon_lines(LOG_ERR, "softnet_stat"), 1);
  assert_int_not_equal(read_once(), 0);
  assert_int_equal(fake_daemon_lines(LOG_ERR, "softnet_stat"), 0);
  lay(stage, table_before);
  assert_int_equal(read_once(), 0);
  assert_int_equal(fake_daemon_lines(LOG_NOTICE, "softnet_stat"), 1);
  temp_tree_unlink(&stage->tree, "proc/net/softnet_stat");
  assert_int_equal(read_once(), 0);
  assert_int_equal(fake_daemon_lines(LOG_ERR, "softnet_stat"), 1);
}

/* Returns the blocks in use after a whole life of the plugin. */
static size_t live_and_tell(void) {
  void *stage;
  assert_int_equal(stage_make(&stage), 0);
  raise_alert(stage);
  stage_remove(&stage);
  return allocations_in_use();
}

/* Keeps the module loaded, so that the loader allocates nothing meanwhile. */
static void nothing_is_left_behind(void **state) {
  (void)state;
  char path[4200];
  module_path(path, sizeof(path));
  void *module = dlopen(path, RTLD_NOW);
  assert_non_null(module);
  live_and_tell();
  size_t before = live_and_tell();
  size_t after = before;
  for (int i = 0; i < 100; ++i)
    after = live_and_tell();
  CHECK(after == before, "%zu blocks, then %zu", before, after);
  dlclose(module);
}

#define STAGE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, stage_make, stage_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      STAGE_TEST(registers_three_callbacks_and_no_read),
      STAGE_TEST(init_registers_the_read_under_the_same_name),
      STAGE_TEST(without_a_block_the_defaults_are_read),
      cmocka_unit_test(any_fault_keeps_the_plugin_idle_and_the_daemon_alive),
      STAGE_TEST(an_unknown_option_is_a_warning),
      STAGE_TEST(blocks_add_up),
      STAGE_TEST(values_are_dispatched),
      STAGE_TEST(all_values_of_a_read_have_one_time_and_no_host),
      STAGE_TEST(a_notification_has_the_names_of_its_value),
      STAGE_TEST(a_notification_carries_metadata),
      STAGE_TEST(a_read_much_too_soon_is_not_judged),
      STAGE_TEST(severities_follow_the_state),
      STAGE_TEST(a_vanished_object_has_no_current_value),
      STAGE_TEST(refusals_by_the_daemon_do_no_harm),
      STAGE_TEST(a_stuck_sink_holds_up_no_read),
      STAGE_TEST(sinks_find_the_context_of_the_read),
      STAGE_TEST(a_stuck_sink_holds_up_the_end_for_two_seconds_at_most),
      STAGE_TEST(a_refused_read_is_freed_by_the_daemon_alone),
      STAGE_TEST(a_daemon_that_ends_before_init_frees_all),
      STAGE_TEST(a_read_fails_only_if_none_ever_succeeded),
      cmocka_unit_test(nothing_is_left_behind),
  };
  return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
