/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "allocations.h"
#include "link_stats.h"
#include "qdisc_stats.h"

static const struct gnet_stats_queue queue = {.qlen = 3,
                                              .backlog = 4500,
                                              .drops = 0xfffffff0,
                                              .requeues = 8,
                                              .overlimits = 9};

static struct nlmsghdr *begin_qdisc(union netlink_message *message, int index,
                                    uint32_t parent, const char *kind) {
  const struct tcmsg header = {.tcm_ifindex = index, .tcm_parent = parent};
  struct nlmsghdr *begun =
      message_begin(message, RTM_NEWQDISC, &header, sizeof(header));
  if (kind != NULL)
    mnl_attr_put_strz(begun, TCA_KIND, kind);
  return begun;
}

static void put_queue(struct nlmsghdr *message, size_t size) {
  static const struct gnet_stats_basic basic = {.bytes = 1, .packets = 2};
  struct nlattr *nest = mnl_attr_nest_start(message, TCA_STATS2);
  mnl_attr_put(message, TCA_STATS_BASIC, sizeof(basic), &basic);
  mnl_attr_put(message, TCA_STATS_QUEUE, size, &queue);
  mnl_attr_nest_end(message, nest);
}

static int take(const struct nlmsghdr *message, struct qdisc_stats *stats) {
  return message_take(message, qdisc_stats_take, stats);
}

static int take_kind(struct qdisc_stats *stats, int index, uint32_t parent,
                     const char *kind) {
  union netlink_message message;
  return take(begin_qdisc(&message, index, parent, kind), stats);
}

static void a_root_queue_is_taken(void **state) {
  (void)state;
  union netlink_message message;
  struct qdisc_stats stats = {0};
  struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, "pfifo_fast");
  const struct tc_prio_qopt options = {.bands = 3};
  mnl_attr_put(begun, TCA_OPTIONS, sizeof(options), &options);
  put_queue(begun, sizeof(queue));
  assert_int_equal(take(begun, &stats), 0);
  const struct qdisc_stats_one *one = qdisc_stats_find(&stats, 3);
  assert_non_null(one);
  assert_int_equal(one->index, 3);
  assert_string_equal(one->kind, "pfifo_fast");
  assert_int_equal(one->limit_unit, QDISC_NO_LIMIT);
  assert_int_equal(one->drops, 0xfffffff0);
  assert_int_equal(one->requeues, 8);
  assert_int_equal(one->packets, 3);
  assert_int_equal(one->bytes, 4500);
  qdisc_stats_free(&stats);
}

/* The options are a struct, or hold it in an attribute. */
static const struct tc_fifo_qopt fifo = {.limit = 101};
static const struct tc_netem_qopt netem = {
    .latency = 1, .limit = 102, .loss = 3, .gap = 4};
static const struct tc_sfq_qopt_v1 sfq = {
    .v0 = {
        .quantum = 1514, .perturb_period = 10, .limit = 103, .divisor = 1024}};
static const struct tc_red_qopt red = {
    .limit = 104, .qth_min = 5, .qth_max = 6};
static const struct tc_tbf_qopt tbf = {
    .rate = {.rate = 7}, .limit = 105, .buffer = 8, .mtu = 9};
static const uint32_t number = 106;

static const struct limit_row {
  const char *kind;
  uint16_t attribute; /* 0: none */
  const void *payload;
  size_t size;
  enum qdisc_unit unit;
  uint32_t limit;
} limit_rows[] = {
    {"pfifo", 0, &fifo, sizeof(fifo), QDISC_PACKETS, 101},
    {"pfifo_head_drop", 0, &fifo, sizeof(fifo), QDISC_PACKETS, 101},
    {"bfifo", 0, &fifo, sizeof(fifo), QDISC_BYTES, 101},
    {"netem", 0, &netem, sizeof(netem), QDISC_PACKETS, 102},
    {"sfq", 0, &sfq, sizeof(sfq), QDISC_PACKETS, 103},
    {"sfq", 0, &sfq.v0, sizeof(sfq.v0), QDISC_PACKETS, 103},
    {"red", TCA_RED_PARMS, &red, sizeof(red), QDISC_BYTES, 104},
    {"tbf", TCA_TBF_PARMS, &tbf, sizeof(tbf), QDISC_BYTES, 105},
    {"fq_codel", TCA_FQ_CODEL_LIMIT, &number, 4, QDISC_PACKETS, 106},
    {"fq", TCA_FQ_PLIMIT, &number, 4, QDISC_PACKETS, 106},
    {"codel", TCA_CODEL_LIMIT, &number, 4, QDISC_PACKETS, 106},
    {"pie", TCA_PIE_LIMIT, &number, 4, QDISC_PACKETS, 106},
    {"fq_pie", TCA_FQ_PIE_LIMIT, &number, 4, QDISC_PACKETS, 106},
};

/* Other attributes surround the wanted one. */
static void put_options(struct nlmsghdr *message, const struct limit_row *row,
                        size_t size) {
  if (row->attribute == 0) {
    mnl_attr_put(message, TCA_OPTIONS, size, row->payload);
    return;
  }
  struct nlattr *nest = mnl_attr_nest_start(message, TCA_OPTIONS);
  mnl_attr_put_u32(message, 0x3f, 1);
  mnl_attr_put(message, row->attribute, size, row->payload);
  mnl_attr_put_u32(message, 0x3e, 2);
  mnl_attr_nest_end(message, nest);
}

static void every_kind_of_limit_is_taken(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(limit_rows); ++i) {
    const struct limit_row *row = &limit_rows[i];
    union netlink_message message;
    struct qdisc_stats stats = {0};
    struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, row->kind);
    put_options(begun, row, row->size);
    put_queue(begun, sizeof(queue));
    assert_int_equal(take(begun, &stats), 0);
    assert_string_equal(stats.items[0].kind, row->kind);
    CHECK(stats.items[0].limit_unit == row->unit, "%s: unit %d", row->kind,
          (int)stats.items[0].limit_unit);
    CHECK(stats.items[0].limit == row->limit, "%s: limit %u", row->kind,
          stats.items[0].limit);
    assert_int_equal(stats.items[0].packets, 3);
    qdisc_stats_free(&stats);
  }
}

static void the_kind_may_come_last(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(limit_rows); ++i) {
    const struct limit_row *row = &limit_rows[i];
    union netlink_message message;
    struct qdisc_stats stats = {0};
    struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, NULL);
    put_queue(begun, sizeof(queue));
    put_options(begun, row, row->size);
    mnl_attr_put(begun, 0x3ff, 3, "new");
    mnl_attr_put_strz(begun, TCA_KIND, row->kind);
    assert_int_equal(take(begun, &stats), 0);
    CHECK(stats.items[0].limit == row->limit, "%s", row->kind);
    qdisc_stats_free(&stats);
  }
}

/* The limit is the first member of some structs, and the third of others. */
static void short_options_have_no_limit(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(limit_rows); ++i) {
    const struct limit_row *row = &limit_rows[i];
    for (size_t size = 0; size < 4; ++size) {
      union netlink_message message;
      struct qdisc_stats stats = {0};
      struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, row->kind);
      put_options(begun, row, size);
      assert_int_equal(take(begun, &stats), 0);
      CHECK(stats.items[0].limit_unit == QDISC_NO_LIMIT, "%s, %zu bytes",
            row->kind, size);
      assert_int_equal(stats.items[0].limit, 0);
      qdisc_stats_free(&stats);
    }
  }
}

static void malformed_options_have_no_limit(void **state) {
  (void)state;
  static const uint8_t garbage[] = {0x03, 0x00, 0x02, 0x00, 0xff, 0xff,
                                    0x01, 0x00, 0xff, 0xff, 0xff, 0xff};
  for (size_t i = 0; i < COUNT_OF(limit_rows); ++i) {
    const struct limit_row *row = &limit_rows[i];
    union netlink_message message;
    struct qdisc_stats stats = {0};
    if (row->attribute == 0)
      continue;
    struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, row->kind);
    mnl_attr_put(begun, TCA_OPTIONS, sizeof(garbage), garbage);
    assert_int_equal(take(begun, &stats), 0);
    CHECK(stats.items[0].limit_unit == QDISC_NO_LIMIT, "%s", row->kind);
    qdisc_stats_free(&stats);
  }
}

static void kinds_without_a_known_limit(void **state) {
  (void)state;
  static const char *const kinds[] = {"noqueue", "htb",  "prio",   "cake",
                                      "fifo",    "pfif", "fq_code"};
  for (size_t i = 0; i < COUNT_OF(kinds); ++i) {
    union netlink_message message;
    struct qdisc_stats stats = {0};
    struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, kinds[i]);
    mnl_attr_put(begun, TCA_OPTIONS, sizeof(fifo), &fifo);
    assert_int_equal(take(begun, &stats), 0);
    assert_string_equal(stats.items[0].kind, kinds[i]);
    CHECK(stats.items[0].limit_unit == QDISC_NO_LIMIT, "%s", kinds[i]);
    qdisc_stats_free(&stats);
  }
}

static void without_options_or_statistics(void **state) {
  (void)state;
  struct qdisc_stats stats = {0};
  assert_int_equal(take_kind(&stats, 3, TC_H_ROOT, "fq_codel"), 0);
  assert_int_equal(stats.count, 1);
  assert_int_equal(stats.items[0].limit_unit, QDISC_NO_LIMIT);
  assert_int_equal(stats.items[0].drops, 0);
  qdisc_stats_free(&stats);
}

static void shorter_and_longer_statistics(void **state) {
  (void)state;
  for (size_t size = 0; size <= sizeof(queue); size += 4) {
    union netlink_message message;
    struct qdisc_stats stats = {0};
    struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, "fq");
    put_queue(begun, size);
    assert_int_equal(take(begun, &stats), 0);
    const struct qdisc_stats_one *one = &stats.items[0];
    assert_int_equal(one->packets, size >= 4 ? queue.qlen : 0);
    assert_int_equal(one->bytes, size >= 8 ? queue.backlog : 0);
    assert_int_equal(one->drops, size >= 12 ? queue.drops : 0);
    assert_int_equal(one->requeues, size >= 16 ? queue.requeues : 0);
    qdisc_stats_free(&stats);
  }
  const struct {
    struct gnet_stats_queue known;
    uint32_t more[4];
  } later = {.known = queue, .more = {1, 2, 3, 4}};
  union netlink_message message;
  struct qdisc_stats stats = {0};
  struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, "fq");
  struct nlattr *nest = mnl_attr_nest_start(begun, TCA_STATS2);
  mnl_attr_put(begun, TCA_STATS_QUEUE, sizeof(later), &later);
  mnl_attr_nest_end(begun, nest);
  assert_int_equal(take(begun, &stats), 0);
  qdisc_stats_free(&stats);
}

static void roots_are_sorted(void **state) {
  (void)state;
  static const uint32_t rows[][6] = {
      {1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}, {4, 6, 1, 3, 2, 5}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct qdisc_stats stats = {0};
    for (size_t j = 0; j < 6; ++j) {
      char kind[16];
      snprintf(kind, sizeof(kind), "kind%u", rows[i][j]);
      assert_int_equal(take_kind(&stats, (int)rows[i][j] * 10, TC_H_ROOT, kind),
                       0);
    }
    assert_int_equal(stats.count, 6);
    for (uint32_t index = 0; index <= 70; ++index) {
      const struct qdisc_stats_one *one = qdisc_stats_find(&stats, index);
      if (index % 10 != 0 || index == 0 || index == 70) {
        CHECK(one == NULL, "row %zu: there is %u", i, index);
        continue;
      }
      char kind[16];
      snprintf(kind, sizeof(kind), "kind%u", index / 10);
      assert_non_null(one);
      assert_int_equal(one->index, index);
      assert_string_equal(one->kind, kind);
    }
    qdisc_stats_free(&stats);
  }
}

static void many_roots_in_any_order(void **state) {
  (void)state;
  enum { COUNT = 1000 };
  struct qdisc_stats stats = {0};
  for (uint32_t i = 0; i < COUNT; ++i)
    assert_int_equal(
        take_kind(&stats, (int)(i * 7919 % COUNT) + 1, TC_H_ROOT, "fq"), 0);
  assert_int_equal(stats.count, COUNT);
  for (uint32_t i = 0; i < COUNT; ++i)
    assert_int_equal(stats.items[i].index, i + 1);
  qdisc_stats_free(&stats);
}

static void the_largest_index(void **state) {
  (void)state;
  struct qdisc_stats stats = {0};
  assert_null(qdisc_stats_find(&stats, 1));
  assert_int_equal(take_kind(&stats, INT32_MAX, TC_H_ROOT, "fq"), 0);
  assert_non_null(qdisc_stats_find(&stats, INT32_MAX));
  assert_null(qdisc_stats_find(&stats, UINT32_MAX));
  qdisc_stats_free(&stats);
}

static int take_fq_codel(struct qdisc_stats *stats, int index, uint32_t parent,
                         uint32_t limit) {
  union netlink_message message;
  const struct gnet_stats_queue one_of_them = {.drops = 1, .qlen = 1};
  struct nlmsghdr *begun = begin_qdisc(&message, index, parent, "fq_codel");
  struct nlattr *nest = mnl_attr_nest_start(begun, TCA_OPTIONS);
  mnl_attr_put_u32(begun, TCA_FQ_CODEL_LIMIT, limit);
  mnl_attr_nest_end(begun, nest);
  nest = mnl_attr_nest_start(begun, TCA_STATS2);
  mnl_attr_put(begun, TCA_STATS_QUEUE, sizeof(one_of_them), &one_of_them);
  mnl_attr_nest_end(begun, nest);
  return take(begun, stats);
}

static void mq_takes_kind_and_limit_of_its_children(void **state) {
  (void)state;
  static const char *const kinds[] = {"mq", "mqprio"};
  for (size_t i = 0; i < COUNT_OF(kinds); ++i) {
    union netlink_message message;
    struct qdisc_stats stats = {0};
    struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, kinds[i]);
    put_queue(begun, sizeof(queue));
    assert_int_equal(take(begun, &stats), 0);
    assert_string_equal(stats.items[0].kind, kinds[i]);
    for (uint32_t child = 4; child > 0; --child)
      assert_int_equal(take_fq_codel(&stats, 3, child, 1000 + child), 0);
    assert_int_equal(take_kind(&stats, 3, 5, "pfifo_fast"), 0);
    assert_int_equal(stats.count, 1);
    assert_string_equal(stats.items[0].kind, "fq_codel");
    assert_int_equal(stats.items[0].limit, 1004);
    assert_int_equal(stats.items[0].limit_unit, QDISC_PACKETS);
    /* The root has the sum of its children. */
    assert_int_equal(stats.items[0].drops, queue.drops);
    assert_int_equal(stats.items[0].packets, queue.qlen);
    qdisc_stats_free(&stats);
  }
}

static void grandchildren_are_ignored(void **state) {
  (void)state;
  union netlink_message message;
  struct qdisc_stats stats = {0};
  struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, "mq");
  struct tcmsg *header = mnl_nlmsg_get_payload(begun);
  header->tcm_handle = 0x00010000;
  assert_int_equal(take(begun, &stats), 0);
  assert_int_equal(take_fq_codel(&stats, 3, 0x00100001, 1000), 0);
  assert_string_equal(stats.items[0].kind, "mq");
  assert_int_equal(take_kind(&stats, 3, 0x00010002, "htb"), 0);
  assert_int_equal(take_fq_codel(&stats, 3, 0x00010001, 1000), 0);
  assert_string_equal(stats.items[0].kind, "htb");
  assert_int_equal(stats.items[0].limit_unit, QDISC_NO_LIMIT);
  qdisc_stats_free(&stats);
}

static void other_roots_keep_their_kind(void **state) {
  (void)state;
  struct qdisc_stats stats = {0};
  assert_int_equal(take_kind(&stats, 3, TC_H_ROOT, "htb"), 0);
  assert_int_equal(take_kind(&stats, 4, TC_H_ROOT, "mq"), 0);
  assert_int_equal(take_fq_codel(&stats, 3, 0x00010001, 1000), 0);
  /* A child of an interface without a root. */
  assert_int_equal(take_fq_codel(&stats, 5, 0x00010001, 1000), 0);
  assert_int_equal(stats.count, 2);
  assert_string_equal(qdisc_stats_find(&stats, 3)->kind, "htb");
  assert_int_equal(qdisc_stats_find(&stats, 3)->limit_unit, QDISC_NO_LIMIT);
  assert_string_equal(qdisc_stats_find(&stats, 4)->kind, "mq");
  qdisc_stats_free(&stats);
}

static void ingress_has_no_queue(void **state) {
  (void)state;
  struct qdisc_stats stats = {0};
  union netlink_message message;
  struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, "mq");
  struct tcmsg *header = mnl_nlmsg_get_payload(begun);
  header->tcm_handle = TC_H_MAJ(TC_H_INGRESS);
  assert_int_equal(take(begun, &stats), 0);
  assert_int_equal(take_kind(&stats, 3, TC_H_INGRESS, "ingress"), 0);
  assert_int_equal(take_kind(&stats, 3, TC_H_CLSACT, "clsact"), 0);
  assert_int_equal(take_kind(&stats, 4, TC_H_INGRESS, "ingress"), 0);
  assert_int_equal(stats.count, 1);
  assert_string_equal(stats.items[0].kind, "mq");
  qdisc_stats_free(&stats);
}

static void kinds_are_cut_and_terminated(void **state) {
  (void)state;
  union netlink_message message;
  struct qdisc_stats stats = {0};
  struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, NULL);
  mnl_attr_put(begun, TCA_KIND, 16, "abcdefghijklmnop");
  assert_int_equal(take(begun, &stats), 0);
  assert_string_equal(stats.items[0].kind, "abcdefghijklmno");
  begun = begin_qdisc(&message, 4, TC_H_ROOT, NULL);
  mnl_attr_put(begun, TCA_KIND, 2, "fq");
  assert_int_equal(take(begun, &stats), 0);
  assert_string_equal(stats.items[1].kind, "fq");
  qdisc_stats_free(&stats);
}

static void malformed_queues_are_refused(void **state) {
  (void)state;
  struct qdisc_stats stats = {0};
  assert_int_equal(take_kind(&stats, 0, TC_H_ROOT, "fq"), -EBADMSG);
  assert_int_equal(take_kind(&stats, -1, TC_H_ROOT, "fq"), -EBADMSG);
  assert_int_equal(take_kind(&stats, INT32_MIN, 1, "fq"), -EBADMSG);
  assert_int_equal(take_kind(&stats, 3, TC_H_ROOT, ""), -EBADMSG);
  assert_int_equal(take_kind(&stats, 3, TC_H_ROOT, NULL), -EBADMSG);
  assert_int_equal(take_kind(&stats, 3, 1, NULL), -EBADMSG);
  assert_int_equal(stats.count, 0);
  qdisc_stats_free(&stats);
}

static void other_messages_are_left_out(void **state) {
  (void)state;
  static const uint16_t types[] = {
      RTM_DELQDISC, RTM_GETQDISC, RTM_NEWTCLASS, RTM_NEWLINK, 0, UINT16_MAX};
  union netlink_message message;
  struct qdisc_stats stats = {0};
  for (size_t i = 0; i < COUNT_OF(types); ++i) {
    begin_qdisc(&message, 3, TC_H_ROOT, "fq")->nlmsg_type = types[i];
    CHECK(take(&message.header, &stats) == 0, "type %u", types[i]);
  }
  assert_int_equal(stats.count, 0);
}

static void a_message_can_end_anywhere(void **state) {
  (void)state;
  union netlink_message message;
  struct qdisc_stats stats = {0};
  struct nlmsghdr *begun = begin_qdisc(&message, 3, TC_H_ROOT, "tbf");
  put_queue(begun, sizeof(queue));
  struct nlattr *nest = mnl_attr_nest_start(begun, TCA_OPTIONS);
  mnl_attr_put(begun, TCA_TBF_PARMS, sizeof(tbf), &tbf);
  mnl_attr_nest_end(begun, nest);
  uint32_t whole = begun->nlmsg_len;
  uint32_t named =
      NLMSG_HDRLEN + sizeof(struct tcmsg) + sizeof(struct nlattr) + 4;
  for (uint32_t length = NLMSG_HDRLEN; length <= whole; ++length) {
    begun->nlmsg_len = length;
    stats.count = 0;
    int result = take(begun, &stats);
    CHECK(result == (length < named ? -EBADMSG : 0), "%u bytes: %d", length,
          result);
    CHECK(length == whole || length < named ||
              stats.items[0].limit_unit == QDISC_NO_LIMIT,
          "%u bytes", length);
  }
  assert_int_equal(stats.items[0].limit, 105);
  qdisc_stats_free(&stats);
}

static uint16_t list_flags;
static int list_error;
static unsigned roots;

static void answer_qdiscs(const struct nlmsghdr *request) {
  for (unsigned i = 1; i <= roots; ++i) {
    union netlink_message message;
    struct nlmsghdr *begun = begin_qdisc(&message, (int)i, TC_H_ROOT, "fq");
    put_queue(begun, sizeof(queue));
    begun->nlmsg_flags = NLM_F_MULTI | list_flags;
    fake_netlink_add(request, begun);
  }
  fake_netlink_add_done(request, NLM_F_MULTI, list_error);
  fake_netlink_send();
}

static void the_request_is_for_all_queues(void **state) {
  (void)state;
  static const unsigned rows[] = {0, 1, 17, 40, 2};
  struct netlink netlink;
  struct qdisc_stats stats = {0};
  fake_netlink_open(&netlink, answer_qdiscs);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    roots = rows[i];
    assert_int_equal(qdisc_stats_read(&netlink, &stats), 0);
    assert_int_equal(stats.count, rows[i]);
  }
  const struct nlmsghdr *request = &fake_netlink.request.header;
  const struct tcmsg *header = mnl_nlmsg_get_payload(request);
  assert_int_equal(request->nlmsg_type, RTM_GETQDISC);
  assert_int_equal(request->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  assert_int_equal(mnl_nlmsg_get_payload_len(request), sizeof(*header));
  assert_int_equal(header->tcm_ifindex, 0);
  list_flags = NLM_F_DUMP_INTR;
  assert_int_equal(qdisc_stats_read(&netlink, &stats), -EINTR);
  assert_int_equal(stats.count, 2);
  list_flags = 0;
  list_error = -EOPNOTSUPP;
  assert_int_equal(qdisc_stats_read(&netlink, &stats), -EOPNOTSUPP);
  list_error = 0;
  fake_netlink_close(&netlink);
  qdisc_stats_free(&stats);
  assert_null(stats.items);
  qdisc_stats_free(&stats);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  struct netlink netlink;
  struct qdisc_stats stats = {0};
  roots = 40;
  fake_netlink_open(&netlink, answer_qdiscs);
  assert_int_equal(qdisc_stats_read(&netlink, &stats), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += qdisc_stats_read(&netlink, &stats) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  fake_netlink_close(&netlink);
  qdisc_stats_free(&stats);
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct netlink netlink;
  struct qdisc_stats stats = {0};
  struct link_stats links = {0};
  int result;
  assert_int_equal(netlink_open(&netlink, NETLINK_ROUTE), 0);
  do
    result = qdisc_stats_read(&netlink, &stats);
  while (result == -EINTR);
  /* A kernel without queueing disciplines lacks the request. */
  if (result == -EOPNOTSUPP) {
    netlink_close(&netlink);
    skip();
  }
  assert_int_equal(result, 0);
  assert_int_equal(link_stats_read(&netlink, &links), 0);
  for (size_t i = 0; i < stats.count; ++i) {
    const struct qdisc_stats_one *one = &stats.items[i];
    assert_true(i == 0 || one->index > stats.items[i - 1].index);
    assert_true(one->kind[0] != '\0');
    assert_true(strlen(one->kind) < sizeof(one->kind));
    assert_true(one->packets <= INT32_MAX);
    assert_true(one->drops <= INT32_MAX);
    bool found = false;
    for (size_t j = 0; j < links.count; ++j)
      found |= links.items[j].index == one->index;
    CHECK(found, "no interface has the index %u", one->index);
  }
  netlink_close(&netlink);
  link_stats_free(&links);
  qdisc_stats_free(&stats);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_root_queue_is_taken),
      cmocka_unit_test(every_kind_of_limit_is_taken),
      cmocka_unit_test(the_kind_may_come_last),
      cmocka_unit_test(short_options_have_no_limit),
      cmocka_unit_test(malformed_options_have_no_limit),
      cmocka_unit_test(kinds_without_a_known_limit),
      cmocka_unit_test(without_options_or_statistics),
      cmocka_unit_test(shorter_and_longer_statistics),
      cmocka_unit_test(roots_are_sorted),
      cmocka_unit_test(many_roots_in_any_order),
      cmocka_unit_test(the_largest_index),
      cmocka_unit_test(mq_takes_kind_and_limit_of_its_children),
      cmocka_unit_test(grandchildren_are_ignored),
      cmocka_unit_test(other_roots_keep_their_kind),
      cmocka_unit_test(ingress_has_no_queue),
      cmocka_unit_test(kinds_are_cut_and_terminated),
      cmocka_unit_test(malformed_queues_are_refused),
      cmocka_unit_test(other_messages_are_left_out),
      cmocka_unit_test(a_message_can_end_anywhere),
      cmocka_unit_test(the_request_is_for_all_queues),
      cmocka_unit_test(the_steady_state_allocates_nothing),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests_name("qdisc_stats", tests, NULL, NULL);
}
