/* SPDX-License-Identifier: MIT */
/* What the counters of adapters mean: each fixture, and what the table must be
 * that no packet is counted twice. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nic_fixture.h"
#include "nic_guess.h"
#include "nic_table.h"
#include "nic_tally.h"

/* A fixture, its counters found and taken once. */
struct adapter {
  struct nic_fixture fixture;
  struct nic_names names;
  struct nic_sources sources;
  struct nic_tally tally;
};

static struct nic_reading reading_of(const struct adapter *adapter,
                                     double now) {
  const struct nic_fixture *fixture = &adapter->fixture;
  struct nic_reading reading = {.now = now};
  reading.places[NIC_PLACE_ETHTOOL] =
      (struct nic_numbers){fixture->values, fixture->count};
  reading.places[NIC_PLACE_LINK] =
      (struct nic_numbers){fixture->link, NIC_LINK_MEMBERS};
  reading.places[NIC_PLACE_QSTATS] =
      (struct nic_numbers){fixture->qstat, NIC_FIXTURE_QSTATS};
  return reading;
}

static void take(struct adapter *adapter, double now) {
  struct nic_reading reading = reading_of(adapter, now);
  nic_tally_take(&adapter->tally, &adapter->sources, &reading);
}

static void adapter_open(struct adapter *adapter, const char *name) {
  *adapter = (struct adapter){.names = {.count = 0}};
  nic_fixture_read(&adapter->fixture, name);
  assert_int_equal(nic_names_set(&adapter->names, adapter->fixture.names,
                                 adapter->fixture.count),
                   0);
  assert_int_equal(nic_counters_find(adapter->fixture.driver, &adapter->names,
                                     adapter->fixture.qstats,
                                     &adapter->sources),
                   0);
  assert_int_equal(nic_tally_new(&adapter->tally, &adapter->sources), 0);
  take(adapter, 1);
}

static void adapter_close(struct adapter *adapter) {
  nic_fixture_free(&adapter->fixture);
  nic_names_free(&adapter->names);
  nic_sources_free(&adapter->sources);
  nic_tally_free(&adapter->tally);
}

static const char *name_of(const struct adapter *adapter,
                           const struct nic_source *source) {
  if (source->place == NIC_PLACE_LINK)
    return nic_link_member(source->index);
  return source->place == NIC_PLACE_ETHTOOL
             ? adapter->names.items[source->index].name
             : "of qstats";
}

static bool is_added(const struct nic_source *source) {
  return source->is_counted && source->rule != NIC_MINUS;
}

static void for_each_fixture(void (*check)(struct adapter *adapter,
                                           const char *name)) {
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  CHECK(count > 40, "%zu fixtures", count);
  for (size_t i = 0; i < count; ++i) {
    struct adapter adapter;
    adapter_open(&adapter, list[i]->d_name);
    check(&adapter, list[i]->d_name);
    adapter_close(&adapter);
    free(list[i]);
  }
  free(list);
}

static void check_expectations(struct adapter *adapter, const char *name) {
  const struct nic_fixture *fixture = &adapter->fixture;
  bool is_expected[NIC_CAUSE_COUNT] = {false};
  CHECK(fixture->origin[0] != '\0', "%s", name);
  for (size_t i = 0; i < fixture->expectation_count; ++i) {
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
  /* What a fixture leaves out could be anything. */
  for (size_t i = 0; i < NIC_CAUSE_COUNT; ++i)
    CHECK(is_expected[i] || strncmp(fixture->origin, " composed", 9) != 0,
          "%s says nothing about cause %zu", name, i);
}

static void every_driver_has_the_expected_causes(void **state) {
  (void)state;
  for_each_fixture(check_expectations);
}

static void check_sources(struct adapter *adapter, const char *name) {
  for (size_t i = 0; i < adapter->sources.count; ++i) {
    const struct nic_source *one = &adapter->sources.items[i];
    CHECK(one->bits == 16 || one->bits == 32 || one->bits == 64, "%s", name);
    CHECK(one->cause < NIC_CAUSE_COUNT, "%s", name);
    bool guessed =
        one->cause == NIC_RX_UNCLASSIFIED || one->cause == NIC_TX_UNCLASSIFIED;
    CHECK(!guessed || !adapter->sources.is_known, "%s guesses", name);
    size_t added = is_added(one) && one->rule != NIC_UNLESS;
    for (size_t j = 0; j < i; ++j) {
      const struct nic_source *other = &adapter->sources.items[j];
      if (other->place != one->place || other->index != one->index)
        continue;
      CHECK(other->cause != one->cause, "%s: %s is twice in cause %d", name,
            name_of(adapter, one), one->cause);
      added += is_added(other) && other->rule != NIC_UNLESS;
    }
    /* A rule with a condition takes the growth from the other sum. */
    CHECK(added <= 1, "%s: %s is in two sums", name, name_of(adapter, one));
  }
}

static void no_number_is_in_two_sums(void **state) {
  (void)state;
  for_each_fixture(check_sources);
}

/* The same matching as the table's, written another way. */
static bool fits(const char *name, const char *pattern) {
  if (*pattern == '\0')
    return *name == '\0';
  if (*pattern != '*')
    return *name == *pattern && fits(name + 1, pattern + 1);
  size_t digits = strspn(name, "0123456789");
  for (size_t i = 1; i <= digits; ++i)
    if (fits(name + i, pattern + 1))
      return true;
  return false;
}

static bool is_named(const char *list, const char *name) {
  for (;;) {
    const char *end = strstr(list, ", ");
    size_t length = end != NULL ? (size_t)(end - list) : strlen(list);
    if (length == strlen(name) && strncmp(list, name, length) == 0)
      return true;
    if (end == NULL)
      return false;
    list = end + 2;
  }
}

static bool is_of(const struct adapter *adapter,
                  const struct nic_source *source, const struct nic_row *row) {
  if (row->place != source->place)
    return false;
  return row->place == NIC_PLACE_ETHTOOL
             ? fits(name_of(adapter, source), row->counter)
             : row->index == source->index;
}

static bool is_counted(const struct adapter *adapter,
                       const struct nic_row *row) {
  for (size_t i = 0; i < adapter->sources.count; ++i) {
    const struct nic_source *source = &adapter->sources.items[i];
    if (is_added(source) && source->cause == row->cause &&
        is_of(adapter, source, row))
      return true;
  }
  return false;
}

/* A row that must not count does not, and if the adapter has its counter, it
 * has a counted one that the row names. */
static void check_overlaps(struct adapter *adapter, const char *name) {
  for (size_t i = 0; i < nic_table_count; ++i) {
    const struct nic_row *row = &nic_table[i];
    if (strcmp(row->driver, adapter->fixture.driver) != 0 ||
        row->rule != NIC_NOT)
      continue;
    CHECK(!is_counted(adapter, row), "%s counts %s beside %s", name,
          row->counter, row->of);
  }
  for (size_t i = 0; i < adapter->sources.count; ++i) {
    const struct nic_source *source = &adapter->sources.items[i];
    if (source->is_counted || !adapter->sources.is_known ||
        source->place != NIC_PLACE_ETHTOOL)
      continue;
    bool is_counted_elsewhere = false, is_named_row = false;
    for (size_t j = 0; j < nic_table_count; ++j) {
      const struct nic_row *row = &nic_table[j];
      if (strcmp(row->driver, adapter->fixture.driver) != 0)
        continue;
      for (size_t k = 0; k < nic_table_count; ++k) {
        const struct nic_row *other = &nic_table[k];
        if (strcmp(other->driver, row->driver) != 0 ||
            !is_of(adapter, source, row))
          continue;
        bool instead = row->rule == NIC_NOT
                           ? is_named(row->of, other->counter)
                           : row->rule == NIC_FIRST &&
                                 other->rule == NIC_FIRST &&
                                 strcmp(row->of, other->of) == 0;
        is_named_row = is_named_row || instead;
        is_counted_elsewhere =
            is_counted_elsewhere || (instead && is_counted(adapter, other));
      }
    }
    CHECK(is_named_row || source->rule == NIC_MINUS, "%s: %s", name,
          name_of(adapter, source));
    CHECK(is_counted_elsewhere || source->rule == NIC_MINUS,
          "%s: nothing counts the packets of %s", name,
          name_of(adapter, source));
  }
}

static void what_is_not_counted_counts_elsewhere(void **state) {
  (void)state;
  for_each_fixture(check_overlaps);
}

static void choices_take_one_row(struct adapter *adapter, const char *name) {
  for (size_t i = 0; i < nic_table_count; ++i) {
    const struct nic_row *one = &nic_table[i];
    if (strcmp(one->driver, adapter->fixture.driver) != 0 ||
        one->rule != NIC_FIRST || !is_counted(adapter, one))
      continue;
    for (size_t j = 0; j < nic_table_count; ++j) {
      const struct nic_row *other = &nic_table[j];
      if (i == j || strcmp(other->driver, one->driver) != 0 ||
          other->rule != NIC_FIRST || strcmp(other->of, one->of) != 0)
        continue;
      CHECK(!is_counted(adapter, other), "%s counts both %s and %s", name,
            one->counter, other->counter);
    }
  }
}

static void of_a_choice_one_row_is_counted(void **state) {
  (void)state;
  for_each_fixture(choices_take_one_row);
}

static bool is_loss(enum nic_cause cause) {
  return cause <= NIC_RX_POLICY ||
         (cause >= NIC_TX_RING_FULL && cause <= NIC_TX_POLICY);
}

/* From the table alone: two rows of a driver that both count as a loss never
 * match one name, unless under opposite conditions. A NIC_UNLESS rule takes the
 * growth from the other row. */
static void no_packet_is_in_two_losses(void **state) {
  (void)state;
  size_t compared = 0;
  for (size_t i = 0; i < nic_table_count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      const struct nic_row *one = &nic_table[i], *other = &nic_table[j];
      if (strcmp(one->driver, other->driver) != 0 ||
          one->place != other->place || one->rule == NIC_MINUS ||
          other->rule == NIC_MINUS || !is_loss(one->cause) ||
          !is_loss(other->cause) ||
          (one->rule == NIC_UNLESS) != (other->rule == NIC_UNLESS))
        continue;
      compared++;
      char name[2 * NIC_NAME_SIZE], *end = name;
      for (const char *at = one->counter; *at != '\0'; ++at)
        end += sprintf(end, *at == '*' ? "12" : "%c", *at);
      bool opposed = one->only_if != NULL && other->only_if != NULL &&
                     strcmp(one->only_if, other->only_if) == 0 &&
                     one->if_absent != other->if_absent;
      CHECK(opposed || !fits(name, other->counter), "%s: %s and %s",
            one->driver, one->counter, other->counter);
    }
  }
  assert_true(compared > 1000);
}

static void rows_that_are_not_counted_name_counted_ones(void **state) {
  (void)state;
  size_t checked = 0;
  for (size_t i = 0; i < nic_table_count; ++i) {
    const struct nic_row *row = &nic_table[i];
    if (row->rule != NIC_NOT)
      continue;
    bool found = false;
    for (size_t j = 0; j < nic_table_count; ++j) {
      const struct nic_row *other = &nic_table[j];
      found =
          found || (strcmp(other->driver, row->driver) == 0 &&
                    (other->rule == NIC_COUNTED || other->rule == NIC_FIRST) &&
                    is_named(row->of, other->counter));
    }
    CHECK(found, "%s: %s", row->driver, row->counter);
    checked++;
  }
  assert_true(checked > 100);
}

/* Rows that no fixture has shown yet. */
static const struct nic_row *unseen[4000];

static void forget_rows(struct adapter *adapter, const char *name) {
  (void)name;
  for (size_t i = 0; i < nic_table_count; ++i)
    if (unseen[i] != NULL &&
        (strcmp(unseen[i]->driver, "+") == 0 ||
         strcmp(unseen[i]->driver, adapter->fixture.driver) == 0))
      for (size_t j = 0; j < adapter->sources.count; ++j)
        if (unseen[i] != NULL &&
            adapter->sources.items[j].cause == unseen[i]->cause &&
            is_of(adapter, &adapter->sources.items[j], unseen[i]))
          unseen[i] = NULL;
}

static void every_row_is_in_a_fixture(void **state) {
  (void)state;
  /* Names of kernels that no fixture is of. */
  static const char *const others[] = {
      "port.rx_priority_*_xoff", "port.tx_priority_*_xoff",
      "*: tx_mem_alloc_err",     "*: stopped_cnt",
      "rx_fcoe_dropped",
  };
  assert_true(nic_table_count <= COUNT_OF(unseen));
  for (size_t i = 0; i < nic_table_count; ++i)
    unseen[i] = nic_table[i].driver[0] != '*' ? &nic_table[i] : NULL;
  for_each_fixture(forget_rows);
  for (size_t i = 0; i < nic_table_count; ++i) {
    bool other = false;
    for (size_t j = 0; unseen[i] != NULL && j < COUNT_OF(others); ++j)
      other = other || strcmp(unseen[i]->counter, others[j]) == 0;
    CHECK(unseen[i] == NULL || other, "%s: %s", unseen[i]->driver,
          unseen[i]->counter);
  }
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
  for (size_t i = 0; i < COUNT_OF(known); ++i) {
    assert_int_equal(nic_counters_find(known[i], &names, 0, &sources), 0);
    CHECK(sources.is_known, "%s", known[i]);
  }
  for (size_t i = 0; i < COUNT_OF(unknown); ++i) {
    assert_int_equal(nic_counters_find(unknown[i], &names, 0, &sources), 0);
    CHECK(!sources.is_known, "%s", unknown[i]);
    CHECK(sources.count > 0, "%s", unknown[i]);
  }
  nic_sources_free(&sources);
  nic_sources_free(&sources);
}

static void names_that_look_like_a_loss(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum nic_cause cause;
  } rows[] = {
      {"rx_drops", NIC_RX_UNCLASSIFIED},
      {"RxDropped", NIC_RX_UNCLASSIFIED},
      {"tx_discards", NIC_TX_UNCLASSIFIED},
      {"port_tx_dropped", NIC_TX_UNCLASSIFIED},
      {"rx_missed", NIC_RX_UNCLASSIFIED},
      {"rx_miss", NIC_RX_UNCLASSIFIED},
      {"OutErrors", NIC_TX_UNCLASSIFIED},
      {"InErrors", NIC_RX_UNCLASSIFIED},
      {"mac_receive_error", NIC_RX_UNCLASSIFIED},
      {"internal_mac_transmit_err", NIC_TX_UNCLASSIFIED},
      {"rxerr", NIC_RX_UNCLASSIFIED},
      {"rx_nobuf", NIC_RX_UNCLASSIFIED},
      {"rx_no_buffer", NIC_RX_UNCLASSIFIED},
      {"fifo_overflow", NIC_RX_UNCLASSIFIED},
      {"rx_overruns", NIC_RX_UNCLASSIFIED},
      {"tx_timeout", NIC_TX_UNCLASSIFIED},
      {"tx_dma_failures", NIC_TX_UNCLASSIFIED},
      {"rx_fail", NIC_RX_UNCLASSIFIED},
      {"rx_tx_drops", NIC_RX_UNCLASSIFIED},
      {"tx_rx_drops", NIC_TX_UNCLASSIFIED},
      {"rx_packets", NIC_CAUSE_COUNT},
      {"rx_buffer_passed_phy", NIC_CAUSE_COUNT},
      {"rx_buffer_passed_thres_phy", NIC_CAUSE_COUNT},
      {"no_error", NIC_CAUSE_COUNT},
      {"rx_csum_errors", NIC_CAUSE_COUNT},
      {"rx_l4_checksum_err", NIC_CAUSE_COUNT},
      {"rx_prio3_pause_errors", NIC_CAUSE_COUNT},
      {"tx_deferred", NIC_CAUSE_COUNT},
      {"interrupts", NIC_CAUSE_COUNT},
      {"transmissions", NIC_CAUSE_COUNT},
      {"failover", NIC_CAUSE_COUNT},
      {"rx_error_bytes", NIC_CAUSE_COUNT},
      {"rx_fec_corrected_errors", NIC_CAUSE_COUNT},
      {"rx_xdp_drop", NIC_CAUSE_COUNT},
      {"rx_alloc_fail", NIC_CAUSE_COUNT},
      {"tx_hwtstamp_timeouts", NIC_CAUSE_COUNT},
      {"rx_no_dma_resources", NIC_RX_UNCLASSIFIED},
      {"rx_no_res", NIC_RX_UNCLASSIFIED},
      {"rx_no_resource", NIC_RX_UNCLASSIFIED},
      {"rx_rejected", NIC_RX_UNCLASSIFIED},
      {"tx_aborted", NIC_TX_UNCLASSIFIED},
      {"tx_underrun", NIC_TX_UNCLASSIFIED},
      {"rx_runt", NIC_RX_UNCLASSIFIED},
      {"rx_jabbers", NIC_RX_UNCLASSIFIED},
      {"rx_undersize", NIC_RX_UNCLASSIFIED},
      {"oversize_pkts", NIC_RX_UNCLASSIFIED},
      {"rx_too_long", NIC_RX_UNCLASSIFIED},
      {"rx_no_dmac", NIC_CAUSE_COUNT},
      {"rx_no_response", NIC_CAUSE_COUNT},
      {"eswitch_error_free_frames", NIC_CAUSE_COUNT},
      {"SI MAC nomatch u-cast discards", NIC_CAUSE_COUNT},
      {"SI pruning discarded frames", NIC_CAUSE_COUNT},
      {"timestamp_dropped", NIC_CAUSE_COUNT},
      {"rx_overflow_irq", NIC_CAUSE_COUNT},
      {"rx_ip_hderr", NIC_CAUSE_COUNT},
      {"", NIC_CAUSE_COUNT},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    CHECK(nic_guess(rows[i].name) == rows[i].cause, "%s: %d", rows[i].name,
          nic_guess(rows[i].name));
}

static void link_members_have_names(void **state) {
  (void)state;
  /* By position in struct rtnl_link_stats64 of linux/if_link.h. */
  assert_string_equal(nic_link_member(0), "rx_packets");
  assert_string_equal(nic_link_member(7), "tx_dropped");
  assert_string_equal(nic_link_member(15), "rx_missed_errors");
  assert_string_equal(nic_link_member(24), "rx_otherhost_dropped");
  assert_null(nic_link_member(25));
}

static void a_large_adapter(void **state) {
  (void)state;
  enum { QUEUES = 200, KINDS = 13 };
  static const char *const kinds[KINDS] = {
      "packets", "bytes", "dropped",   "stopped",   "wake", "recover", "cqes",
      "cqe_err", "nop",   "csum_none", "xmit_more", "tso",  "added"};
  char *raw = calloc(QUEUES * KINDS, NIC_NAME_RAW);
  assert_non_null(raw);
  for (size_t i = 0; i < QUEUES * KINDS; ++i)
    snprintf(raw + i * NIC_NAME_RAW, NIC_NAME_RAW, "tx%zu_%s", i / KINDS,
             kinds[i % KINDS]);
  struct nic_names names = {.count = 0};
  struct nic_sources sources = {.count = 0};
  assert_int_equal(nic_names_set(&names, raw, QUEUES * KINDS), 0);
  assert_int_equal(nic_counters_find("mlx5_core", &names, 0, &sources), 0);
  size_t dropped = 0;
  for (size_t i = 0; i < sources.count; ++i)
    dropped +=
        sources.items[i].cause == NIC_TX_DROP && is_added(&sources.items[i]);
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
  for (size_t i = 0; i < sources.count; ++i) {
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
      cmocka_unit_test(what_is_not_counted_counts_elsewhere),
      cmocka_unit_test(of_a_choice_one_row_is_counted),
      cmocka_unit_test(no_packet_is_in_two_losses),
      cmocka_unit_test(rows_that_are_not_counted_name_counted_ones),
      cmocka_unit_test(every_row_is_in_a_fixture),
      cmocka_unit_test(drivers_of_the_table_are_known),
      cmocka_unit_test(names_that_look_like_a_loss),
      cmocka_unit_test(link_members_have_names),
      cmocka_unit_test(a_large_adapter),
      cmocka_unit_test(nothing_is_subtracted_from_nothing),
  };
  return cmocka_run_group_tests_name("nic_counters", tests, NULL, NULL);
}
