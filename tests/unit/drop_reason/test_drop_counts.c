/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "allocations.h"
#include "drop_causes.h"
#include "drop_counts.h"
#include "drop_functions.h"
#include "drop_places.h"
#include "drop_reasons.h"
#include "drop_share.h"
#include "root_tree.h"

#define NAME(value, name)                                                      \
  { .number = value, .text = name }

static struct drop_name reasons[] = {
    NAME(2, "not_specified"), NAME(3, "no_socket"), NAME(6, "socket_rcvbuff"),
    NAME(7, "of_tomorrow"), NAME(8, "socket_rcvbuff")};
static struct drop_name subsystems[] = {NAME(2, "openvswitch")};
static const struct drop_names names = {.reasons = reasons,
                                        .count = COUNT_OF(reasons),
                                        .subsystems = subsystems,
                                        .subsystem_count = 1};

static struct drop_row row(uint32_t reason, uint64_t location,
                           uint16_t protocol, uint64_t count) {
  return (struct drop_row){
      .key = {.location = location, .reason = reason, .protocol = protocol},
      .count = count};
}

static void take(struct drop_counts *counts, const struct drop_row *rows,
                 size_t count) {
  assert_int_equal(drop_counts_update(counts, &names, rows, count, 10), 0);
}

#define TAKE(counts, ...)                                                      \
  do {                                                                         \
    const struct drop_row rows_[] = {__VA_ARGS__};                             \
    take(counts, rows_, COUNT_OF(rows_));                                      \
  } while (0)

static void named_reasons_are_known_from_the_start(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  assert_int_equal(drop_counts_add_known(&counts, &names), 0);
  const struct drop_reason *known = drop_counts_find(&counts, "no_socket");
  assert_non_null(known);
  assert_int_equal(known->meter, DROP_METER_no_socket);
  assert_int_equal(known->class, DROP_NORMAL);
  const struct drop_reason *new = drop_counts_find(&counts, "of_tomorrow");
  assert_non_null(new);
  assert_int_equal(new->meter, -1);
  assert_int_equal(new->class, DROP_UNCLASSIFIED);
  assert_null(drop_counts_find(&counts, "udp_csum"));
  drop_counts_free(&counts);
}

static void rows_add_up_by_reason_and_class(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  assert_int_equal(drop_counts_add_known(&counts, &names), 0);
  TAKE(&counts, row(6, 1, 0x800, 10), row(6, 2, 0x800, 5), row(3, 1, 0x800, 7),
       row(6, 1, 0x86dd, 1), row(7, 3, 0, 2), row(2, 3, 0, 4));
  const struct drop_reason *full = drop_counts_find(&counts, "socket_rcvbuff");
  assert_int_equal(full->count, 16);
  assert_int_equal(full->gained, 16);
  assert_int_equal(counts.classes[DROP_CAPACITY], 16);
  assert_int_equal(counts.classes[DROP_NORMAL], 7);
  assert_int_equal(counts.classes[DROP_UNCLASSIFIED], 6);
  /* Another number with the same name, and an unchanged row. */
  TAKE(&counts, row(6, 1, 0x800, 12), row(6, 2, 0x800, 5), row(8, 1, 0x800, 3));
  assert_int_equal(full->count, 21);
  assert_int_equal(full->gained, 5);
  assert_int_equal(counts.classes[DROP_CAPACITY], 21);
  assert_int_equal(drop_counts_find(&counts, "no_socket")->gained, 0);
  assert_int_equal(drop_counts_find(&counts, "no_socket")->count, 7);
  drop_counts_free(&counts);
}

static void an_unnamed_reason_is_added(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  assert_int_equal(drop_counts_add_known(&counts, &names), 0);
  TAKE(&counts, row(2 << 16 | 5, 1, 0x800, 3), row(77, 1, 0x800, 1),
       row(DROP_OTHER_REASON, 0, 0xffff, 9));
  const struct drop_reason *one =
      drop_counts_find(&counts, "openvswitch_reason_5");
  assert_non_null(one);
  assert_true(one->meter == -1 && one->class == DROP_UNCLASSIFIED &&
              one->count == 3);
  assert_non_null(drop_counts_find(&counts, "reason_77"));
  assert_int_equal(drop_counts_find(&counts, "other")->meter, DROP_METER_other);
  TAKE(&counts, row(2 << 16 | 5, 1, 0x800, 4));
  assert_int_equal(one->gained, 1);
  drop_counts_free(&counts);
}

static void the_busiest_place_is_that_of_the_last_read(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  TAKE(&counts, row(6, 1, 0x800, 100), row(6, 2, 0x86dd, 10));
  struct drop_reason *full = drop_counts_find(&counts, "socket_rcvbuff");
  assert_int_equal(
      drop_counts_busiest(&counts, full, DROP_BY_PLACE)->key.location, 1);
  TAKE(&counts, row(6, 1, 0x800, 101), row(6, 2, 0x86dd, 19),
       row(6, 0, 0xffff, 50), row(3, 3, 0x800, 70));
  assert_int_equal(
      drop_counts_busiest(&counts, full, DROP_BY_PLACE)->key.location, 2);
  assert_int_equal(
      drop_counts_busiest(&counts, full, DROP_BY_PLACE)->key.protocol, 0x86dd);
  /* Remembered for an alert that comes later, then forgotten. */
  for (int i = 0; i < DROP_EARLIER; i++) {
    TAKE(&counts, row(6, 1, 0x800, 101), row(6, 2, 0x86dd, 19));
    assert_int_equal(
        drop_counts_busiest(&counts, full, DROP_BY_PLACE)->key.location, 2);
  }
  TAKE(&counts, row(6, 1, 0x800, 101), row(6, 2, 0x86dd, 19));
  assert_null(drop_counts_busiest(&counts, full, DROP_BY_PLACE));
  drop_counts_free(&counts);
}

static struct drop_row owned(uint64_t location, uint32_t netns, uint32_t device,
                             uint64_t count) {
  struct drop_row made = row(6, location, 0x800, count);
  made.key.netns = netns;
  made.key.device = device;
  return made;
}

static void the_busiest_owner_is_a_sum(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  TAKE(&counts, owned(1, 100, 1, 10), owned(2, 200, 1, 6), owned(3, 200, 2, 6),
       owned(0, DROP_NETNS_OTHER, 0, 1), owned(2, 200, 2, 1),
       owned(4, 100, 3, 1));
  struct drop_reason *full = drop_counts_find(&counts, "socket_rcvbuff");
  const struct drop_entry *busiest =
      drop_counts_busiest(&counts, full, DROP_BY_NETNS);
  assert_int_equal(busiest->key.netns, 200);
  busiest = drop_counts_busiest(&counts, full, DROP_BY_DEVICE);
  assert_true(busiest->key.netns == 100 && busiest->key.device == 1);
  busiest = drop_counts_busiest(&counts, full, DROP_BY_PLACE);
  assert_int_equal(busiest->key.location, 1);
  /* The same place in two namespaces. */
  TAKE(&counts, owned(1, 100, 1, 14), owned(2, 200, 1, 9), owned(2, 200, 2, 4));
  busiest = drop_counts_busiest(&counts, full, DROP_BY_PLACE);
  assert_int_equal(busiest->key.location, 2);
  drop_counts_free(&counts);
}

static void a_share_is_a_part_of_the_counts(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  struct drop_share share = {.count = 0};
  assert_int_equal(drop_counts_add_known(&counts, &names), 0);
  const struct drop_reason *full = drop_counts_find(&counts, "socket_rcvbuff");
  const struct drop_reason *none = drop_counts_find(&counts, "no_socket");
  const struct drop_reason *last = drop_counts_find(&counts, "of_tomorrow");
  assert_int_equal(drop_share_of(&share, full).count, 0);
  assert_int_equal(drop_share_add(&share, full, 5), 0);
  assert_int_equal(drop_share_add(&share, full, 2), 0);
  drop_share_begin(&share);
  assert_int_equal(drop_share_add(&share, full, 4), 0);
  assert_int_equal(drop_share_add(&share, none, 3), 0);
  struct drop_portion portion = drop_share_of(&share, full);
  assert_true(portion.count == 11 && portion.gained == 4);
  assert_int_equal(drop_share_of(&share, last).count, 0);
  assert_true(share.classes[DROP_CAPACITY].count == 11 &&
              share.classes[DROP_CAPACITY].gained == 4 &&
              share.classes[DROP_NORMAL].count == 3);
  size_t before = allocations_count();
  assert_int_equal(drop_share_add(&share, full, 1), 0);
  assert_int_equal(allocations_count(), before);
  drop_share_free(&share);
  drop_counts_free(&counts);
}

static void a_forgotten_key_stays_in_the_sums(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  TAKE(&counts, row(6, 1, 0x800, 100), row(6, 2, 0x800, 7));
  const struct drop_reason *full = drop_counts_find(&counts, "socket_rcvbuff");
  struct drop_entry *first = counts.entries;
  assert_true(first->active == 10);
  drop_counts_forget(&counts, first, 100);
  assert_int_equal(full->count, 107);
  const struct drop_key key = {.location = 1, .reason = 6, .protocol = 0x800};
  assert_false(drop_counts_has(&counts, &key));
  /* It begins anew. */
  TAKE(&counts, row(6, 1, 0x800, 3), row(6, 2, 0x800, 7));
  assert_int_equal(full->count, 110);
  /* It gained something while it was being removed. */
  struct drop_entry *second = counts.entries;
  drop_counts_forget(&counts, second, 9);
  assert_int_equal(full->count, 112);
  assert_int_equal(full->gained, 5);
  TAKE(&counts, row(6, 2, 0x800, 4));
  assert_int_equal(full->count, 116);
  drop_counts_free(&counts);
}

static void counts_never_go_back(void **state) {
  (void)state;
  struct drop_counts counts = {0};
  TAKE(&counts, row(6, 1, 0x800, 100));
  TAKE(&counts, row(6, 1, 0x800, 50));
  assert_int_equal(drop_counts_find(&counts, "socket_rcvbuff")->count, 100);
  TAKE(&counts, row(6, 1, 0x800, 103));
  assert_int_equal(drop_counts_find(&counts, "socket_rcvbuff")->count, 103);
  drop_counts_free(&counts);
}

/* --- Places -----------------------------------------------------------------
 */

static const char kallsyms[] =
    "ffffffff81000000 T _stext\n"
    "ffffffff81001000 t udp_queue_rcv_one_skb.isra.0\n"
    "ffffffff81002000 T __udp4_lib_rcv\n"
    "ffffffff81003000 t tcp_data_queue\n";
#define AT(offset) (0xffffffff81000000 + (offset))

struct land {
  struct temp_tree tree;
  struct sysroot root;
  struct drop_counts counts;
  struct drop_places places;
};

static void land_make(struct land *land, const char *symbols) {
  *land = (struct land){.counts = {0}};
  temp_tree_make(&land->tree);
  if (symbols != NULL)
    temp_tree_write(&land->tree, "proc/kallsyms", symbols);
  assert_int_equal(sysroot_init(&land->root, land->tree.proc, land->tree.sys),
                   0);
}

static void land_remove(struct land *land) {
  drop_places_free(&land->places);
  drop_counts_free(&land->counts);
  root_tree_close(&land->tree, &land->root);
}

static void assert_place(const struct land *land, size_t rank, const char *name,
                         uint64_t count) {
  CHECK(rank < land->places.count, "there is no place %zu", rank);
  const struct drop_place *place = land->places.busiest[rank];
  CHECK(strcmp(place->name, name) == 0 && place->count == count, "%zu: %s %llu",
        rank, place->name, (unsigned long long)place->count);
}

static void places_of_one_function_are_one(void **state) {
  (void)state;
  struct land land;
  land_make(&land, kallsyms);
  TAKE(&land.counts, row(6, AT(0x1010), 0x800, 5), row(6, AT(0x1020), 0x800, 6),
       row(3, AT(0x2020), 0x800, 100), row(7, AT(0x3001), 0x800, 1),
       row(7, 0x5000, 0x800, 2), row(6, 0, 0xffff, 3));
  assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                   0);
  assert_int_equal(land.places.count, 5);
  assert_place(&land, 0, "__udp4_lib_rcv", 100);
  assert_place(&land, 1, "udp_queue_rcv_one_skb", 11);
  assert_place(&land, 2, "other", 3);
  assert_place(&land, 3, "unknown", 2);
  assert_place(&land, 4, "tcp_data_queue", 1);
  land_remove(&land);
}

static void recently_busy_places_come_first(void **state) {
  (void)state;
  struct land land;
  uint64_t tcp = 1;
  land_make(&land, kallsyms);
  TAKE(&land.counts, row(3, AT(0x2020), 0x800, 100),
       row(7, AT(0x3001), 0, tcp));
  assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                   0);
  assert_place(&land, 0, "__udp4_lib_rcv", 100);
  for (int i = 0; i < 30; ++i) {
    tcp += 5;
    TAKE(&land.counts, row(3, AT(0x2020), 0x800, 100),
         row(7, AT(0x3001), 0, tcp));
    assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                     0);
  }
  assert_place(&land, 0, "tcp_data_queue", tcp);
  assert_place(&land, 1, "__udp4_lib_rcv", 100);
  land_remove(&land);
}

static void take_module(struct land *land, uint64_t count, const char *name) {
  char text[sizeof(kallsyms) + 100];
  snprintf(text, sizeof(text), "%sffffffffc0000100 t %s_xmit\t[%s]\n", kallsyms,
           name, name);
  temp_tree_write(&land->tree, "proc/kallsyms", text);
  snprintf(text, sizeof(text), "%s 4096 0 - Live 0xffffffffc0000000\n", name);
  temp_tree_write(&land->tree, "proc/modules", text);
  TAKE(&land->counts, row(6, AT(0x1010), 0x800, 1),
       row(6, 0xffffffffc0000104, 0x800, count));
  assert_int_equal(
      drop_places_update(&land->places, &land->root, &land->counts), 0);
}

/* A module is loaded at the address of an unloaded one. */
static void an_address_in_a_module_changes_its_function(void **state) {
  (void)state;
  struct land land;
  land_make(&land, kallsyms);
  take_module(&land, 10, "tun");
  assert_place(&land, 0, "tun_xmit", 10);
  take_module(&land, 15, "veth");
  assert_place(&land, 0, "tun_xmit", 10);
  assert_place(&land, 1, "veth_xmit", 5);
  land_remove(&land);
}

/* A name that is asked for without updating the places is looked up again. */
static void a_name_follows_the_modules(void **state) {
  (void)state;
  static const uint64_t address = 0xffffffffc0000104;
  struct land land;
  land_make(&land, kallsyms);
  temp_tree_write(&land.tree, "proc/kallsyms",
                  "ffffffffc0000100 t tun_xmit\t[tun]\n");
  temp_tree_write(&land.tree, "proc/modules",
                  "tun 4096 0 - Live 0xffffffffc0000000\n");
  assert_string_equal(drop_places_name(&land.places, &land.root, address),
                      "tun_xmit");
  temp_tree_write(&land.tree, "proc/kallsyms",
                  "ffffffffc0000100 t veth_xmit\t[veth]\n");
  assert_string_equal(drop_places_name(&land.places, &land.root, address),
                      "tun_xmit");
  temp_tree_write(&land.tree, "proc/modules",
                  "veth 4096 0 - Live 0xffffffffc0000000\n");
  assert_string_equal(drop_places_name(&land.places, &land.root, address),
                      "veth_xmit");
  land_remove(&land);
}

static void names_are_looked_up_once(void **state) {
  (void)state;
  struct land land;
  land_make(&land, kallsyms);
  TAKE(&land.counts, row(6, AT(0x1010), 0x800, 5));
  assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                   0);
  temp_tree_unlink(&land.tree, "proc/kallsyms");
  size_t before = allocations_count();
  for (int i = 0; i < 10; ++i) {
    TAKE(&land.counts, row(6, AT(0x1010), 0x800, 6));
    assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                     0);
  }
  assert_int_equal(allocations_count(), before);
  assert_place(&land, 0, "udp_queue_rcv_one_skb", 6);
  land_remove(&land);
}

static void places_without_names_are_unknown(void **state) {
  (void)state;
  struct land land;
  land_make(&land, "0000000000000000 T _stext\n");
  TAKE(&land.counts, row(6, AT(0x1010), 0x800, 5), row(3, AT(0x2020), 0, 4));
  assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                   -EACCES);
  assert_int_equal(land.places.count, 1);
  assert_place(&land, 0, "unknown", 9);
  TAKE(&land.counts, row(6, AT(0x1010), 0x800, 6), row(3, AT(0x2020), 0, 4));
  assert_int_equal(drop_places_update(&land.places, &land.root, &land.counts),
                   0);
  assert_place(&land, 0, "unknown", 10);
  land_remove(&land);
}

static void a_single_name_is_looked_up(void **state) {
  (void)state;
  struct land land;
  land_make(&land, kallsyms);
  assert_string_equal(drop_places_name(&land.places, &land.root, AT(0x3003)),
                      "tcp_data_queue");
  temp_tree_unlink(&land.tree, "proc/kallsyms");
  assert_string_equal(drop_places_name(&land.places, &land.root, AT(0x3003)),
                      "tcp_data_queue");
  assert_string_equal(drop_places_name(&land.places, &land.root, AT(0x2003)),
                      "unknown");
  land_remove(&land);
}

static void derived_reasons_are_in_the_table(void **state) {
  (void)state;
  for (const struct drop_function *known = drop_functions; known->name != NULL;
       known++) {
    bool is_found = false;
    for (int i = 0; i < DROP_METER_COUNT; i++)
      is_found = is_found || (drop_facts[i].is_reason &&
                              strcmp(drop_meters[i].name, known->reason) == 0);
    CHECK(is_found, "%s: %s", known->name, known->reason);
  }
}

static void functions_have_reasons_in_some_releases(void **state) {
  (void)state;
  assert_string_equal(
      drop_causes_find("enqueue_to_backlog", DROP_RELEASE(4, 18)),
      "cpu_backlog");
  assert_string_equal(drop_causes_find("ip_rcv", DROP_RELEASE(4, 18)),
                      "otherhost");
  assert_null(drop_causes_find("ip_rcv", DROP_RELEASE(4, 19)));
  assert_null(drop_causes_find("nf_hook_slow", DROP_RELEASE(5, 17)));
  assert_null(drop_causes_find("nf_hook_slow", 0));
  assert_null(drop_causes_find("tcp_v4_do_rcv", DROP_RELEASE(4, 18)));
}

static void releases_are_read(void **state) {
  (void)state;
  static const struct {
    const char *text;
    unsigned release;
  } rows[] = {{"5.10.0-28-amd64\n", DROP_RELEASE(5, 10)},
              {"4.18.0-553.el8_10.x86_64\n", DROP_RELEASE(4, 18)},
              {"6.1\n", DROP_RELEASE(6, 1)},
              {"unknown\n", 0},
              {"", 0}};
  struct temp_tree tree;
  struct sysroot root = {0};
  root_tree_open(&tree, &root);
  assert_int_equal(drop_causes_release(&root), 0);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    temp_tree_write(&tree, "proc/sys/kernel/osrelease", rows[i].text);
    CHECK(drop_causes_release(&root) == rows[i].release, "%s", rows[i].text);
  }
  root_tree_close(&tree, &root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(named_reasons_are_known_from_the_start),
      cmocka_unit_test(rows_add_up_by_reason_and_class),
      cmocka_unit_test(an_unnamed_reason_is_added),
      cmocka_unit_test(the_busiest_place_is_that_of_the_last_read),
      cmocka_unit_test(the_busiest_owner_is_a_sum),
      cmocka_unit_test(a_share_is_a_part_of_the_counts),
      cmocka_unit_test(derived_reasons_are_in_the_table),
      cmocka_unit_test(functions_have_reasons_in_some_releases),
      cmocka_unit_test(releases_are_read),
      cmocka_unit_test(a_forgotten_key_stays_in_the_sums),
      cmocka_unit_test(counts_never_go_back),
      cmocka_unit_test(places_of_one_function_are_one),
      cmocka_unit_test(recently_busy_places_come_first),
      cmocka_unit_test(an_address_in_a_module_changes_its_function),
      cmocka_unit_test(a_name_follows_the_modules),
      cmocka_unit_test(names_are_looked_up_once),
      cmocka_unit_test(places_without_names_are_unknown),
      cmocka_unit_test(a_single_name_is_looked_up),
  };
  return cmocka_run_group_tests_name("drop_counts", tests, NULL, NULL);
}
