/* SPDX-License-Identifier: MIT */
/* Whether the advice of an alert fits the loss. */
#include "sock_stage.h"

#include <netinet/tcp.h>
#include <unistd.h>

/* Begins anew within a test. */
static struct stage *stage_again(void **state) {
  sock_stage_remove(state);
  sock_stage_make(state);
  return *state;
}

/* Warns as soon as the meter is above 0. */
static void judge(struct stage *stage, const char *meter) {
  stage_configure(stage,
                  PLUGIN(LINE("ReportConnections", BOOLEAN(true)),
                         THRESHOLD(meter, LINE("WarningMax", NUMBER(0)))));
}

/* A queue that is full in two reads is no burst. */
static void a_queue_that_stays_full(void **state) {
  struct stage *stage = *state;
  stage_configure(stage,
                  PLUGIN(THRESHOLD("accept_queue", LINE("Hits", NUMBER(2)))));
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  tcp->queue = 5;
  stage_read(stage);
  stage_read(stage);
  assert_string_equal(stage_only_alert(stage)->advice,
                      "the queue stays full: accept faster, with more workers");
  assert_string_equal(stage_only_alert(stage)->setting, "listen() backlog");
}

static void a_burst_of_datagrams(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(53, 212992);
  stage_start_and_read(stage);
  udp->drops = 50;
  stage_read(stage);
  assert_string_equal(stage_only_alert(stage)->setting,
                      "net.core.rmem_default");
  assert_string_equal(stage_only_alert(stage)->advice,
                      "a burst, raise it or SO_RCVBUF");
}

static void a_buffer_that_stays_full(void **state) {
  struct stage *stage = *state;
  stage_configure(stage,
                  PLUGIN(THRESHOLD("receive_queue", LINE("Hits", NUMBER(2)))));
  struct fake_socket *udp = fake_socket_udp(53, 8000);
  stage_start_and_read(stage);
  udp->queue = 8000;
  stage_read(stage);
  stage_read(stage);
  assert_string_equal(stage_only_alert(stage)->setting, "SO_RCVBUF");
  assert_string_equal(stage_only_alert(stage)->advice,
                      "the buffer stays full: read faster, with more workers");
}

/* Lays the protocol's counters: all errors, and those of each cause. */
static void lay_errors(struct stage *stage, unsigned all, unsigned buffer,
                       unsigned memory, unsigned checksum) {
  char text[256];
  snprintf(text, sizeof(text),
           "Udp: InErrors RcvbufErrors InCsumErrors MemErrors\n"
           "Udp: %u %u %u %u\n",
           all, buffer, checksum, memory);
  temp_tree_write(&stage->tree, "proc/net/snmp", text);
}

/* A socket counts losses of every cause alike; the protocol tells them apart.
 */
static void datagrams_by_cause(void **state) {
  struct stage *stage = *state;
  static const struct {
    unsigned all, buffer, memory, checksum;
    const char *setting, *advice;
  } rows[] = {
      {50, 50, 0, 0, "net.core.rmem_default", "a burst, raise it or SO_RCVBUF"},
      {50, 0, 50, 0, "net.ipv4.udp_mem",
       "UDP of the whole host takes that many pages: raise it"},
      {0, 0, 0, 0, "net.ipv4.udp_mem",
       "UDP of the whole host takes that many pages: raise it"},
      {50, 0, 0, 50, "",
       "wrong checksums, no full buffer: capture some with tcpdump -vv"},
      {50, 0, 0, 0, "",
       "refused by its socket filter (SO_ATTACH_FILTER), no full buffer"},
      {50, 30, 0, 20, "net.core.rmem_default",
       "a burst, raise it or SO_RCVBUF"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    stage = stage_again(state);
    temp_tree_write(&stage->tree, "proc/sys/net/ipv4/udp_mem", "1\t2\t3\n");
    lay_errors(stage, 7, 7, 7, 7);
    struct fake_socket *udp = fake_socket_udp(53, 212992);
    stage_start_and_read(stage);
    udp->drops = 50;
    lay_errors(stage, 7 + rows[i].all, 7 + rows[i].buffer, 7 + rows[i].memory,
               7 + rows[i].checksum);
    stage_read(stage);
    const struct recorded_alert *alert = stage_only_alert(stage);
    CHECK(strcmp(alert->setting, rows[i].setting) == 0 &&
              strcmp(alert->advice, rows[i].advice) == 0,
          "row %zu: %s", i, alert->message);
  }
}

/* IPv6 counts in a table of its own. */
static void datagrams_of_ip6(void **state) {
  struct stage *stage = *state;
  lay_errors(stage, 0, 0, 0, 0);
  temp_tree_write(&stage->tree, "proc/net/snmp6", "Udp6InErrors 0\n");
  struct fake_socket *udp = fake_socket_udp(53, 212992);
  stage_start_and_read(stage);
  udp->drops = 50;
  temp_tree_write(&stage->tree, "proc/net/snmp6",
                  "Udp6InErrors 50\nUdp6InCsumErrors 50\n");
  stage_read(stage);
  ASSERT_HAS(stage_only_alert(stage)->advice, "wrong checksums");
}

/* Where refusals cannot be told from other drops, nothing is claimed. */
static void drops_that_may_be_no_refusals(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(80, 128);
  stage_start_and_read(stage);
  tcp->drops = 160;
  stage_read(stage);
  assert_string_equal(stage_only_alert(stage)->setting, "");
  assert_string_equal(
      stage_only_alert(stage)->advice,
      "none was refused unless this grows: nstat -az TcpExtListenDrops");
}

/* Meters of connections have nothing to do with accept queues. */
static void connections_have_their_own(void **state) {
  struct stage *stage = *state;
  static const struct {
    const char *meter;
    int state;
    const char *advice;
  } rows[] = {
      {"recv_q_high", TCP_ESTABLISHED,
       "the application does not read: see what it waits for"},
      {"send_q_high", TCP_ESTABLISHED,
       "the peer or the path is slow: ss -tni shows which"},
      {"close_wait", TCP_CLOSE_WAIT,
       "the application does not close them: fix or restart it"},
      {"established", TCP_ESTABLISHED,
       "see the peers: ss -tn state established"},
      {"time_wait", TCP_TIME_WAIT,
       "they end after 60 s, and only take up ephemeral ports"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    stage = stage_again(state);
    judge(stage, rows[i].meter);
    fake_socket_tcp(443, 8)->uid = 33;
    stage_start_and_read(stage);
    struct fake_socket *one = fake_socket_connection(rows[i].state, 443, 1);
    one->queue = 100000;
    one->limit = 300000;
    stage_read(stage);
    CHECK(strcmp(stage_only_alert(stage)->advice, rows[i].advice) == 0,
          "row %zu: %s", i, stage_only_alert(stage)->message);
    assert_string_equal(stage_only_alert(stage)->setting, "");
    ASSERT_HAS(stage_only_alert(stage)->message,
               "; a process of uid 33 at 0.0.0.0");
    ASSERT_LACKS(stage_only_alert(stage)->message, "waiting");
  }
}

/* Peers of a flood let the SYN-ACK be repeated. */
static void a_flood(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportSynReceived", BOOLEAN(true))));
  fake_socket_tcp(443, 8);
  for (uint16_t i = 0; i < 9; i++)
    fake_socket_connection(TCP_SYN_RECV, 443, (uint16_t)(1000 + i))
        ->retransmits = i % 3 > 0;
  stage_start_and_read(stage);
  assert_string_equal(stage_only_alert(stage)->advice,
                      "a flood, peers do not answer: SYN cookies, which are "
                      "sent, let others in");
}

static void a_range_that_is_wide_already(void **state) {
  struct stage *stage = *state;
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/ip_local_port_range",
                  "1024\t65535\n");
  judge(stage, "ephemeral_ports");
  fake_socket_connection(TCP_ESTABLISHED, 40000, 443);
  stage_start_and_read(stage);
  assert_string_equal(stage_only_alert(stage)->setting,
                      "net.ipv4.ip_local_port_range");
  assert_string_equal(stage_only_alert(stage)->advice,
                      "connect from more addresses (IP_BIND_ADDRESS_NO_PORT)");
}

/* A total names the port that is worst. */
static void totals_name_the_worst(void **state) {
  struct stage *stage = *state;
  stage_configure(
      stage,
      PLUGIN(THRESHOLD("total_receive_dropped", LINE("WarningMax", NUMBER(1))),
             THRESHOLD("receive_dropped", LINE("WarningMax", STRING("none")),
                       LINE("FailureMax", STRING("none")))));
  struct fake_socket *one = fake_socket_udp(53, 212992);
  struct fake_socket *other = fake_socket_udp(54, 212992);
  stage_start_and_read(stage);
  one->drops = 20;
  other->drops = 70;
  stage_read(stage);
  stage_expect_alerts(stage, "udp/dropped okay>warning");
  assert_string_equal(stage_only_alert(stage)->setting,
                      "net.core.rmem_default");
  ASSERT_HAS(stage_only_alert(stage)->message,
             "; most at udp-54: a process of uid 0");
}

/* A setting that cannot be read is still named. */
static void settings_that_cannot_be_read(void **state) {
  struct stage *stage = *state;
  char path[512];
  static const char *const settings[] = {"core/somaxconn", "core/rmem_default",
                                         "core/rmem_max"};
  for (size_t i = 0; i < COUNT_OF(settings); i++) {
    char name[64];
    snprintf(name, sizeof(name), "proc/sys/net/%s", settings[i]);
    temp_tree_path(&stage->tree, name, path, sizeof(path));
    assert_int_equal(unlink(path), 0);
  }
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  struct fake_socket *udp = fake_socket_udp(53, 8000);
  stage_start_and_read(stage);
  tcp->queue = 5;
  stage_read(stage);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "listen() backlog is 4: raise it, up to net.core.somaxconn, or "
             "accept faster");
  udp->queue = 8000;
  stage_read(stage);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "SO_RCVBUF is 4000: raise it, up to net.core.rmem_max, or read "
             "faster");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(a_queue_that_stays_full),
      SOCK_STAGE_TEST(a_burst_of_datagrams),
      SOCK_STAGE_TEST(a_buffer_that_stays_full),
      SOCK_STAGE_TEST(datagrams_by_cause),
      SOCK_STAGE_TEST(datagrams_of_ip6),
      SOCK_STAGE_TEST(drops_that_may_be_no_refusals),
      SOCK_STAGE_TEST(connections_have_their_own),
      SOCK_STAGE_TEST(a_flood),
      SOCK_STAGE_TEST(a_range_that_is_wide_already),
      SOCK_STAGE_TEST(totals_name_the_worst),
      SOCK_STAGE_TEST(settings_that_cannot_be_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
