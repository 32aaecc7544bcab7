/* SPDX-License-Identifier: MIT */
/* How the rows of the table fit together: no packet counts twice. */
#include "nic_adapter.h"

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

static bool is_counted(const struct nic_adapter *adapter,
                       const struct nic_row *row) {
  for (size_t i = 0; i < adapter->sources.count; i++) {
    const struct nic_source *source = &adapter->sources.items[i];
    if (nic_adapter_is_added(source) && source->cause == row->cause &&
        nic_adapter_fits(adapter, source, row))
      return true;
  }
  return false;
}

/* A row that must not count does not, and if the adapter has its counter, it
 * has a counted one that the row names. */
static void check_overlaps(struct nic_adapter *adapter, const char *name) {
  for (size_t i = 0; i < nic_table_count; i++) {
    const struct nic_row *row = &nic_table[i];
    if (strcmp(row->driver, adapter->fixture.driver) != 0 ||
        row->rule != NIC_NOT)
      continue;
    CHECK(!is_counted(adapter, row), "%s counts %s beside %s", name,
          row->counter, row->of);
  }
  for (size_t i = 0; i < adapter->sources.count; i++) {
    const struct nic_source *source = &adapter->sources.items[i];
    if (source->is_counted || !adapter->sources.is_known ||
        source->place != NIC_PLACE_ETHTOOL)
      continue;
    bool is_counted_elsewhere = false, is_named_row = false;
    for (size_t j = 0; j < nic_table_count; j++) {
      const struct nic_row *row = &nic_table[j];
      if (strcmp(row->driver, adapter->fixture.driver) != 0)
        continue;
      for (size_t k = 0; k < nic_table_count; k++) {
        const struct nic_row *other = &nic_table[k];
        if (strcmp(other->driver, row->driver) != 0 ||
            !nic_adapter_fits(adapter, source, row))
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
          nic_adapter_name(adapter, source));
    CHECK(is_counted_elsewhere || source->rule == NIC_MINUS,
          "%s: nothing counts the packets of %s", name,
          nic_adapter_name(adapter, source));
  }
}

static void what_is_not_counted_counts_elsewhere(void **state) {
  (void)state;
  nic_adapter_each(check_overlaps);
}

static void choices_take_one_row(struct nic_adapter *adapter,
                                 const char *name) {
  for (size_t i = 0; i < nic_table_count; i++) {
    const struct nic_row *one = &nic_table[i];
    if (strcmp(one->driver, adapter->fixture.driver) != 0 ||
        one->rule != NIC_FIRST || !is_counted(adapter, one))
      continue;
    for (size_t j = 0; j < nic_table_count; j++) {
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
  nic_adapter_each(choices_take_one_row);
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
  for (size_t i = 0; i < nic_table_count; i++) {
    for (size_t j = 0; j < i; j++) {
      const struct nic_row *one = &nic_table[i], *other = &nic_table[j];
      if (strcmp(one->driver, other->driver) != 0 ||
          one->place != other->place || one->rule == NIC_MINUS ||
          other->rule == NIC_MINUS || !is_loss(one->cause) ||
          !is_loss(other->cause) ||
          (one->rule == NIC_UNLESS) != (other->rule == NIC_UNLESS))
        continue;
      compared++;
      char name[2 * NIC_NAME_SIZE], *end = name;
      for (const char *at = one->counter; *at != '\0'; at++)
        end += sprintf(end, *at == '*' ? "12" : "%c", *at);
      bool opposed = one->only_if != NULL && other->only_if != NULL &&
                     strcmp(one->only_if, other->only_if) == 0 &&
                     one->if_absent != other->if_absent;
      CHECK(opposed || !nic_adapter_matches(name, other->counter),
            "%s: %s and %s", one->driver, one->counter, other->counter);
    }
  }
  assert_true(compared > 1000);
}

static void rows_that_are_not_counted_name_counted_ones(void **state) {
  (void)state;
  size_t checked = 0;
  for (size_t i = 0; i < nic_table_count; i++) {
    const struct nic_row *row = &nic_table[i];
    if (row->rule != NIC_NOT)
      continue;
    bool found = false;
    for (size_t j = 0; j < nic_table_count; j++) {
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

static void forget_rows(struct nic_adapter *adapter, const char *name) {
  (void)name;
  for (size_t i = 0; i < nic_table_count; i++)
    if (unseen[i] != NULL &&
        (strcmp(unseen[i]->driver, "+") == 0 ||
         strcmp(unseen[i]->driver, adapter->fixture.driver) == 0))
      for (size_t j = 0; j < adapter->sources.count; j++)
        if (unseen[i] != NULL &&
            adapter->sources.items[j].cause == unseen[i]->cause &&
            nic_adapter_fits(adapter, &adapter->sources.items[j], unseen[i]))
          unseen[i] = NULL;
}

static void every_row_is_in_a_fixture(void **state) {
  (void)state;
  assert_true(nic_table_count <= COUNT_OF(unseen));
  for (size_t i = 0; i < nic_table_count; i++)
    unseen[i] = nic_table[i].driver[0] != '*' ? &nic_table[i] : NULL;
  nic_adapter_each(forget_rows);
  for (size_t i = 0; i < nic_table_count; i++)
    CHECK(unseen[i] == NULL, "%s: %s", unseen[i]->driver, unseen[i]->counter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_not_counted_counts_elsewhere),
      cmocka_unit_test(of_a_choice_one_row_is_counted),
      cmocka_unit_test(no_packet_is_in_two_losses),
      cmocka_unit_test(rows_that_are_not_counted_name_counted_ones),
      cmocka_unit_test(every_row_is_in_a_fixture),
  };
  return cmocka_run_group_tests_name("nic_table", tests, NULL, NULL);
}
