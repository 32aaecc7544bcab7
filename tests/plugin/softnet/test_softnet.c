/* SPDX-License-Identifier: MIT */
/* softnet on the tables of many kernels. */
#include "stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "fixture.h"
#include "layers.h"
#include "open_files.h"
#include "series.h"
#include "softnet_stat.h"

static int make(void **state) {
  *state = stage_new(&softnet_layer);
  return 0;
}

/* Copies the fixture into the tree. */
static void lay(struct stage *stage, const char *fixture) {
  static const char *const files[] = {
      "proc/net/softnet_stat",
      "sys/devices/system/cpu/online",
      "proc/sys/net/core/netdev_max_backlog",
      "proc/sys/net/core/netdev_budget",
      "proc/sys/net/core/netdev_budget_usecs",
      "proc/sys/net/core/dev_weight",
  };
  for (size_t i = 0; i < COUNT_OF(files); ++i) {
    char tree[512], from[700], to[512], name[256];
    snprintf(name, sizeof(name), "softnet/%s", fixture);
    fixture_path(name, tree, sizeof(tree));
    snprintf(from, sizeof(from), "%s/%s", tree, files[i]);
    temp_tree_path(&stage->tree, files[i], to, sizeof(to));
    unlink(to);
    if (access(from, F_OK) != 0)
      continue;
    snprintf(name, sizeof(name), "softnet/%s/%s", fixture, files[i]);
    size_t length;
    char *content = fixture_read(name, &length);
    temp_tree_write_bytes(&stage->tree, files[i], content, length);
    free(content);
  }
}

static void lay_step(struct stage *stage, const char *fixture, int step) {
  char name[128];
  snprintf(name, sizeof(name), "%s/t%d", fixture, step);
  lay(stage, name);
}

static const char *type_of(const char *meter) {
  static const struct {
    const char *meter, *type;
  } types[] = {
      {"processed", "packets"},
      {"dropped", "packets"},
      {"flow_limited", "packets"},
      {"time_squeeze", "total_events"},
      {"received_rps", "total_events"},
      {"backlog", "queue_length"},
      {"input", "queue_length"},
      {"process", "queue_length"},
      {"netdev_max_backlog", "gauge"},
      {"netdev_budget", "gauge"},
      {"netdev_budget_usecs", "gauge"},
      {"dev_weight", "gauge"},
      {"alert", "gauge"},
  };
  for (size_t i = 0; i < COUNT_OF(types); ++i)
    if (strcmp(types[i].meter, meter) == 0)
      return types[i].type;
  fail_msg("no meter is called %s", meter);
  return NULL;
}

/* Returns the number that was reported, or -1. */
static int64_t number_of(const struct stage *stage, const char *instance,
                         const char *meter) {
  const struct recorded_value *value =
      recording_value(&stage->recording, instance, type_of(meter), meter);
  if (value == NULL)
    return -1;
  return value->is_counter ? (int64_t)value->count : (int64_t)value->gauge;
}

#define ASSERT_IS(instance, meter, wanted)                                     \
  CHECK(number_of(stage, instance, meter) == (wanted),                         \
        "%s/%s is %lld instead of %lld", instance, meter,                      \
        (long long)number_of(stage, instance, meter), (long long)(wanted))

static void columns_the_kernel_lacks_are_not_reported(void **state) {
  (void)state;
  /* -1: not reported. values: how many there are in all. */
  static const struct {
    const char *fixture;
    int64_t rps, limited, backlog, input, process, usecs;
    size_t values;
  } rows[] = {
      {"columns-9", -1, -1, -1, -1, -1, -1, 7},
      {"columns-10", 0x10000002e, -1, -1, -1, -1, -1, 8},
      {"columns-11", 0x10000002e, 17, -1, -1, -1, 2000, 10},
      {"columns-13", 0x10000002e, 17, 8, -1, -1, 8000, 11},
      {"columns-15", 0x10000002e, 17, 8, 2, 6, 8000, 13},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&softnet_layer);
    lay(stage, rows[i].fixture);
    stage_start_quietly(stage);
    stage_read_at(stage, 0);
    ASSERT_IS("", "processed", 0x1c8a2 + INT64_C(0xfedcba98));
    ASSERT_IS("", "dropped", 0x1237);
    ASSERT_IS("", "time_squeeze", 0x11 + INT64_C(0x80000001));
    ASSERT_IS("", "received_rps", rows[i].rps);
    ASSERT_IS("", "flow_limited", rows[i].limited);
    ASSERT_IS("", "backlog", rows[i].backlog);
    ASSERT_IS("", "input", rows[i].input);
    ASSERT_IS("", "process", rows[i].process);
    ASSERT_IS("", "netdev_max_backlog", 1000);
    ASSERT_IS("", "netdev_budget", 300);
    ASSERT_IS("", "netdev_budget_usecs", rows[i].usecs);
    ASSERT_IS("", "dev_weight", 64);
    ASSERT_IS("", "alert", 0);
    CHECK(stage->recording.value_count == rows[i].values, "%s: %zu values",
          rows[i].fixture, stage->recording.value_count);
    assert_int_equal(stage->recording.alert_count, 0);
    stage_free(stage);
  }
}

static void counters_are_derives_and_lengths_are_gauges(void **state) {
  struct stage *stage = *state;
  static const char *const counters[] = {"processed", "dropped", "flow_limited",
                                         "time_squeeze", "received_rps"};
  static const char *const gauges[] = {"backlog", "input", "process",
                                       "netdev_budget", "alert"};
  lay(stage, "columns-15");
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  for (size_t i = 0; i < COUNT_OF(counters); ++i)
    assert_true(recording_value(&stage->recording, "", type_of(counters[i]),
                                counters[i])
                    ->is_counter);
  for (size_t i = 0; i < COUNT_OF(gauges); ++i)
    assert_false(
        recording_value(&stage->recording, "", type_of(gauges[i]), gauges[i])
            ->is_counter);
}

static void cpus_are_reported_on_request(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportByCpu", BOOLEAN(true))));
  lay(stage, "offline-15");
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  ASSERT_IS("", "processed", 8000);
  ASSERT_IS("", "dropped", 80);
  ASSERT_IS("0", "processed", 1000);
  ASSERT_IS("0", "dropped", 10);
  ASSERT_IS("0", "backlog", 1);
  ASSERT_IS("1", "processed", -1);
  ASSERT_IS("2", "processed", 3000);
  ASSERT_IS("2", "process", 2);
  ASSERT_IS("3", "received_rps", 3);
  ASSERT_IS("3", "input", 0);
  ASSERT_IS("3", "netdev_budget", -1);
  ASSERT_IS("3", "alert", -1);
  assert_int_equal(stage->recording.value_count, 13 + 3 * 8);
}

static void rows_of_old_kernels_belong_to_the_online_cpus(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportByCpu", BOOLEAN(true))));
  lay(stage, "offline-11");
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  ASSERT_IS("0", "processed", 1000);
  ASSERT_IS("1", "processed", -1);
  ASSERT_IS("2", "processed", 3000);
  ASSERT_IS("3", "processed", 4000);
}

static void values_do_not_grow_with_cpus(void **state) {
  struct stage *stage = *state;
  int64_t processed = 0, dropped = 0;
  for (uint32_t i = 0; i < 256; ++i) {
    processed += 1000003 * (i + 1);
    dropped += 7 * i;
  }
  lay(stage, "cpus-256");
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  assert_int_equal(stage->recording.value_count, 13);
  ASSERT_IS("", "processed", processed);
  ASSERT_IS("", "dropped", dropped);
}

static void only_selected_cpus_are_reported(void **state) {
  (void)state;
  const struct {
    struct config_node lines[3];
    size_t line_count;
    int64_t processed;
  } rows[] = {
      {{LINE("Cpu", STRING("0"))}, 1, 1000},
      {{LINE("Cpu", NUMBER(2))}, 1, 3000},
      {{LINE("Cpu", STRING("0,2"))}, 1, 4000},
      {{LINE("Cpu", STRING("1-3"))}, 1, 7000},
      {{LINE("Cpu", STRING("0")), LINE("Cpu", STRING("3"))}, 2, 5000},
      {{LINE("Cpu", STRING("0")), LINE("IgnoreSelected", BOOLEAN(true))},
       2,
       7000},
      {{LINE("IgnoreSelected", BOOLEAN(true)), LINE("Cpu", STRING("2-9"))},
       2,
       1000},
      {{LINE("IgnoreSelected", BOOLEAN(true))}, 1, 8000},
      {{LINE("IgnoreSelected", BOOLEAN(false))}, 1, 8000},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&softnet_layer);
    const struct config_node block = {.key = "Plugin",
                                      .children = rows[i].lines,
                                      .child_count = rows[i].line_count};
    recording_configure(&stage->recording, &block);
    lay(stage, "offline-15");
    stage_start_quietly(stage);
    stage_read_at(stage, 0);
    CHECK(number_of(stage, "", "processed") == rows[i].processed,
          "row %zu: %lld", i, (long long)number_of(stage, "", "processed"));
    stage_free(stage);
  }
}

static void a_selection_without_a_cpu_reports_nothing(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Cpu", STRING("1"))));
  lay(stage, "offline-15");
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  ASSERT_IS("", "processed", -1);
  ASSERT_IS("", "alert", 0);
}

static void a_faulty_list_of_cpus_is_an_error(void **state) {
  (void)state;
  static const char *const lists[] = {"",     "3-1",  "all",
                                      "1,,2", "eth0", "99999"};
  for (size_t i = 0; i < COUNT_OF(lists); ++i) {
    struct stage *stage = stage_new(&softnet_layer);
    recording_configure(&stage->recording,
                        PLUGIN(LINE("Cpu", STRING(lists[i]))));
    CHECK(recording_lines(&stage->recording, LAYER_ERROR, "\"Cpu\"") == 1 &&
              recording_lines(&stage->recording, LAYER_ERROR, lists[i]) == 1,
          "\"%s\": %s", lists[i], recording_all_lines(&stage->recording));
    assert_true(recording_start(&stage->recording) < 0);
    stage_free(stage);
  }
}

static void the_first_read_raises_nothing(void **state) {
  struct stage *stage = *state;
  lay(stage, "columns-15");
  stage_start_quietly(stage);
  stage_read_at(stage, 1e6);
  assert_int_equal(stage->recording.alert_count, 0);
  stage_read_at(stage, 1e6 + 10);
  assert_int_equal(stage->recording.alert_count, 0);
  ASSERT_IS("", "alert", 0);
}

static void an_alert_names_the_cpu_its_rate_and_the_setting(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  lay_step(stage, "drops", 0);
  stage_read_at(stage, 0);
  ASSERT_IS("", "dropped", 1 + INT64_C(0xfffffff0));
  lay_step(stage, "drops", 1);
  stage_read_at(stage, 10);
  ASSERT_IS("", "dropped", 1 + INT64_C(0xfffffff0) + 4120);
  ASSERT_IS("", "alert", 2);
  ASSERT_IS("3", "dropped", -1);
  assert_string_equal(recording_alerts(&stage->recording),
                      "3/dropped okay>failure");
  const struct recorded_alert *alert = &stage->recording.alerts[0];
  assert_string_equal(alert->type, "packets");
  assert_true(alert->value == 412);
  assert_true(alert->limit == 100);
  assert_string_equal(alert->setting, "net.core.netdev_max_backlog");
  assert_string_equal(alert->setting_value, "1000");
  ASSERT_HAS(stage_only_message(stage),
             "cpu 3 dropped 412.0/s from its backlog (limit 100/s)");
  ASSERT_HAS(stage_only_message(stage), "net.core.netdev_max_backlog is 1000");
}

static void an_alert_says_that_polls_were_cut_short(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  lay_step(stage, "drops", 0);
  stage_read_at(stage, 0);
  lay_step(stage, "drops", 1);
  stage_read_at(stage, 10);
  ASSERT_HAS(stage_only_message(stage), "5.0 polls/s were cut short");
  ASSERT_HAS(stage_only_message(stage), "netdev_budget is 300");
  ASSERT_HAS(stage_only_message(stage), "netdev_budget_usecs 8000");
  ASSERT_LACKS(stage_only_message(stage), "flow limit");
}

/* In a network namespace of its own, collectd does not see the settings. */
static void a_setting_that_cannot_be_read_is_named(void **state) {
  struct stage *stage = *state;
  static const char *const files[] = {"proc/sys/net/core/netdev_max_backlog",
                                      "proc/sys/net/core/netdev_budget",
                                      "proc/sys/net/core/netdev_budget_usecs"};
  stage_start_quietly(stage);
  for (int i = 0; i < 2; ++i) {
    lay_step(stage, "drops", i);
    for (size_t j = 0; j < COUNT_OF(files); ++j)
      temp_tree_unlink(&stage->tree, files[j]);
    stage_read_at(stage, 10 * i);
  }
  ASSERT_HAS(stage_only_message(stage),
             "cpu 3 dropped 412.0/s from its backlog (limit 100/s); "
             "net.core.netdev_max_backlog cannot be read here: raise it or ");
  ASSERT_HAS(stage_only_message(stage),
             "5.0 polls/s were cut short, see netdev_budget and "
             "netdev_budget_usecs");
}

/* RPS steers packets to this CPU. */
static void a_steered_cpu_gets_another_advice(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  for (int i = 0; i < 2; ++i) {
    temp_tree_write(&stage->tree, "proc/net/softnet_stat",
                    i == 0 ? "100 0 0 0 0 0 0 0 0 0\n"
                           : "900 400 0 0 0 0 0 0 0 80\n");
    stage_read_at(stage, 10 * i);
  }
  ASSERT_HAS(stage_only_message(stage),
             "net.core.netdev_max_backlog cannot be read here: raise it or let "
             "rps_cpus name more CPUs");
}

/* lxcfs lists the container's two CPUs as online; the kernel has eight. */
static void rows_of_a_container_are_numbered(void **state) {
  struct stage *stage = *state;
  char table[2][1024];
  for (unsigned i = 0; i < 2; ++i) {
    size_t length = 0;
    for (unsigned cpu = 0; cpu < 8; ++cpu)
      length += (size_t)snprintf(table[i] + length, sizeof(table[i]) - length,
                                 "%08x %08x 0 0 0 0 0 0 0 0 0\n",
                                 1000 + cpu + 100 * i, i * (cpu == 5) * 500);
  }
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportByCpu", BOOLEAN(true))));
  temp_tree_write(&stage->tree, "sys/devices/system/cpu/online", "0-1\n");
  stage_start_quietly(stage);
  for (int i = 0; i < 2; ++i) {
    temp_tree_write(&stage->tree, "proc/net/softnet_stat", table[i]);
    stage_read_at(stage, 10 * i);
    ASSERT_IS("", "processed", 8 * (1000 + 100 * i) + 28);
    ASSERT_IS("7", "processed", 1007 + 100 * i);
  }
  assert_string_equal(recording_alerts(&stage->recording),
                      "5/dropped okay>warning");
  stage_expect_no_lines(stage);
}

static void many_cpus_are_one_alert_that_names_the_worst(void **state) {
  struct stage *stage = *state;
  enum { CPUS = 64 };
  static char tables[2][CPUS * 80];
  for (unsigned i = 0; i < 2; ++i) {
    size_t length = 0;
    for (unsigned cpu = 0; cpu < CPUS; ++cpu)
      length += (size_t)snprintf(tables[i] + length, sizeof(tables[i]) - length,
                                 "100 %x 0 0 0 0 0 0 0 0 0 0 %x\n",
                                 i * (20 + cpu), cpu);
  }
  stage_start_quietly(stage);
  for (int i = 0; i < 2; ++i) {
    temp_tree_write(&stage->tree, "proc/net/softnet_stat", tables[i]);
    stage_read_at(stage, 10 * i);
  }
  ASSERT_HAS(stage_only_message(stage),
             "cpu 63 dropped 8.3/s from its backlog (limit 1/s), cpu 62 8.2/s, "
             "cpu 61 8.1/s and 61 more; net.core.netdev_max_backlog ");
}

static void many_cpus_clear_as_one(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  size_t alerts = 0;
  for (int i = 0; i < 12; ++i) {
    char table[8 * 80] = "";
    for (unsigned cpu = 0; cpu < 8; ++cpu)
      snprintf(table + strlen(table), sizeof(table) - strlen(table),
               "100 %x 0 0 0 0 0 0 0 0 0 0 %x\n", i > 0 ? 20 + cpu : 0, cpu);
    temp_tree_write(&stage->tree, "proc/net/softnet_stat", table);
    stage_read_at(stage, 10 * i);
    alerts += stage->recording.alert_count;
    if (alerts == 2)
      break;
  }
  ASSERT_HAS(stage_only_message(stage),
             "dropped nothing from its backlog for ");
  ASSERT_HAS(stage_only_message(stage), ", like 7 more; 188 packets lost in ");
}

static void an_alert_blames_the_flow_limit(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  lay_step(stage, "flow-limit", 0);
  stage_read_at(stage, 0);
  lay_step(stage, "flow-limit", 1);
  stage_read_at(stage, 10);
  ASSERT_IS("", "dropped", 520);
  ASSERT_IS("", "flow_limited", 310);
  ASSERT_HAS(stage_only_message(stage),
             "cpu 1 dropped 50.0/s from its backlog");
  ASSERT_HAS(stage_only_message(stage), "30.0/s");
  ASSERT_HAS(stage_only_message(stage), "flow limit");
  ASSERT_LACKS(stage_only_message(stage), "cut short");
}

static void an_alert_clears_slowly_and_gives_the_damage(void **state) {
  struct stage *stage = *state;
  static const char *const alerts[] = {
      "", "3/dropped okay>failure", "", "", "", "", "",
      "", "3/dropped failure>okay", "", ""};
  static const int states[] = {0, 2, 2, 2, 2, 2, 2, 1, 0, 0, 0};
  stage_start_quietly(stage);
  for (int i = 0; i < (int)COUNT_OF(alerts); ++i) {
    lay_step(stage, "drops", i < 2 ? i : 2);
    stage_read_at(stage, 10 * i);
    CHECK(strcmp(recording_alerts(&stage->recording), alerts[i]) == 0,
          "read %d: %s", i, recording_alerts(&stage->recording));
    ASSERT_IS("", "alert", states[i]);
    ASSERT_IS("", "dropped",
              1 + INT64_C(0xfffffff0) +
                  (i == 0   ? 0
                   : i == 1 ? 4120
                            : 4140));
    if (i == 8) {
      ASSERT_HAS(stage_only_message(stage), "cpu 3 dropped nothing");
      ASSERT_HAS(stage_only_message(stage), "4140 packets lost");
    }
  }
}

static void an_offline_cpu_keeps_its_counters(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportByCpu", BOOLEAN(true))));
  stage_start_quietly(stage);
  lay_step(stage, "hotplug", 0);
  stage_read_at(stage, 0);
  int64_t processed = INT64_C(0xfffffff0) + 1000 + 10000000 + 50;
  ASSERT_IS("", "processed", processed);
  ASSERT_IS("", "dropped", 112);

  lay_step(stage, "hotplug", 1);
  stage_read_at(stage, 10);
  assert_int_equal(stage->recording.alert_count, 0);
  ASSERT_IS("0", "processed", INT64_C(0x100000010));
  ASSERT_IS("1", "processed", -1);
  ASSERT_IS("2", "processed", 10000500);
  ASSERT_IS("", "processed", processed + 0x20 + 500 + 10);
  ASSERT_IS("", "dropped", 112);

  lay_step(stage, "hotplug", 2);
  stage_read_at(stage, 20);
  assert_int_equal(stage->recording.alert_count, 0);
  ASSERT_IS("0", "processed", INT64_C(0x100000074));
  ASSERT_IS("1", "processed", 1010);
  ASSERT_IS("1", "dropped", 5);
  ASSERT_IS("", "processed", processed + 0x20 + 500 + 10 + 0x64 + 10 + 10);
  ASSERT_IS("", "dropped", 112);
  ASSERT_IS("", "alert", 0);
  assert_int_equal(stage->recording.line_count, 0);

  /* From the new baseline on, the CPU that was reset counts again. */
  stage_read_at(stage, 30);
  ASSERT_IS("2", "processed", 10000500);
}

static void rows_that_shift_are_followed(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportByCpu", BOOLEAN(true))));
  static const int64_t processed[3][4] = {
      {100, 1000, 2000, 3100}, {110, -1, 2020, 3130}, {120, 1010, 2040, 3170}};
  stage_start_quietly(stage);
  for (int i = 0; i < 3; ++i) {
    lay_step(stage, "hotplug-11", i);
    stage_read_at(stage, 10 * i);
    ASSERT_IS("0", "processed", processed[i][0]);
    ASSERT_IS("1", "processed", processed[i][1]);
    ASSERT_IS("2", "processed", processed[i][2]);
    ASSERT_IS("", "processed", processed[i][3]);
    ASSERT_IS("", "dropped", 112);
    assert_int_equal(stage->recording.alert_count, 0);
  }
}

static void a_cpu_that_goes_offline_while_raised_is_cleared(void **state) {
  struct stage *stage = *state;
  static const char before[] = "100 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                               "100 0 0 0 0 0 0 0 0 0 0 0 1 0 0\n";
  static const char raised[] = "100 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                               "200 64 0 0 0 0 0 0 0 0 0 0 1 0 0\n";
  static const char gone[] = "100 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
  static const struct {
    const char *table, *alerts;
  } steps[] = {{before, ""},
               {raised, "1/dropped okay>warning"},
               {gone, "1/dropped warning>okay gone"},
               {gone, ""},
               {raised, ""},
               {raised, ""}};
  stage_start_quietly(stage);
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    temp_tree_write(&stage->tree, "proc/net/softnet_stat", steps[i].table);
    stage_read_at(stage, 10 * (double)i);
    CHECK(strcmp(recording_alerts(&stage->recording), steps[i].alerts) == 0,
          "step %zu: %s", i, recording_alerts(&stage->recording));
    ASSERT_IS("", "dropped", i == 0 ? 0 : 100);
    if (i == 2)
      ASSERT_HAS(stage_only_message(stage), "cpu 1 is gone");
  }
}

static void time_squeeze_raises_nothing_by_default(void **state) {
  (void)state;
  for (int limited = 0; limited < 2; ++limited) {
    struct stage *stage = stage_new(&softnet_layer);
    if (limited)
      recording_configure(
          &stage->recording,
          PLUGIN(THRESHOLD("time_squeeze", LINE("WarningMax", NUMBER(2)))));
    stage_start_quietly(stage);
    temp_tree_write(&stage->tree, "proc/net/softnet_stat",
                    "100 0 0 0 0 0 0 0 0\n");
    stage_read_at(stage, 0);
    temp_tree_write(&stage->tree, "proc/net/softnet_stat",
                    "100 0 64 0 0 0 0 0 0\n");
    stage_read_at(stage, 10);
    assert_string_equal(recording_alerts(&stage->recording),
                        limited ? "0/time_squeeze okay>warning" : "");
    stage_free(stage);
  }
}

static void a_threshold_can_apply_to_some_cpus(void **state) {
  struct stage *stage = *state;
  recording_configure(
      &stage->recording,
      PLUGIN(THRESHOLD("dropped", LINE("Instance", STRING("/^[0-2]$/")),
                       LINE("WarningMax", NUMBER(0))),
             THRESHOLD("dropped", LINE("Instance", NUMBER(3)),
                       LINE("WarningMax", STRING("none")),
                       LINE("FailureMax", NUMBER(412)))));
  stage_start_quietly(stage);
  lay_step(stage, "drops", 0);
  stage_read_at(stage, 0);
  lay_step(stage, "drops", 1);
  stage_read_at(stage, 10);
  assert_int_equal(stage->recording.alert_count, 0);
}

static void the_total_can_be_judged_by_name(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(THRESHOLD("dropped", LINE("Instance", STRING("")),
                                       LINE("WarningMax", NUMBER(400)),
                                       LINE("FailureMax", NUMBER(500)))));
  stage_start_quietly(stage);
  lay_step(stage, "drops", 0);
  stage_read_at(stage, 0);
  lay_step(stage, "drops", 1);
  stage_read_at(stage, 10);
  assert_string_equal(recording_alerts(&stage->recording),
                      "3/dropped okay>failure, /dropped okay>warning");
  ASSERT_HAS(stage->recording.alerts[1].message, "this host dropped 412.0/s");
}

static void garbage_and_recovery_are_logged_once(void **state) {
  (void)state;
  static const char *const hostile[] = {
      "not-hex", "short-row",    "sixteen-digits", "empty",
      "nul",     "mixed-widths", "same-cpu-twice",
  };
  for (size_t i = 0; i < COUNT_OF(hostile); ++i) {
    struct stage *stage = stage_new(&softnet_layer);
    char fixture[64];
    snprintf(fixture, sizeof(fixture), "hostile/%s", hostile[i]);
    stage_start_quietly(stage);
    lay(stage, "columns-15");
    stage_read_at(stage, 0);
    lay(stage, fixture);
    for (int j = 1; j < 5; ++j) {
      assert_int_equal(recording_read(&stage->recording, j), -EBADMSG);
      ASSERT_IS("", "processed", -1);
    }
    CHECK(stage->recording.line_count == 1 &&
              recording_lines(&stage->recording, LAYER_ERROR, "softnet_stat") ==
                  1,
          "%s: %s", hostile[i], recording_all_lines(&stage->recording));
    lay(stage, "columns-15");
    stage_read_at(stage, 5);
    stage_read_at(stage, 6);
    CHECK(stage->recording.line_count == 2 &&
              recording_lines(&stage->recording, LAYER_NOTICE,
                              "softnet_stat") == 1,
          "%s: %s", hostile[i], recording_all_lines(&stage->recording));
    ASSERT_IS("", "dropped", 0x1237);
    stage_free(stage);
  }
}

static void a_missing_table_is_logged_once(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  for (int i = 0; i < 5; ++i)
    assert_int_equal(recording_read(&stage->recording, i), -ENOENT);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_ERROR, "softnet_stat"), 1);
  lay(stage, "columns-15");
  stage_read_at(stage, 5);
  assert_int_equal(stage->recording.line_count, 2);
}

static void an_alert_outlives_unreadable_tables(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  lay_step(stage, "drops", 0);
  stage_read_at(stage, 0);
  lay_step(stage, "drops", 1);
  stage_read_at(stage, 10);
  assert_int_equal(stage->recording.alert_count, 1);
  lay(stage, "hostile/not-hex");
  for (int i = 2; i < 12; ++i) {
    assert_int_equal(recording_read(&stage->recording, 10 * i), -EBADMSG);
    assert_int_equal(stage->recording.alert_count, 0);
  }
  lay_step(stage, "drops", 2);
  stage_read_at(stage, 120);
  assert_int_equal(stage->recording.alert_count, 0);
  ASSERT_IS("", "alert", 2);
}

/* Opens the layer on the running kernel, without limits for its traffic.
 * Returns false if the kernel has no such table. */
static bool open_kernel(struct recording *recording) {
  if (access("/proc/net/softnet_stat", R_OK) != 0)
    return false;
  recording_open(recording, &softnet_layer);
  recording_configure(
      recording, PLUGIN(THRESHOLD("dropped", LINE("WarningMax", STRING("none")),
                                  LINE("FailureMax", STRING("none")))));
  assert_int_equal(recording_start(recording), 0);
  return true;
}

static void the_running_kernel_is_reported_exactly(void **state) {
  (void)state;
  struct recording recording;
  if (!open_kernel(&recording))
    skip();
  struct sysroot root;
  struct softnet_stat before = SOFTNET_STAT_INIT, after = SOFTNET_STAT_INIT;
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  assert_int_equal(softnet_stat_read(&root, &before, NULL), 0);
  assert_int_equal(recording_read(&recording, 0), 0);
  assert_int_equal(softnet_stat_read(&root, &after, NULL), 0);

  uint64_t least = 0, most = 0;
  for (size_t i = 0; i < before.count; ++i)
    least += before.cpus[i].processed;
  for (size_t i = 0; i < after.count; ++i)
    most += after.cpus[i].processed;
  const struct recorded_value *value =
      recording_value(&recording, "", "packets", "processed");
  assert_non_null(value);
  /* A counter that wraps or a CPU that leaves meanwhile spoils the bounds. */
  if (least <= most && before.count == after.count)
    assert_in_range(value->count, least, most);
  softnet_stat_free(&before);
  softnet_stat_free(&after);
  sysroot_free(&root);
  recording_close(&recording);
}

/* Reads a number of times. Returns true if that allocated memory. */
static bool reads_allocate(struct recording *recording, int from, int reads) {
  size_t before = allocations_count();
  int failed = 0;
  for (int i = from; i < from + reads; ++i)
    failed += recording_read(recording, i) != 0;
  bool allocated = allocations_count() != before;
  assert_int_equal(failed, 0);
  return allocated;
}

/* A CPU that comes online meanwhile may allocate memory once, so one round of
 * several must allocate none. */
static void reading_again_allocates_nothing(void **state) {
  (void)state;
  enum { ROUNDS = 5, READS = 4000 };
  struct recording recording;
  if (!open_kernel(&recording))
    skip();
  reads_allocate(&recording, 0, 10);
  size_t files = open_files();
  int round = 0;
  while (round < ROUNDS &&
         reads_allocate(&recording, 10 + round * READS, READS))
    ++round;
  assert_in_range(round, 0, ROUNDS - 1);
  assert_int_equal(open_files(), files);
  recording_close(&recording);
}

/* Every well-formed table, and each step of those that change. */
static void series_keep_their_names(void **state) {
  (void)state;
  static const char *const fixtures[] = {
      "columns-9",     "columns-10",    "columns-11",    "columns-13",
      "columns-15",    "cpus-1",        "drops/t0",      "drops/t1",
      "flow-limit/t0", "flow-limit/t1", "hotplug/t0",    "hotplug/t1",
      "hotplug/t2",    "hotplug-11/t0", "hotplug-11/t1", "linux-6.18-x86_64",
      "offline-11",    "offline-13",    "offline-15"};
  struct series series = {0};
  for (size_t i = 0; i < COUNT_OF(fixtures); i++) {
    char name[64], tree[512], proc[600], sys[600];
    snprintf(name, sizeof(name), "softnet/%s", fixtures[i]);
    fixture_path(name, tree, sizeof(tree));
    snprintf(proc, sizeof(proc), "%s/proc", tree);
    snprintf(sys, sizeof(sys), "%s/sys", tree);
    struct recording recording;
    recording_open(&recording, &softnet_layer);
    recording_configure(&recording, PLUGIN(LINE("ProcRoot", STRING(proc)),
                                           LINE("SysRoot", STRING(sys)),
                                           LINE("ReportByCpu", BOOLEAN(true))));
    assert_int_equal(recording_start(&recording), 0);
    assert_int_equal(recording_read(&recording, 10), 0);
    series_add(&series, &recording);
    recording_close(&recording);
  }
  series_expect(&series, "softnet");
}

#define STAGE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, make, stage_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_the_kernel_lacks_are_not_reported),
      STAGE_TEST(counters_are_derives_and_lengths_are_gauges),
      STAGE_TEST(cpus_are_reported_on_request),
      STAGE_TEST(rows_of_old_kernels_belong_to_the_online_cpus),
      STAGE_TEST(values_do_not_grow_with_cpus),
      cmocka_unit_test(only_selected_cpus_are_reported),
      STAGE_TEST(a_selection_without_a_cpu_reports_nothing),
      cmocka_unit_test(a_faulty_list_of_cpus_is_an_error),
      STAGE_TEST(the_first_read_raises_nothing),
      STAGE_TEST(an_alert_names_the_cpu_its_rate_and_the_setting),
      STAGE_TEST(an_alert_says_that_polls_were_cut_short),
      STAGE_TEST(a_setting_that_cannot_be_read_is_named),
      STAGE_TEST(a_steered_cpu_gets_another_advice),
      STAGE_TEST(rows_of_a_container_are_numbered),
      STAGE_TEST(many_cpus_are_one_alert_that_names_the_worst),
      STAGE_TEST(many_cpus_clear_as_one),
      STAGE_TEST(an_alert_blames_the_flow_limit),
      STAGE_TEST(an_alert_clears_slowly_and_gives_the_damage),
      STAGE_TEST(an_offline_cpu_keeps_its_counters),
      STAGE_TEST(rows_that_shift_are_followed),
      STAGE_TEST(a_cpu_that_goes_offline_while_raised_is_cleared),
      cmocka_unit_test(time_squeeze_raises_nothing_by_default),
      STAGE_TEST(a_threshold_can_apply_to_some_cpus),
      STAGE_TEST(the_total_can_be_judged_by_name),
      cmocka_unit_test(garbage_and_recovery_are_logged_once),
      STAGE_TEST(a_missing_table_is_logged_once),
      STAGE_TEST(an_alert_outlives_unreadable_tables),
      cmocka_unit_test(the_running_kernel_is_reported_exactly),
      cmocka_unit_test(reading_again_allocates_nothing),
      STAGE_TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests_name("softnet", tests, NULL, NULL);
}
