/* SPDX-License-Identifier: MIT */
/* The table of protocol counters: what the build does not check. */
#include "named.h"
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alert_text.h"
#include "metric_name.h"
#include "proto_counters.h"
#include "report.h"

/* Fails with the name of the meter. */
#define CHECK_METER(meter, condition)                                          \
  CHECK(condition, "%s: %s", meter_key(meter), #condition)

static bool is_setting(const struct meter *meter) {
  return meter->meaning == METER_SETTING;
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The object of "Udp:InErrors"; "" of a setting. */
static void object_of(const struct meter *meter, char *ret, size_t size) {
  const char *key = meter_key(meter);
  size_t colon = strcspn(key, ":");
  snprintf(ret, size, "%.*s", key[colon] == ':' ? (int)colon : 0, key);
}

/* The meter that this one is part of, or NULL. */
static const struct meter *whole_of(const struct meter *meter) {
  char object[64], key[128];
  if (meter->part_of == NULL)
    return NULL;
  object_of(meter, object, sizeof(object));
  snprintf(key, sizeof(key), "%s:%s", object, meter->part_of);
  for (size_t i = 0; i < PROTO_COUNT; ++i)
    if (strcmp(meter_key(&proto_meters[i]), key) == 0)
      return &proto_meters[i];
  fail_msg("%s is part of %s, which is none", meter_key(meter), key);
  return NULL;
}

static void meters_have_unique_names(void **state) {
  (void)state;
  struct report *report;
  assert_int_equal(report_new(&report, proto_meters, PROTO_COUNT), 0);
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    CHECK(meter->name != NULL && meter->type != NULL, "row %zu", i);
    CHECK_METER(meter, report_find_meter(report, meter_key(meter)) == (int)i);
    CHECK_METER(meter, ends_with(meter_key(meter), meter->name));
    CHECK_METER(meter,
                (strchr(meter_key(meter), ':') == NULL) == is_setting(meter));
    char safe[METRIC_NAME_SIZE];
    metric_name(safe, meter->name);
    CHECK_METER(meter, strcmp(safe, meter->name) == 0);
  }
  report_free(report);
}

static void types_fit_their_kinds(void **state) {
  (void)state;
  static const char *const gauges[] = {"gauge", "percent", "bytes", "count"};
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    bool is_gauge = false;
    for (size_t j = 0; j < COUNT_OF(gauges); ++j)
      is_gauge = is_gauge || strcmp(meter->type, gauges[j]) == 0;
    CHECK_METER(meter, is_gauge == !meter_is_counter(meter));
    CHECK_METER(meter,
                is_gauge || strcmp(meter->type, "protocol_counter") == 0);
    CHECK_METER(meter,
                (strcmp(meter->type, "percent") == 0) ==
                    (meter->unit != NULL && strcmp(meter->unit, "%") == 0));
    CHECK_METER(meter, !meter_is_counter(meter) || meter->unit != NULL);
    CHECK_METER(meter, !is_setting(meter) || strcmp(meter->type, "gauge") == 0);
    CHECK_METER(meter, meter->total == METER_TOTAL_NONE);
  }
}

static void every_meter_is_documented(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    CHECK_METER(meter, meter->source != NULL && meter->source[0] != '\0');
    CHECK_METER(meter, meter->help != NULL && ends_with(meter->help, "."));
    CHECK_METER(meter, isupper((unsigned char)meter->help[0]) ||
                           isdigit((unsigned char)meter->help[0]));
    for (const char *c = meter->help; *c != '\0'; ++c)
      CHECK_METER(meter, *c >= ' ' && *c <= '~');
  }
}

static void advice_is_short(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    if (meter->advice == NULL)
      continue;
    CHECK_METER(meter, strlen(meter->advice) < 80);
    CHECK_METER(meter, !ends_with(meter->advice, "."));
    for (const char *c = meter->advice; *c != '\0'; ++c)
      CHECK_METER(meter, *c >= ' ' && *c <= '~');
  }
}

static void settings_are_named_as_sysctls(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    CHECK_METER(meter, meter->setting != NULL || !is_setting(meter));
    if (meter->setting == NULL)
      continue;
    CHECK_METER(meter, strncmp(meter->setting, "net.", 4) == 0 ||
                           strncmp(meter->setting, "vm.", 3) == 0);
    size_t name = strspn(meter->setting, "abcdefghijklmnopqrstuvwxyz"
                                         "0123456789_.");
    const char *field = meter->setting + name;
    bool is_field = field[0] == '[' && field[1] >= '0' && field[1] <= '2' &&
                    strcmp(field + 2, "]") == 0;
    CHECK_METER(meter, field[0] == '\0' || (is_field && is_setting(meter)));
  }
}

static void a_part_has_a_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    const struct meter *whole = whole_of(meter);
    CHECK_METER(meter, whole != meter);
    CHECK_METER(meter, whole == NULL || meter_is_counter(meter));
    CHECK_METER(meter, whole == NULL || meter_is_counter(whole));
  }
}

/* One loss is one notification: of a whole and its parts, only one is judged.
 */
static void a_judged_part_has_no_judged_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    if (meter->limits == NULL)
      continue;
    size_t depth = 0;
    for (const struct meter *whole = whole_of(meter); whole != NULL;
         whole = whole_of(whole)) {
      CHECK_METER(meter, whole->limits == NULL);
      CHECK_METER(meter, ++depth < 5);
    }
  }
}

static void only_bad_events_have_limits(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    const struct threshold_limits *limits = meter->limits;
    if (limits == NULL)
      continue;
    CHECK_METER(meter, meter->meaning == METER_LOSS ||
                           meter->meaning == METER_ERROR ||
                           meter->meaning == METER_PRESSURE);
    CHECK_METER(meter, meter->verb != NULL && meter->place != NULL);
    CHECK_METER(meter, meter->advice != NULL);
    CHECK_METER(meter, threshold_exists(limits));
    CHECK_METER(meter, isnan(limits->warning_min));
    CHECK_METER(meter, isnan(limits->failure_min));
    CHECK_METER(meter, !(limits->warning_max >= limits->failure_max));
    CHECK_METER(meter, limits->hits >= 1 && limits->clear_hits >= 1);
    CHECK_METER(meter, limits->hysteresis == 0);
    /* The message contains the name of the counter. */
    char name[80];
    snprintf(name, sizeof(name), "(%s)", meter->name);
    CHECK_METER(meter,
                !meter_is_counter(meter) || ends_with(meter->place, name));
  }
}

static void meters_judged_by_default(void **state) {
  (void)state;
  static const char *const keys[] = {
      "TcpExt:ListenOverflows",
      "TcpExt:ListenDropsOther",
      "TcpExt:TCPReqQFullDrop",
      "TcpExt:TCPReqQFullDoCookies",
      "TcpExt:TCPBacklogDrop",
      "TcpExt:TCPRcvQDrop",
      "TcpExt:TCPOFODrop",
      "TcpExt:TCPZeroWindowDrop",
      "TcpExt:RcvPrunedOther",
      "TcpExt:OfoPruned",
      "TcpExt:PFMemallocDrop",
      "TcpExt:TCPAbortOnMemory",
      "TcpExt:TCPMemoryPressures",
      "TcpExt:TCPTimeWaitOverflow",
      "TcpExt:TCPWqueueTooBig",
      "Udp:RcvbufErrors",
      "Udp:SndbufErrors",
      "Udp:MemErrors",
      "Udp:InErrorsOther",
      "Udp6:RcvbufErrors",
      "Udp6:SndbufErrors",
      "Udp6:MemErrors",
      "Udp6:InErrorsOther",
      "UdpLite:RcvbufErrors",
      "UdpLite:SndbufErrors",
      "UdpLite:MemErrors",
      "UdpLite:InErrorsOther",
      "UdpLite6:RcvbufErrors",
      "UdpLite6:SndbufErrors",
      "UdpLite6:MemErrors",
      "UdpLite6:InErrorsOther",
      "Ip:InDiscards",
      "Ip:OutDiscardsOther",
      "Ip:ReasmFails",
      "Ip6:InDiscards",
      "Ip6:OutDiscardsOther",
      "Ip6:ReasmFails",
      "Tcp:retransmitted",
      "Tcp:memory_used",
      "Tcp:orphans_used",
      "Tcp:time_wait_used",
      "Udp:memory_used",
      "Ip:fragment_memory_used",
      "Ip6:fragment_memory_used",
      "conntrack:drop",
      "conntrack:entries_used",
      "arp_cache:table_fulls",
      "arp_cache:unresolved_discards",
      "arp_cache:entries_used",
      "ndisc_cache:table_fulls",
      "ndisc_cache:unresolved_discards",
      "ndisc_cache:entries_used",
      "xfrm:XfrmInNoStates",
  };
  struct report *report;
  assert_int_equal(report_new(&report, proto_meters, PROTO_COUNT), 0);
  for (size_t i = 0; i < COUNT_OF(keys); ++i) {
    int meter = report_find_meter(report, keys[i]);
    CHECK(meter >= 0 && proto_meters[meter].limits != NULL, "%s", keys[i]);
  }
  report_free(report);
}

static void no_setting_is_sent_by_default(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i)
    if (is_setting(&proto_meters[i]))
      CHECK_METER(&proto_meters[i], !proto_meters_by_default[i]);
}

static void counters_have_the_kernels_width(void **state) {
  (void)state;
  for (size_t i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    bool is_conntrack = strncmp(meter_key(meter), "conntrack:", 10) == 0;
    if (meter_is_counter(meter))
      CHECK_METER(meter, (meter->kind == METER_COUNTER32) == is_conntrack);
  }
}

/* Raises the meter with a long number. */
static const struct alert *raise(struct report *report, unsigned meter) {
  char object[64];
  object_of(&proto_meters[meter], object, sizeof(object));
  size_t count = 0;
  const struct alert *alerts = NULL;
  for (int i = 0; i < 10 && count == 0; ++i) {
    report_begin(report, 10 * i);
    struct report_object *owner =
        report_object(report, NULL, NAMED(object), false);
    if (meter_is_counter(&proto_meters[meter]))
      report_counter(report, owner, meter, (uint64_t)(12345678 * i));
    else
      report_gauge(report, owner, meter, 99.9);
    report_end(report);
    alerts = report_alerts(report, &count);
  }
  CHECK_METER(&proto_meters[meter], count == 1);
  return alerts;
}

/* Stands for any value of the setting. */
static const char *long_value(const char *setting) {
  return ends_with(setting, "mem") ? "4096 131072 33554432" : "2147483647";
}

static void the_longest_messages_fit(void **state) {
  (void)state;
  for (unsigned i = 0; i < PROTO_COUNT; ++i) {
    const struct meter *meter = &proto_meters[i];
    if (meter->limits == NULL)
      continue;
    struct report *report;
    assert_int_equal(report_new(&report, proto_meters, PROTO_COUNT), 0);
    const struct alert *alert = raise(report, i);
    struct explanation explanation = {.setting = meter->setting};
    struct text advice = TEXT_IN(explanation.advice);
    text_add(&advice, "%s", meter->advice);
    if (meter->setting != NULL) {
      struct text value = TEXT_IN(explanation.setting_value);
      text_add(&value, "%s", long_value(meter->setting));
    }
    /* The detail of losses for lack of receive memory. */
    if (meter->setting != NULL &&
        strcmp(meter->setting, "net.ipv4.tcp_rmem") == 0 &&
        strstr(meter->advice, "cgroup") != NULL) {
      struct text detail = TEXT_IN(explanation.detail);
      text_add(&detail, "TCP memory is at 100 %% of tcp_mem");
    }
    char buffer[ALERT_TEXT_SIZE];
    struct text message = TEXT_IN(buffer);
    alert_text(&message, "", alert, &explanation);
    CHECK(strstr(buffer, meter->advice) != NULL && !message.is_cut, "%s: %s",
          meter_key(meter), buffer);
    report_free(report);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(meters_have_unique_names),
      cmocka_unit_test(types_fit_their_kinds),
      cmocka_unit_test(every_meter_is_documented),
      cmocka_unit_test(advice_is_short),
      cmocka_unit_test(settings_are_named_as_sysctls),
      cmocka_unit_test(a_part_has_a_whole),
      cmocka_unit_test(a_judged_part_has_no_judged_whole),
      cmocka_unit_test(only_bad_events_have_limits),
      cmocka_unit_test(meters_judged_by_default),
      cmocka_unit_test(no_setting_is_sent_by_default),
      cmocka_unit_test(counters_have_the_kernels_width),
      cmocka_unit_test(the_longest_messages_fit),
  };
  return cmocka_run_group_tests_name("proto_counters", tests, NULL, NULL);
}
