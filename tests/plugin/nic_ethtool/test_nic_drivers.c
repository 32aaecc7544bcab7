/* SPDX-License-Identifier: MIT */
/* Every driver that has a fixture. */
#include "nic_stage.h"

#include "nic_fixture.h"
#include "nic_meters.h"
#include "series.h"

/* The series of a cause: "eth0/if_rx_dropped-ring_full". */
static void series_of(enum nic_cause cause, char *ret, size_t size) {
  snprintf(ret, size, "eth0/%s-%s", nic_meters[cause].type,
           nic_meters[cause].name);
}

/* Each cause has the expected value, causes that the driver does not report are
 * not sent, and there are few series. */
static void every_driver(void **state) {
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  assert_true(count > 25);
  for (size_t i = 0; i < count; i++) {
    struct nic_fixture fixture;
    nic_fixture_read(&fixture, list[i]->d_name);
    assert_int_equal(nic_stage_remove(state), 0);
    assert_int_equal(nic_stage_make(state), 0);
    struct stage *stage = *state;
    struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "");
    fake_adapter_load(adapter, &fixture);
    strcpy(adapter->qdisc, "fq_codel");
    adapter->rx_ring_max = adapter->combined_max = 512;
    adapter->has_pause_stats = true;
    stage_start_and_read(stage);
    bool is_unknown = recording_lines(&stage->recording, LAYER_NOTICE,
                                      "not in the table") > 0;
    size_t series = stage_count_values(stage, "eth0");
    CHECK(series > 6 && series <= 40, "%s: %zu series", list[i]->d_name,
          series);
    for (size_t j = 0; j < fixture.expectation_count; j++) {
      const struct nic_fixture_expectation *expected = &fixture.expectations[j];
      char name[128];
      series_of(expected->cause, name, sizeof(name));
      bool is_pause =
          expected->cause == NIC_RX_PAUSE || expected->cause == NIC_TX_PAUSE;
      bool is_held_back = expected->value == 0 &&
                          (is_unknown || !nic_meters_is_main(expected->cause));
      if (!expected->absent && !is_held_back)
        stage_expect(stage, name, (double)expected->value);
      else if (!is_pause)
        stage_expect_none(stage, name);
    }
    nic_fixture_free(&fixture);
    free(list[i]);
  }
  free(list);
}

/* No value of a queue or raw counter is absurd. */
static void every_drivers_queues(void **state) {
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  for (size_t i = 0; i < count; i++) {
    struct nic_fixture fixture;
    nic_fixture_read(&fixture, list[i]->d_name);
    assert_int_equal(nic_stage_remove(state), 0);
    assert_int_equal(nic_stage_make(state), 0);
    struct stage *stage = *state;
    fake_adapter_load(fake_adapter_add(2, "eth0", ""), &fixture);
    stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true)),
                                  LINE("ReportRaw", STRING("all"))));
    stage_start_and_read(stage);
    for (size_t j = 0; j < stage->recording.value_count; j++) {
      const struct recorded_value *value = &stage->recording.values[j];
      CHECK(value->count < INT64_MAX, "%s: %s/%s-%s is %" PRIu64,
            list[i]->d_name, value->instance, value->type, value->type_instance,
            value->count);
    }
    nic_fixture_free(&fixture);
    free(list[i]);
  }
  free(list);
}

/* Every driver, with its queues and raw counters. */
static void series_keep_their_names(void **state) {
  (void)state;
  struct series series = {0};
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  struct temp_tree tree;
  temp_tree_make(&tree);
  for (size_t i = 0; i < count; i++) {
    struct nic_fixture fixture;
    struct recording recording;
    fake_kernel_reset();
    nic_fixture_read(&fixture, list[i]->d_name);
    struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "");
    fake_adapter_load(adapter, &fixture);
    strcpy(adapter->qdisc, "fq_codel");
    adapter->rx_ring_max = adapter->combined_max = 512;
    adapter->has_pause_stats = true;
    /* How long a driver took is a series too. */
    adapter->delay_ms = i == 0 ? 2 : 0;
    recording_open(&recording, &nic_ethtool_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(tree.proc)),
                               LINE("SysRoot", STRING(tree.sys)),
                               LINE("ReportByQueue", BOOLEAN(true)),
                               LINE("ReportOffloads", BOOLEAN(true)),
                               LINE("ReportRaw", STRING("all"))));
    assert_int_equal(recording_start(&recording), 0);
    for (int read = 1; read < 3; read++) {
      assert_int_equal(recording_read(&recording, 10 * read), 0);
      series_add(&series, &recording);
      adapter->link[0] += 100000;
    }
    recording_close(&recording);
    nic_fixture_free(&fixture);
    free(list[i]);
  }
  free(list);
  temp_tree_remove(&tree);
  fake_kernel_reset();
  series_expect(&series, "nic_ethtool");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(every_driver),
      NIC_TEST(every_drivers_queues),
      NIC_TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests_name("nic_drivers", tests, NULL, NULL);
}
