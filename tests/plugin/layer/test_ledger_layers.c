/* SPDX-License-Identifier: MIT */
/* Layers that see the same packets, in one ledger: one of them raises each
 * loss. */
#include "stage.h"

#include <string.h>

#include "fake_sockets.h"
#include "layers.h"

struct host {
  struct ledger *ledger;
  struct stage *sockets, *protocols;
  struct fake_socket *dns, *web; /* of ports 53 and 443 */
  unsigned rcvbuf_errors, overflows;
};

static void lay(struct host *host) {
  char text[512];
  snprintf(text, sizeof(text),
           "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors "
           "SndbufErrors InCsumErrors IgnoredMulti MemErrors\n"
           "Udp: 1000 0 %u 0 %u 0 0 0 0\n",
           host->rcvbuf_errors, host->rcvbuf_errors);
  temp_tree_write(&host->sockets->tree, "proc/net/snmp", text);
  temp_tree_write(&host->protocols->tree, "proc/net/snmp", text);
  snprintf(text, sizeof(text),
           "TcpExt: ListenOverflows ListenDrops TCPReqQFullDrop\n"
           "TcpExt: %u %u 0\n",
           host->overflows, host->overflows);
  temp_tree_write(&host->sockets->tree, "proc/net/netstat", text);
  temp_tree_write(&host->protocols->tree, "proc/net/netstat", text);
}

static int begin(void **state) {
  static struct host host;
  host = (struct host){0};
  fake_sockets_reset();
  if (ledger_new(&host.ledger) != 0)
    return -1;
  host.sockets = stage_new_in(&sock_backlog_layer, host.ledger);
  host.protocols = stage_new_in(&snmp_proto_layer, host.ledger);
  host.dns = fake_socket_udp(53, 200000);
  host.web = fake_socket_tcp(443, 128);
  *state = &host;
  return 0;
}

static int end(void **state) {
  struct host *host = *state;
  stage_free(host->sockets);
  stage_free(host->protocols);
  ledger_free(host->ledger);
  return 0;
}

static void start(struct host *host) {
  lay(host);
  stage_start(host->sockets);
  stage_start(host->protocols);
}

/* Both read; the alerts are kept until the next read. */
static void read_both(struct host *host) {
  lay(host);
  stage_read(host->sockets);
  stage_read(host->protocols);
}

static void lose_datagrams(struct host *host, unsigned count) {
  host->rcvbuf_errors += count;
  host->dns->drops += count;
}

static void refuse_connections(struct host *host, unsigned count) {
  host->overflows += count;
  host->web->drops += count;
}

static void the_port_is_raised_and_the_protocol_is_not(void **state) {
  struct host *host = *state;
  start(host);
  for (int i = 0; i < 8; i++) {
    if (i > 1)
      lose_datagrams(host, 500);
    read_both(host);
    stage_expect_alerts(host->sockets,
                        i == 2 ? "udp-53/dropped okay>warning" : "");
    stage_expect_alerts(host->protocols, "");
  }
  stage_expect(host->protocols, "Udp/protocol_counter-RcvbufErrors", 3000);
}

static void a_listener_is_raised_and_the_protocol_is_not(void **state) {
  struct host *host = *state;
  start(host);
  for (int i = 0; i < 8; i++) {
    if (i > 1)
      refuse_connections(host, 50);
    read_both(host);
    stage_expect_alerts(host->sockets,
                        i == 2 ? "tcp-443/dropped okay>warning" : "");
    stage_expect_alerts(host->protocols, "");
  }
}

/* Returns how many reads after the loss the protocol is raised; 0: never. */
static int reads_until_raised(struct host *host) {
  int raised = 0;
  for (int i = 0; i < 8; i++) {
    if (i > 1)
      host->rcvbuf_errors += 500;
    read_both(host);
    stage_expect_alerts(host->sockets, "");
    if (host->protocols->recording.alert_count == 0)
      continue;
    stage_expect_alerts(host->protocols, "Udp/RcvbufErrors okay>failure");
    assert_int_equal(raised, 0);
    raised = i - 1;
  }
  return raised;
}

/* Port 53 loses, and only port 443 is watched. */
static void a_port_that_is_not_watched_is_raised_by_the_protocol(void **state) {
  struct host *host = *state;
  stage_configure(host->sockets, PLUGIN(LINE("Port", STRING("443"))));
  start(host);
  int reads = reads_until_raised(host);
  CHECK(reads > 0 && reads <= 3, "%d", reads);
}

static void without_the_sockets_the_protocol_is_raised_at_once(void **state) {
  struct host *host = *state;
  lay(host);
  stage_start(host->protocols);
  for (int i = 0; i < 3; i++) {
    host->rcvbuf_errors += i > 1 ? 500 : 0;
    lay(host);
    stage_read(host->protocols);
  }
  stage_expect_alerts(host->protocols, "Udp/RcvbufErrors okay>failure");
}

/* One port that is watched and one that is not. */
static void two_losses_are_two_alerts(void **state) {
  struct host *host = *state;
  start(host);
  size_t ports = 0, protocols = 0;
  for (int i = 0; i < 10; i++) {
    if (i > 1)
      lose_datagrams(host, 500);
    if (i > 3)
      host->rcvbuf_errors += 300;
    read_both(host);
    ports += host->sockets->recording.alert_count;
    protocols += host->protocols->recording.alert_count;
  }
  assert_int_equal(ports, 1);
  assert_int_equal(protocols, 1);
}

#define HOST_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      HOST_TEST(the_port_is_raised_and_the_protocol_is_not),
      HOST_TEST(a_listener_is_raised_and_the_protocol_is_not),
      HOST_TEST(a_port_that_is_not_watched_is_raised_by_the_protocol),
      HOST_TEST(without_the_sockets_the_protocol_is_raised_at_once),
      HOST_TEST(two_losses_are_two_alerts),
  };
  return cmocka_run_group_tests_name("ledger_layers", tests, NULL, NULL);
}
