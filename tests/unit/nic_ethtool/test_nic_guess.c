/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "nic_guess.h"

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
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    CHECK(nic_guess(rows[i].name) == rows[i].cause, "%s: %d", rows[i].name,
          nic_guess(rows[i].name));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_that_look_like_a_loss),
  };
  return cmocka_run_group_tests_name("nic_guess", tests, NULL, NULL);
}
