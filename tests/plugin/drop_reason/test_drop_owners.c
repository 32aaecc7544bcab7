/* SPDX-License-Identifier: MIT */
/* The layer drop_reason: whose packets are dropped. The namespaces are files of
 * a temporary tree; their only interface is the test's own lo. */
#include "stage.h"

#include <stdlib.h>
#include <string.h>

#include "drop_fixture.h"
#include "drop_source.h"
#include "fake_bpf.h"
#include "fake_netns.h"
#include "layers.h"

/* Reasons of Linux 6.18, and the index of every namespace's lo. */
enum {
  NO_SOCKET = 3,
  SOCKET_RCVBUFF = 6,
  NETFILTER_DROP = 12,
  FULL_RING = 80,
  LO = 1,
  GONE = 99
};

#define PLACE 0xffffffff81001010

struct scene {
  struct stage *stage;
  struct ledger *ledger; /* NULL: none */
  struct ledger_teller *teller;
  struct drop_owner offsets;
};

static void use_kernel(struct scene *scene, const char *version) {
  struct sysroot root = {0};
  struct drop_source source;
  char reason[128];
  drop_fixture_root(version, &root);
  assert_int_equal(drop_source_from_btf(&source, &root, reason, sizeof(reason)),
                   0);
  scene->offsets = source.plan.owner;
  stage_configure(scene->stage, PLUGIN(LINE("SysRoot", STRING(root.sys))));
  drop_source_free(&source);
  sysroot_free(&root);
}

static void make_scene(struct scene *scene) {
  static struct fake_owner self;
  fake_bpf_reset();
  scene->stage = stage_new_in(&drop_reason_layer, scene->ledger);
  struct temp_tree *tree = &scene->stage->tree;
  fake_netns_reset(tree);
  fake_netns_process(tree, "host", 1);
  fake_netns_name(tree, "a", "web");
  fake_netns_name(tree, "b", "db");
  temp_tree_write(tree, "proc/kallsyms", "ffffffff81001000 t tun_net_xmit\n");
  use_kernel(scene, "6.18");
  fake_owner_make(&self, &scene->offsets, 1, LO);
  fake_bpf.task = self.task;
}

static int make(void **state) {
  struct scene *scene = calloc(1, sizeof(*scene));
  if (scene == NULL)
    return -1;
  make_scene(scene);
  *state = scene;
  return 0;
}

/* With a ledger, in which the test is another teller. */
static int make_in_ledger(void **state) {
  struct scene *scene = calloc(1, sizeof(*scene));
  if (scene == NULL || ledger_new(&scene->ledger) < 0 ||
      ledger_join(scene->ledger, &scene->teller) < 0)
    return -1;
  make_scene(scene);
  *state = scene;
  return 0;
}

static int teardown(void **state) {
  struct scene *scene = *state;
  stage_free(scene->stage);
  ledger_leave(scene->teller);
  ledger_free(scene->ledger);
  free(scene);
  return fake_bpf.open == 0 ? 0 : -1;
}

static uint32_t inode_of(const struct scene *scene, const char *space) {
  char file[64], path[512];
  struct stat status;
  snprintf(file, sizeof(file), "spaces/%s/file", space);
  temp_tree_path(&scene->stage->tree, file, path, sizeof(path));
  assert_int_equal(stat(path, &status), 0);
  return (uint32_t)status.st_ino;
}

/* Drops packets on an interface of a namespace, or without any for NULL. */
static void drop(const struct scene *scene, unsigned count, uint32_t reason,
                 const char *space, uint32_t index) {
  static struct fake_owner owner;
  struct fake_packet packet;
  fake_packet_make(&packet, 0x0800, 176);
  fake_point(packet.bytes, scene->offsets.packet_device, NULL);
  fake_point(packet.bytes, scene->offsets.packet_socket, NULL);
  memset(packet.bytes + scene->offsets.packet_index, 0, sizeof(uint32_t));
  if (space != NULL) {
    fake_owner_make(&owner, &scene->offsets, inode_of(scene, space), index);
    fake_point(packet.bytes, scene->offsets.packet_device, owner.device);
  }
  const uint64_t arguments[] = {(uintptr_t)&packet, PLACE, reason, 0};
  for (unsigned i = 0; i < count; i++)
    fake_bpf_event(arguments);
}

/* Reads twice: the first packets are sent one read late. */
static void read_twice(struct scene *scene) {
  stage_read(scene->stage);
  stage_read(scene->stage);
}

static void start(struct scene *scene, const struct config_node *block) {
  stage_configure(scene->stage, block);
  stage_start_quietly(scene->stage);
  stage_read(scene->stage);
}

static void namespaces_have_their_own_counts(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  start(scene, PLUGIN(LINE("Namespace", STRING("web"))));
  drop(scene, 5, FULL_RING, "a", LO);
  drop(scene, 4, FULL_RING, "b", LO);
  drop(scene, 3, FULL_RING, "host", LO);
  drop(scene, 2, FULL_RING, NULL, 0);
  drop(scene, 7, NO_SOCKET, "a", LO);
  read_twice(scene);
  stage_expect(stage, "/packets-full_ring", 14);
  stage_expect(stage, "web/packets-full_ring", 5);
  stage_expect(stage, "web/packets-capacity", 5);
  stage_expect(stage, "web/packets-normal", 7);
  stage_expect_none(stage, "web/packets-no_socket");
  stage_expect(stage, "netns-own/packets-full_ring", 3);
  stage_expect(stage, "netns-other/packets-full_ring", 4);
  stage_expect(stage, "netns-unknown/packets-full_ring", 2);
  stage_expect_none(stage, "interface-other/packets-full_ring");
  stage_expect_none(stage, "lo/packets-full_ring");
}

static void by_default_only_the_host_is_sent(void **state) {
  struct scene *scene = *state;
  start(scene, PLUGIN());
  drop(scene, 5, FULL_RING, "a", LO);
  read_twice(scene);
  const struct recording *recording = &scene->stage->recording;
  for (size_t i = 0; i < recording->value_count; i++)
    assert_string_equal(recording->values[i].instance, "");
}

/* Interfaces need places of their own on request only. */
static void by_default_interfaces_share_a_place(void **state) {
  struct scene *scene = *state;
  start(scene, PLUGIN(LINE("MaxPlaces", NUMBER(1))));
  drop(scene, 5, FULL_RING, "a", LO);
  drop(scene, 5, FULL_RING, "a", GONE);
  stage_read(scene->stage);
  stage_expect_no_lines(scene->stage);
}

static void interfaces_have_their_own_counts(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  start(scene, PLUGIN(LINE("Namespace", STRING("web")),
                      LINE("Reason", STRING("netfilter_drop")),
                      LINE("ReportByInterface", BOOLEAN(true))));
  drop(scene, 5, NETFILTER_DROP, "a", LO);
  drop(scene, 4, NETFILTER_DROP, "b", LO);
  drop(scene, 3, NETFILTER_DROP, "host", LO);
  drop(scene, 2, NETFILTER_DROP, NULL, 0);
  drop(scene, 1, NETFILTER_DROP, "host", GONE);
  read_twice(scene);
  stage_expect(stage, "web-lo/packets-policy", 5);
  stage_expect(stage, "web-lo/packets-netfilter_drop", 5);
  stage_expect(stage, "lo/packets-netfilter_drop", 3);
  /* Unwatched, unknown, and gone before it had a name. */
  stage_expect(stage, "interface-other/packets-netfilter_drop", 7);
  stage_expect(stage, "web/packets-netfilter_drop", 5);
  stage_expect(stage, "netns-own/packets-netfilter_drop", 4);
}

static void a_namespace_that_ends_keeps_its_last_packets(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  start(scene, PLUGIN(LINE("Namespace", STRING("web"))));
  drop(scene, 5, FULL_RING, "a", LO);
  read_twice(scene);
  drop(scene, 4, FULL_RING, "a", LO);
  fake_netns_unname(&stage->tree, "web");
  stage_read(stage);
  stage_expect(stage, "web/packets-full_ring", 9);
  drop(scene, 3, FULL_RING, "a", LO);
  read_twice(scene);
  stage_expect_none(stage, "web/packets-full_ring");
  stage_expect(stage, "netns-other/packets-full_ring", 3);
  stage_expect(stage, "/packets-full_ring", 12);
}

static void a_namespace_goes_on_with_the_counts_of_its_name(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  start(scene, PLUGIN(LINE("Namespace", STRING("web")),
                      LINE("ReportByInterface", BOOLEAN(true))));
  drop(scene, 5, FULL_RING, "a", LO);
  read_twice(scene);
  drop(scene, 1, FULL_RING, "a", LO);
  fake_netns_name(&stage->tree, "c", "web");
  drop(scene, 2, FULL_RING, "c", LO);
  stage_read(stage);
  stage_read(stage);
  stage_expect(stage, "web/packets-full_ring", 8);
  drop(scene, 1, FULL_RING, "c", LO);
  read_twice(scene);
  stage_expect(stage, "web/packets-full_ring", 9);
  stage_expect(stage, "/packets-full_ring", 9);
}

static void interfaces_are_bounded(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  stage_configure(stage, PLUGIN(LINE("Namespace", STRING("web")),
                                LINE("MaxInterfaces", NUMBER(1)),
                                LINE("MaxPlaces", NUMBER(2)),
                                LINE("ReportByInterface", BOOLEAN(true))));
  stage_start(stage);
  stage_read(stage);
  drop(scene, 5, FULL_RING, "a", LO);
  drop(scene, 4, FULL_RING, "host", LO);
  /* The map of places is full. */
  drop(scene, 3, FULL_RING, "host", GONE);
  read_twice(scene);
  stage_expect(stage, "web-lo/packets-full_ring", 5);
  stage_expect_none(stage, "lo/packets-full_ring");
  stage_expect(stage, "interface-other/packets-full_ring", 7);
  stage_expect(stage, "netns-own/packets-full_ring", 4);
  stage_expect(stage, "netns-other/packets-full_ring", 3);
  stage_expect(stage, "/packets-full_ring", 12);
  assert_int_equal(recording_lines(&stage->recording, LAYER_WARNING,
                                   "more interfaces than MaxInterfaces 1"),
                   1);
}

static void an_alert_names_the_namespace(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  start(scene, PLUGIN());
  drop(scene, 20, FULL_RING, "b", LO);
  drop(scene, 10, FULL_RING, "host", LO);
  stage_read(stage);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "; mostly IPv4 at tun_net_xmit in network namespace db");
  drop(scene, 2000, FULL_RING, "host", LO);
  stage_read(stage);
  ASSERT_HAS(stage_only_alert(stage)->message, "; mostly IPv4 at tun_net_xmit");
  ASSERT_LACKS(stage_only_alert(stage)->message, "namespace");
}

/* Somebody watches "web", and nobody "db". Packets are lost in one read, and
 * the alert comes in a later one. */
static const char *lose_beside_web(struct scene *scene, const char *space) {
  struct stage *stage = scene->stage;
  start(scene, PLUGIN());
  struct ledger_posting watched[] = {
      {.bucket = LEDGER_UDP_RECEIVE, .exactness = LEDGER_OBJECT},
      {.bucket = LEDGER_UDP_RECEIVE,
       .exactness = LEDGER_OBJECT,
       .netns = "web"}};
  for (int i = 0; i < 5; i++) {
    struct ledger_read read = {.begin = stage->now + 10,
                               .end = stage->now + 10,
                               .interval = 10,
                               .postings = watched,
                               .count = COUNT_OF(watched)};
    ledger_post(scene->teller, &read);
    if (i == 1)
      drop(scene, 50, SOCKET_RCVBUFF, space, LO);
    stage_read(stage);
    if (stage->recording.alert_count > 0)
      return stage_only_message(stage);
  }
  fail_msg("nothing was raised");
  return NULL;
}

static void an_unwatched_namespace_can_be_watched(void **state) {
  const char *message = lose_beside_web(*state, "b");
  ASSERT_HAS(message, "; set Containers true in sock_backlog; mostly IPv4 at ");
  ASSERT_HAS(message, " in network namespace db, which is not watched");
  ASSERT_LACKS(message, "rmem");
}

static void a_watched_namespace_has_its_setting(void **state) {
  const char *message = lose_beside_web(*state, "a");
  ASSERT_HAS(message, " in network namespace web");
  ASSERT_HAS(message, "net.core.rmem_max");
  ASSERT_LACKS(message, "not watched");
}

static void an_alert_names_container_and_interface(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  fake_netns_process(&stage->tree, "c", 812);
  temp_tree_write(&stage->tree, "proc/812/cgroup",
                  "0::/system.slice/docker-0123456789abcdef0123456789abcdef"
                  "0123456789abcdef0123456789abcdef.scope\n");
  start(scene, PLUGIN(LINE("Containers", BOOLEAN(true)),
                      LINE("ReportByInterface", BOOLEAN(true))));
  drop(scene, 20, FULL_RING, "c", LO);
  stage_read(stage);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "; mostly IPv4 at tun_net_xmit on lo in network namespace "
             "0123456789ab");
  stage_read(stage);
  stage_expect(stage, "0123456789ab-lo/packets-full_ring", 20);
}

static void parts_are_not_judged(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  start(scene, PLUGIN(LINE("Namespace", STRING("web")),
                      LINE("ReportByInterface", BOOLEAN(true)),
                      THRESHOLD("full_ring", LINE("WarningMax", NUMBER(1)))));
  drop(scene, 2000, FULL_RING, "a", LO);
  stage_read(stage);
  assert_string_equal(stage_only_alert(stage)->instance, "");
}

static void a_kernel_that_tells_no_owners_is_logged(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  fake_bpf.run_error = -22;
  stage_configure(stage, PLUGIN(LINE("Namespace", STRING("web"))));
  stage_start(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_WARNING,
                                   "does not tell whose packets it drops"),
                   1);
  drop(scene, 5, FULL_RING, "a", LO);
  read_twice(scene);
  stage_expect(stage, "/packets-full_ring", 5);
  stage_expect_none(stage, "netns-unknown/packets-full_ring");
}

static void a_module_names_its_reasons(void **state) {
  struct scene *scene = *state;
  struct stage *stage = scene->stage;
  use_kernel(scene, "6.12");
  stage_start(stage);
  stage_read(stage);
  fake_bpf.task = NULL;
  for (int i = 0; i < 4; i++)
    fake_bpf_drop(3 << 16 | 2, PLACE, 0x0800, 180);
  for (int i = 0; i < 3; i++)
    fake_bpf_drop(1 << 16 | 1, PLACE, 0x0800, 180);
  for (int i = 0; i < 2; i++)
    fake_bpf_drop(1 << 16 | 200, PLACE, 0x0800, 180);
  read_twice(scene);
  stage_expect(stage, "/packets-ovs_drop_action_error", 4);
  stage_expect(stage, "/packets-rx_drop_u_mic_fail", 3);
  stage_expect(stage, "/packets-mac80211_unusable_reason_200", 2);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, make, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(namespaces_have_their_own_counts),
      SCENE_TEST(by_default_only_the_host_is_sent),
      SCENE_TEST(by_default_interfaces_share_a_place),
      SCENE_TEST(interfaces_have_their_own_counts),
      SCENE_TEST(a_namespace_that_ends_keeps_its_last_packets),
      SCENE_TEST(a_namespace_goes_on_with_the_counts_of_its_name),
      SCENE_TEST(interfaces_are_bounded),
      SCENE_TEST(an_alert_names_the_namespace),
      SCENE_TEST(an_alert_names_container_and_interface),
      cmocka_unit_test_setup_teardown(an_unwatched_namespace_can_be_watched,
                                      make_in_ledger, teardown),
      cmocka_unit_test_setup_teardown(a_watched_namespace_has_its_setting,
                                      make_in_ledger, teardown),
      SCENE_TEST(parts_are_not_judged),
      SCENE_TEST(a_kernel_that_tells_no_owners_is_logged),
      SCENE_TEST(a_module_names_its_reasons),
  };
  return cmocka_run_group_tests_name("drop_owners", tests, NULL, NULL);
}
