/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "irq_name.h"

#define NO IRQ_NO_QUEUE

static void names_of_all_drivers(void **state) {
  (void)state;
  static const struct irq_name_owner owner = {
      .interface = "eth0", .device = "virtio2", .bus = "0000:3b:00.0"};
  static const struct {
    const char *name;
    enum irq_role role;
    enum irq_direction direction;
    uint32_t queue;
  } rows[] = {
      {"virtio2-config", IRQ_OTHER, IRQ_BOTH, NO},
      {"virtio2-input.3", IRQ_QUEUE, IRQ_RX, 3},
      {"virtio2-output.0", IRQ_QUEUE, IRQ_TX, 0},
      {"virtio2-virtqueues", IRQ_QUEUE, IRQ_BOTH, NO},
      {"eth0", IRQ_UNKNOWN, IRQ_BOTH, NO},
      {"eth0-rx-0", IRQ_QUEUE, IRQ_RX, 0},
      {"eth0-tx-0", IRQ_QUEUE, IRQ_TX, 0},
      {"eth0-TxRx-12", IRQ_QUEUE, IRQ_BOTH, 12},
      {"i40e-eth0-TxRx-7", IRQ_QUEUE, IRQ_BOTH, 7},
      {"i40e-0000:3b:00.0:misc", IRQ_OTHER, IRQ_BOTH, NO},
      {"i40e-0000:3b:00.0:fdir-TxRx-0", IRQ_OTHER, IRQ_BOTH, NO},
      {"iavf-eth0-TxRx-1", IRQ_QUEUE, IRQ_BOTH, 1},
      {"ice-eth0-TxRx-0", IRQ_QUEUE, IRQ_BOTH, 0},
      {"ice-0000:3b:00.0:misc", IRQ_OTHER, IRQ_BOTH, NO},
      {"idpf-eth0-TxRx-2", IRQ_QUEUE, IRQ_BOTH, 2},
      {"mlx4-5@0000:3b:00.0", IRQ_QUEUE, IRQ_BOTH, 5},
      {"mlx4-async@pci:0000:3b:00.0", IRQ_OTHER, IRQ_BOTH, NO},
      {"mlx5_comp62@pci:0000:3b:00.0", IRQ_QUEUE, IRQ_BOTH, 62},
      {"mlx5_async0@pci:0000:3b:00.0", IRQ_OTHER, IRQ_BOTH, NO},
      {"mlx5_sf_comp3@pci:0000:3b:00.0", IRQ_QUEUE, IRQ_BOTH, 3},
      {"eth0-txrx-1", IRQ_QUEUE, IRQ_BOTH, 1},
      {"eth0-fp-4", IRQ_QUEUE, IRQ_BOTH, 4},
      {"eth0-Tx-Rx-6", IRQ_QUEUE, IRQ_BOTH, 6},
      {"ena-mgmnt@pci:0000:3b:00.0", IRQ_OTHER, IRQ_BOTH, NO},
      {"gve-ntfy-blk3@pci:0000:3b:00.0", IRQ_QUEUE, IRQ_BOTH, 3},
      {"gve-mgmnt@pci:0000:3b:00.0", IRQ_OTHER, IRQ_BOTH, NO},
      {"eth0-ntfy-block.9", IRQ_QUEUE, IRQ_BOTH, 9},
      {"mana_q2@pci:0000:3b:00.0", IRQ_QUEUE, IRQ_BOTH, 2},
      {"mana_hwc@pci:0000:3b:00.0", IRQ_OTHER, IRQ_BOTH, NO},
      {"eth0-rxtx-3", IRQ_QUEUE, IRQ_BOTH, 3},
      {"eth0-event-4", IRQ_OTHER, IRQ_BOTH, NO},
      {"eth0-7", IRQ_QUEUE, IRQ_BOTH, 7},
      {"eth0-xdp-1", IRQ_QUEUE, IRQ_TX, 1},
      {"eth0-Rx2", IRQ_QUEUE, IRQ_RX, 2},
      {"eth0-FWeventq", IRQ_OTHER, IRQ_BOTH, NO},
      {"hns3-0000:3b:00.0-TxRx-5", IRQ_QUEUE, IRQ_BOTH, 5},
      {"eth0-q3", IRQ_QUEUE, IRQ_BOTH, 3},
      {"eth0:rx-1", IRQ_QUEUE, IRQ_RX, 1},
      {"eth0_rxq4", IRQ_QUEUE, IRQ_RX, 4},
      {"vif1-q2-rx", IRQ_QUEUE, IRQ_RX, 2},
      {"vif1-q2-tx", IRQ_QUEUE, IRQ_TX, 2},
      {"vif1-q2", IRQ_QUEUE, IRQ_BOTH, 2},
      {"iwlwifi:default_queue", IRQ_QUEUE, IRQ_BOTH, 0},
      {"iwlwifi: default queue", IRQ_QUEUE, IRQ_BOTH, 0},
      {"iwlwifi:shared_IRQ", IRQ_QUEUE, IRQ_BOTH, 0},
      {"iwlwifi:queue_2", IRQ_QUEUE, IRQ_BOTH, 2},
      {"iwlwifi: queue 2", IRQ_QUEUE, IRQ_BOTH, 2},
      {"iwlwifi:exception", IRQ_OTHER, IRQ_BOTH, NO},
      {"eth0 (queue 1)", IRQ_QUEUE, IRQ_BOTH, 1},
      /* The interface was renamed while it was up. */
      {"old9-TxRx-3", IRQ_QUEUE, IRQ_BOTH, 3},
      {"enp59s0f0-3", IRQ_QUEUE, IRQ_BOTH, 3},
      {"enp59s0f0", IRQ_UNKNOWN, IRQ_BOTH, NO},
      {"lan-1", IRQ_UNKNOWN, IRQ_BOTH, NO},
      {"", IRQ_UNKNOWN, IRQ_BOTH, NO},
      {"-", IRQ_UNKNOWN, IRQ_BOTH, NO},
      {"eth0-rx-99999999999", IRQ_QUEUE, IRQ_RX, NO},
      {"eth0-rx-4294967295", IRQ_QUEUE, IRQ_RX, NO},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct irq_meaning meaning = irq_name_meaning(rows[i].name, &owner);
    CHECK(meaning.role == rows[i].role, "%s: role %d", rows[i].name,
          meaning.role);
    CHECK(meaning.direction == rows[i].direction, "%s: direction %d",
          rows[i].name, meaning.direction);
    CHECK(meaning.queue == rows[i].queue, "%s: queue %u", rows[i].name,
          meaning.queue);
  }
}

static void an_interface_may_be_named_like_a_queue(void **state) {
  (void)state;
  static const struct irq_name_owner owner = {.interface = "async-rx0"};
  struct irq_meaning meaning = irq_name_meaning("async-rx0-TxRx-4", &owner);
  assert_int_equal(meaning.role, IRQ_QUEUE);
  assert_int_equal(meaning.direction, IRQ_BOTH);
  assert_int_equal(meaning.queue, 4);
  assert_int_equal(irq_name_meaning("async-rx0", &owner).role, IRQ_UNKNOWN);
}

static void names_of_the_owner(void **state) {
  (void)state;
  static const struct irq_name_owner owner = {
      .interface = "eth1", .device = "virtio2", .bus = "0000:3b:00.0"};
  static const struct {
    const char *name;
    bool is_of;
  } rows[] = {
      {"eth1", true},
      {"eth1-TxRx-0", true},
      {"i40e-eth1-TxRx-0", true},
      {"eth1:rx-0", true},
      {"eth1_rxq0", true},
      {"virtio2-input.0", true},
      {"mlx5_comp0@pci:0000:3b:00.0", true},
      {"i40e-0000:3b:00.0:misc", true},
      {"eth10-TxRx-0", false},
      {"veth1", false},
      {"eth1.5-rx-0", false},
      {"eth1x", false},
      {"virtio22-input.0", false},
      {"mlx5_comp0@pci:0000:3b:00.1", false},
      {"mlx5_comp0@pci:0000:3b:00.01", false},
      {"", false},
      {"eth", false},
      {"eth11 eth1", true},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    CHECK(irq_name_is_of(rows[i].name, &owner) == rows[i].is_of, "%s",
          rows[i].name);
  static const struct irq_name_owner nobody = {.interface = ""};
  assert_false(irq_name_is_of("eth1", &nobody));
  assert_false(irq_name_is_of("", &nobody));
}

static void the_owners_name_is_chosen(void **state) {
  (void)state;
  static const struct irq_name_owner owner = {.interface = "eth4"};
  static const struct {
    const char *names, *chosen;
    bool is_owners;
  } rows[] = {
      {"eth3, eth4", "eth4", true},
      {"eth3,eth4", "eth4", true},
      {"eth4, eth3", "eth4", true},
      {"eth3, uhci_hcd:usb1", "eth3", false},
      {"eth4-rx-0,eth4-tx-0", "eth4-rx-0", true},
      {"my card, the second", "my card", false},
      {"", "", false},
      {"  ", "", false},
      {"a name that is too long to fit", "a name that ...", false},
      {"a\tb", "a?b", false},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char chosen[16] = "before";
    bool is_owners =
        irq_name_choose(scan_text(rows[i].names, strlen(rows[i].names)), &owner,
                        chosen, sizeof(chosen));
    CHECK(strcmp(chosen, rows[i].chosen) == 0, "\"%s\": \"%s\"", rows[i].names,
          chosen);
    CHECK(is_owners == rows[i].is_owners, "\"%s\"", rows[i].names);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_of_all_drivers),
      cmocka_unit_test(an_interface_may_be_named_like_a_queue),
      cmocka_unit_test(names_of_the_owner),
      cmocka_unit_test(the_owners_name_is_chosen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
