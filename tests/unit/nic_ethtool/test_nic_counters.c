/* SPDX-License-Identifier: MIT */
/* What the counters of adapters mean, by every fixture. */
#include "nic_adapter.h"

static void check_expectations(struct nic_adapter *adapter, const char *name) {
  const struct nic_fixture *fixture = &adapter->fixture;
  bool is_expected[NIC_CAUSE_COUNT] = {false};
  CHECK(fixture->origin[0] != '\0', "%s", name);
  for (size_t i = 0; i < fixture->expectation_count; i++) {
    const struct nic_fixture_expectation *expected = &fixture->expectations[i];
    const char *cause = nic_fixture_cause_name(expected->cause);
    uint64_t value = adapter->tally.sums[expected->cause].value;
    bool is_present = (adapter->tally.present >> expected->cause & 1) != 0;
    is_expected[expected->cause] = true;
    CHECK(is_present != expected->absent, "%s: cause %d, %s, is %s", name,
          expected->cause, cause, is_present ? "present" : "absent");
    CHECK(value == expected->value,
          "%s: cause %d, %s, is %" PRIu64 ", not %" PRIu64, name,
          expected->cause, cause, value, expected->value);
  }
  /* A composed fixture must state every cause. */
  for (size_t i = 0; i < NIC_CAUSE_COUNT; i++)
    CHECK(is_expected[i] || strncmp(fixture->origin, " composed", 9) != 0,
          "%s says nothing about cause %zu", name, i);
}

static void every_driver_has_the_expected_causes(void **state) {
  (void)state;
  nic_adapter_each(check_expectations);
}

static void check_sources(struct nic_adapter *adapter, const char *name) {
  for (size_t i = 0; i < adapter->sources.count; i++) {
    const struct nic_source *one = &adapter->sources.items[i];
    CHECK(one->bits == 16 || one->bits == 32 || one->bits == 64, "%s", name);
    CHECK(one->cause < NIC_CAUSE_COUNT, "%s", name);
    bool guessed =
        one->cause == NIC_RX_UNCLASSIFIED || one->cause == NIC_TX_UNCLASSIFIED;
    CHECK(!guessed || !adapter->sources.is_known, "%s guesses", name);
    size_t added = nic_adapter_is_added(one) && one->rule != NIC_UNLESS;
    for (size_t j = 0; j < i; j++) {
      const struct nic_source *other = &adapter->sources.items[j];
      if (other->place != one->place || other->index != one->index)
        continue;
      CHECK(other->cause != one->cause, "%s: %s is twice in cause %d", name,
            nic_adapter_name(adapter, one), one->cause);
      added += nic_adapter_is_added(other) && other->rule != NIC_UNLESS;
    }
    /* A rule with a condition takes the growth from the other sum. */
    CHECK(added <= 1, "%s: %s is in two sums", name,
          nic_adapter_name(adapter, one));
  }
}

static void no_number_is_in_two_sums(void **state) {
  (void)state;
  nic_adapter_each(check_sources);
}

static void drivers_of_the_table_are_known(void **state) {
  (void)state;
  static const char *const known[] = {
      "virtio_net", "e1000",     "e1000e",  "igb",  "igc",    "ixgbe",
      "ixgbevf",    "i40e",      "iavf",    "ice",  "idpf",   "mlx4_en",
      "mlx5_core",  "bnxt_en",   "bnx2x",   "tg3",  "qede",   "ena",
      "gve",        "hv_netvsc", "vmxnet3", "mana", "r8169",  "atlantic",
      "sfc",        "cxgb4",     "veth",    "tun",  "8139cp", "8139too",
      "pcnet32",    "be2net",    "enic",    "hns3", "ionic",  "bcmgenet",
      "mvneta",
  };
  static const char *const unknown[] = {"*", "", "mlx5", "igbx", "virtio"};
  struct nic_names names = {.count = 0};
  struct nic_sources sources = {.count = 0};
  for (size_t i = 0; i < COUNT_OF(known); i++) {
    assert_int_equal(nic_counters_find(known[i], &names, 0, &sources), 0);
    CHECK(sources.is_known, "%s", known[i]);
  }
  for (size_t i = 0; i < COUNT_OF(unknown); i++) {
    assert_int_equal(nic_counters_find(unknown[i], &names, 0, &sources), 0);
    CHECK(!sources.is_known, "%s", unknown[i]);
    CHECK(sources.count > 0, "%s", unknown[i]);
  }
  nic_sources_free(&sources);
  nic_sources_free(&sources);
}

static void link_members_have_names(void **state) {
  (void)state;
  /* By position in struct rtnl_link_stats64 of linux/if_link.h. */
  assert_string_equal(nic_sources_link_member(0), "rx_packets");
  assert_string_equal(nic_sources_link_member(7), "tx_dropped");
  assert_string_equal(nic_sources_link_member(15), "rx_missed_errors");
  assert_string_equal(nic_sources_link_member(24), "rx_otherhost_dropped");
  assert_null(nic_sources_link_member(25));
}

static void a_large_adapter(void **state) {
  (void)state;
  enum { QUEUES = 200, KINDS = 13 };
  static const char *const kinds[KINDS] = {
      "packets", "bytes", "dropped",   "stopped",   "wake", "recover", "cqes",
      "cqe_err", "nop",   "csum_none", "xmit_more", "tso",  "added"};
  char *raw = calloc(QUEUES * KINDS, NIC_NAME_RAW);
  assert_non_null(raw);
  for (size_t i = 0; i < QUEUES * KINDS; i++)
    snprintf(raw + i * NIC_NAME_RAW, NIC_NAME_RAW, "tx%zu_%s", i / KINDS,
             kinds[i % KINDS]);
  struct nic_names names = {.count = 0};
  struct nic_sources sources = {.count = 0};
  assert_int_equal(nic_names_set(&names, raw, QUEUES * KINDS), 0);
  assert_int_equal(nic_counters_find("mlx5_core", &names, 0, &sources), 0);
  size_t dropped = 0;
  for (size_t i = 0; i < sources.count; i++)
    dropped += sources.items[i].cause == NIC_TX_DROP &&
               nic_adapter_is_added(&sources.items[i]);
  assert_int_equal(dropped, QUEUES);
  free(raw);
  nic_names_free(&names);
  nic_sources_free(&sources);
}

static void nothing_is_subtracted_from_nothing(void **state) {
  (void)state;
  static const char raw[2][NIC_NAME_RAW] = {"rx0_xdp_drops", "rx1_xdp_drops"};
  struct nic_names names = {.count = 0};
  struct nic_sources sources = {.count = 0};
  assert_int_equal(nic_names_set(&names, raw[0], 2), 0);
  assert_int_equal(nic_counters_find("virtio_net", &names, 0, &sources), 0);
  size_t seen = 0;
  for (size_t i = 0; i < sources.count; i++) {
    const struct nic_source *source = &sources.items[i];
    seen += source->cause == NIC_RX_XDP_DROP && source->is_counted;
    assert_false(source->rule == NIC_MINUS && source->is_counted);
  }
  assert_int_equal(seen, 2);
  nic_names_free(&names);
  nic_sources_free(&sources);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_driver_has_the_expected_causes),
      cmocka_unit_test(no_number_is_in_two_sums),
      cmocka_unit_test(drivers_of_the_table_are_known),
      cmocka_unit_test(link_members_have_names),
      cmocka_unit_test(a_large_adapter),
      cmocka_unit_test(nothing_is_subtracted_from_nothing),
  };
  return cmocka_run_group_tests_name("nic_counters", tests, NULL, NULL);
}
