/* SPDX-License-Identifier: MIT */
/* loss_ledger in a ledger whose tellers the test is. */
#include "stage.h"

#include <string.h>

#include "fake_netns.h"
#include "layers.h"
#include "loss_meters.h"
#include "series.h"

struct host {
  struct ledger *ledger;
  struct ledger_teller *sockets, *protocols, *kernel;
  struct stage *stage;
  double now;
};

static int begin(void **state) {
  static struct host host;
  host = (struct host){0};
  if (ledger_new(&host.ledger) != 0 ||
      ledger_join(host.ledger, &host.sockets) != 0 ||
      ledger_join(host.ledger, &host.protocols) != 0 ||
      ledger_join(host.ledger, &host.kernel) != 0)
    return -1;
  host.stage = stage_new_in(&loss_ledger_layer, host.ledger);
  *state = &host;
  return 0;
}

static int end(void **state) {
  struct host *host = *state;
  stage_free(host->stage);
  ledger_leave(host->sockets);
  ledger_leave(host->protocols);
  ledger_leave(host->kernel);
  ledger_free(host->ledger);
  return 0;
}

static void post(struct host *host, struct ledger_teller *teller,
                 enum ledger_bucket bucket, enum ledger_exactness exactness,
                 const char *netns, uint64_t gain) {
  struct ledger_posting posting = {.bucket = bucket,
                                   .exactness = exactness,
                                   .netns = netns,
                                   .meter = "lost",
                                   .gain = gain};
  struct ledger_read read = {.begin = host->now,
                             .end = host->now + 0.001,
                             .interval = 10,
                             .postings = &posting,
                             .count = 1};
  ledger_post(teller, &read);
}

/* All tellers read, then loss_ledger does. */
static void read_all(struct host *host, uint64_t port, uint64_t protocol,
                     uint64_t kernel, uint64_t other) {
  host->now += 10;
  post(host, host->sockets, LEDGER_UDP_RECEIVE, LEDGER_OBJECT, NULL, port);
  post(host, host->protocols, LEDGER_UDP_RECEIVE, LEDGER_HOST, NULL, protocol);
  host->now += 0.01;
  post(host, host->kernel, LEDGER_UDP_RECEIVE, LEDGER_KERNEL, NULL, kernel);
  post(host, host->kernel, LEDGER_UNATTRIBUTED, LEDGER_KERNEL, NULL, other);
  stage_read(host->stage);
}

static void a_bucket_is_sent_once_it_is_counted(void **state) {
  struct host *host = *state;
  stage_start_quietly(host->stage);
  stage_read(host->stage);
  stage_expect(host->stage, "/gauge-alert", 0);
  assert_int_equal(host->stage->recording.value_count, 1);
  read_all(host, 0, 0, 0, 0);
  stage_expect(host->stage, "/packets-udp_receive", 0);
  stage_expect(host->stage, "/packets-unattributed", 0);
  stage_expect_none(host->stage, "/packets-qdisc");
  assert_int_equal(host->stage->recording.value_count, 3);
}

/* Three views of 500 datagrams, and 7 more that only the protocol sees. */
static void each_packet_counts_once(void **state) {
  struct host *host = *state;
  stage_start_quietly(host->stage);
  for (int i = 0; i < 3; i++)
    read_all(host, 0, 0, 0, 0);
  read_all(host, 500, 507, 507, 11);
  for (int i = 0; i < 6; i++)
    read_all(host, 0, 0, 0, 0);
  stage_expect(host->stage, "/packets-udp_receive", 507);
  stage_expect(host->stage, "/packets-unattributed", 11);
}

/* A namespace that sock_backlog watches, and one that only the kernel sees. */
static void namespaces_add_up_to_the_total(void **state) {
  struct host *host = *state;
  stage_configure(host->stage, PLUGIN(LINE("Namespaces", BOOLEAN(true))));
  stage_start_quietly(host->stage);
  for (int i = 0; i < 12; i++) {
    bool loses = i == 4;
    host->now += 10;
    post(host, host->sockets, LEDGER_UDP_RECEIVE, LEDGER_OBJECT, "web",
         loses ? 300 : 0);
    post(host, host->protocols, LEDGER_UDP_RECEIVE, LEDGER_HOST, NULL,
         loses ? 20 : 0);
    host->now += 0.01;
    post(host, host->kernel, LEDGER_UDP_RECEIVE, LEDGER_KERNEL, NULL,
         loses ? 1320 : 0);
    stage_read(host->stage);
    if (i < 4)
      stage_expect_none(host->stage, "web/packets-udp_receive");
  }
  stage_expect(host->stage, "/packets-udp_receive", 1320);
  stage_expect(host->stage, "web/packets-udp_receive", 300);
  stage_expect(host->stage, "netns-own/packets-udp_receive", 20);
  stage_expect(host->stage, "netns-unwatched/packets-udp_receive", 1000);
}

/* Its packets stay in the total. */
static void a_namespace_that_is_gone_is_not_sent(void **state) {
  struct host *host = *state;
  stage_configure(host->stage, PLUGIN(LINE("Namespaces", BOOLEAN(true))));
  stage_start_quietly(host->stage);
  for (int i = 0; i < 10; i++) {
    host->now += 10;
    if (i < 4)
      post(host, host->sockets, LEDGER_UDP_RECEIVE, LEDGER_OBJECT, "web",
           i == 2 ? 300 : 0);
    post(host, host->protocols, LEDGER_QDISC, LEDGER_HOST, NULL, 0);
    stage_read(host->stage);
    if (i == 4)
      stage_expect(host->stage, "web/packets-udp_receive", 300);
  }
  stage_expect_none(host->stage, "web/packets-udp_receive");
  stage_expect(host->stage, "/packets-udp_receive", 300);
}

static void without_the_option_there_are_no_namespaces(void **state) {
  struct host *host = *state;
  stage_start_quietly(host->stage);
  for (int i = 0; i < 3; i++) {
    host->now += 10;
    post(host, host->sockets, LEDGER_UDP_RECEIVE, LEDGER_OBJECT, "web", 100);
    stage_read(host->stage);
  }
  stage_expect(host->stage, "/packets-udp_receive", 300);
  stage_expect_none(host->stage, "web/packets-udp_receive");
}

static void a_threshold_raises_a_bucket(void **state) {
  struct host *host = *state;
  stage_configure(
      host->stage,
      PLUGIN(THRESHOLD("udp_receive", LINE("WarningMax", NUMBER(5)))));
  stage_start_quietly(host->stage);
  for (int i = 0; i < 3; i++) {
    host->now += 10;
    post(host, host->sockets, LEDGER_UDP_RECEIVE, LEDGER_OBJECT, NULL,
         i == 2 ? 1000 : 0);
    stage_read(host->stage);
  }
  stage_expect_message(host->stage,
                       "this host lost 100.0/s in udp_receive (limit 5/s)");
}

/* "a" is watched, "b" and "c" are not. */
static void namespaces_that_are_not_watched_are_counted_once(void **state) {
  struct host *host = *state;
  struct temp_tree *tree = &host->stage->tree;
  fake_netns_reset(tree);
  fake_netns_process(tree, "host", 1);
  fake_netns_process(tree, "a", 812);
  fake_netns_name(tree, "a", "web");
  fake_netns_process(tree, "b", 813);
  fake_netns_process(tree, "c", 814);
  stage_start_quietly(host->stage);
  for (int i = 0; i < 6; i++) {
    host->now += 10;
    post(host, host->sockets, LEDGER_UDP_RECEIVE, LEDGER_OBJECT, "web", 0);
    stage_read(host->stage);
  }
  assert_int_equal(host->stage->recording.line_count, 1);
  assert_int_equal(recording_lines(&host->stage->recording, LAYER_NOTICE,
                                   "2 network namespaces are not watched"),
                   1);
}

static void without_a_ledger_it_does_not_start(void **state) {
  (void)state;
  struct recording recording;
  recording_open(&recording, &loss_ledger_layer);
  assert_true(recording_start(&recording) < 0);
  assert_int_equal(
      recording_lines(&recording, LAYER_ERROR, "no other plugin counts"), 1);
  recording_close(&recording);
}

static void each_bucket_has_its_meter(void **state) {
  (void)state;
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    const struct ledger_bucket_facts *facts =
        ledger_bucket_facts((enum ledger_bucket)i);
    const struct meter *meter =
        &loss_meters[loss_meter_of((enum ledger_bucket)i)];
    assert_string_equal(meter->name, facts->name);
    assert_string_equal(meter->help, facts->help);
  }
}

static void the_names_of_series_stay(void **state) {
  struct host *host = *state;
  struct series series = {0};
  stage_configure(host->stage, PLUGIN(LINE("Namespaces", BOOLEAN(true))));
  stage_start_quietly(host->stage);
  for (int read = 0; read < 4; read++) {
    host->now += 10;
    for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
      post(host, host->sockets, (enum ledger_bucket)i, LEDGER_OBJECT, NULL, 1);
      post(host, host->sockets, (enum ledger_bucket)i, LEDGER_OBJECT, "web", 1);
    }
    stage_read(host->stage);
    series_add(&series, &host->stage->recording);
  }
  series_expect(&series, "loss_ledger");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(a_bucket_is_sent_once_it_is_counted),
      TEST(each_packet_counts_once),
      TEST(namespaces_add_up_to_the_total),
      TEST(a_namespace_that_is_gone_is_not_sent),
      TEST(without_the_option_there_are_no_namespaces),
      TEST(a_threshold_raises_a_bucket),
      TEST(namespaces_that_are_not_watched_are_counted_once),
      cmocka_unit_test(without_a_ledger_it_does_not_start),
      cmocka_unit_test(each_bucket_has_its_meter),
      TEST(the_names_of_series_stay),
  };
  return cmocka_run_group_tests_name("loss_ledger", tests, NULL, NULL);
}
