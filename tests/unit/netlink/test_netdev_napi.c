/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <linux/genetlink.h>

#include "netdev_napi.h"
#include "netlink.h"

/* Flag: the attribute has 64 bits instead of 32. */
#define WIDE 0x1000

/* One attribute of a message. */
struct number {
  uint16_t type;
  uint64_t value;
};

static int take(struct netdev_napi *napi, bool is_queue,
                const struct number *numbers, size_t count) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *message =
      netlink_begin_generic(buffer, 22, is_queue ? 10 : 11, true);
  for (size_t i = 0; i < count; ++i)
    if ((numbers[i].type & WIDE) != 0)
      mnl_attr_put_u64(message, numbers[i].type & 0xfffu, numbers[i].value);
    else
      mnl_attr_put_u32(message, numbers[i].type, (uint32_t)numbers[i].value);
  return is_queue ? netdev_napi_take_queue(message, napi)
                  : netdev_napi_take(message, napi);
}

#define TAKE(is_queue, ...)                                                    \
  take(&napi, is_queue, (const struct number[]){__VA_ARGS__},                  \
       COUNT_OF(((const struct number[]){__VA_ARGS__})))

static void both_answers_are_joined(void **state) {
  (void)state;
  struct netdev_napi napi = {0};
  assert_int_equal(TAKE(false, {1, 2}, {2, 513}, {3, 100}, {4, 77}), 0);
  assert_int_equal(TAKE(false, {2, 514}, {1, 2}, {9, 1}, {77, 5}), 0);
  assert_int_equal(TAKE(false, {1, 3}, {2, 513}, {3, 0}), 0);
  assert_int_equal(napi.count, 3);
  assert_int_equal(napi.items[0].index, 2);
  assert_int_equal(napi.items[0].id, 513);
  assert_int_equal(napi.items[0].irq, 100);
  assert_int_equal(napi.items[0].pid, 77);
  assert_int_equal(napi.items[0].rx_queue, NETDEV_NAPI_NONE);
  assert_int_equal(napi.items[1].irq, NETDEV_NAPI_NONE);
  assert_int_equal(napi.items[2].irq, 0);

  assert_int_equal(TAKE(true, {1, 5}, {2, 2}, {3, 0}, {4, 513}), 0);
  assert_int_equal(TAKE(true, {1, 4}, {2, 2}, {3, 0}, {4, 513}), 0);
  assert_int_equal(TAKE(true, {1, 6}, {2, 2}, {3, 1}, {4, 513}), 0);
  assert_int_equal(TAKE(true, {1, 0}, {2, 3}, {3, 1}, {4, 513}), 0);
  assert_int_equal(TAKE(true, {1, 7}, {2, 2}, {3, 0}), 0);
  assert_int_equal(TAKE(true, {1, 7}, {2, 9}, {3, 0}, {4, 513}), 0);
  assert_int_equal(TAKE(true, {1, 7}, {2, 2}, {3, 8}, {4, 514}), 0);
  assert_int_equal(napi.items[0].rx_queue, 4);
  assert_int_equal(napi.items[0].tx_queue, 6);
  assert_int_equal(napi.items[1].rx_queue, NETDEV_NAPI_NONE);
  assert_int_equal(napi.items[1].tx_queue, NETDEV_NAPI_NONE);
  assert_int_equal(napi.items[2].rx_queue, NETDEV_NAPI_NONE);
  assert_int_equal(napi.items[2].tx_queue, 0);
  netdev_napi_free(&napi);
  assert_int_equal(napi.count, 0);
}

static void malformed_answers_are_refused(void **state) {
  (void)state;
  struct netdev_napi napi = {0};
  assert_int_equal(TAKE(false, {1, 2}), -EBADMSG);
  assert_int_equal(TAKE(false, {2, 513}), -EBADMSG);
  assert_int_equal(TAKE(false, {1, 0}, {2, 513}), -EBADMSG);
  assert_int_equal(take(&napi, false, NULL, 0), -EBADMSG);
  assert_int_equal(TAKE(true, {1, 2}, {2, 3}), -EBADMSG);
  assert_int_equal(TAKE(true, {1, 2}, {3, 0}), -EBADMSG);
  assert_int_equal(TAKE(true, {2, 2}, {3, 0}), -EBADMSG);
  assert_int_equal(napi.count, 0);
  assert_int_equal(TAKE(false, {WIDE + 1, 2}, {WIDE + 2, 3}), 0);
  assert_int_equal(napi.items[0].id, 3);
  netdev_napi_free(&napi);
}

static void this_kernel_answers(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct netlink netlink = {0};
  struct netlink_family family = {0};
  struct netdev_napi napi = {0};
  int r = netlink_open(&netlink, NETLINK_GENERIC);
  if (r == 0)
    r = netlink_find_family(&netlink, "netdev", &family);
  for (int i = 0; i < 2 && r == 0; ++i)
    r = netdev_napi_read(&netlink, family.id, &napi);
  for (size_t i = 0; i < napi.count; ++i)
    assert_int_not_equal(napi.items[i].index, 0);
  netdev_napi_free(&napi);
  netlink_close(&netlink);
  if (r == -ENOENT || r == -EOPNOTSUPP || r == -EINTR)
    skip();
  assert_int_equal(r, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_answers_are_joined),
      cmocka_unit_test(malformed_answers_are_refused),
      cmocka_unit_test(this_kernel_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
