/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "allocations.h"
#include "proc_udp.h"
#include "root_tree.h"

#define HEADER                                                                 \
  "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when "       \
  "retrnsmt   uid  timeout inode ref pointer drops            \n"

#define ROW4                                                                   \
  " 3122: 0100007F:0035 00000000:0000 07 00000000:00000680 00:00000000 "       \
  "00000000   101        0 4711 2 0000000000000000 4000000000        \n"

#define HEADER6                                                                \
  "  sl  local_address                         remote_address                " \
  "        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode "    \
  "ref pointer drops\n"

#define ROW6                                                                   \
  "  315: B80D0120000000000000000001000000:0043 "                              \
  "00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 "    \
  "00000000     0        0 815 2 0000000000000000 7\n"

struct found {
  struct socket_info one;
  unsigned count;
  int result;
};

static int take(const struct socket_info *one, void *data) {
  struct found *found = data;
  found->one = *one;
  found->count++;
  return found->result;
}

static int parse(const char *text, uint8_t family, struct found *found,
                 struct scan_error *error) {
  return proc_udp_parse(scan_text(text, strlen(text)), family, IPPROTO_UDP,
                        take, found, error);
}

static void an_ipv4_socket(void **state) {
  (void)state;
  struct found found = {.count = 0};
  const uint32_t loopback = htonl(INADDR_LOOPBACK);
  /* The words are in the byte order of this machine. */
  if (loopback != 0x0100007f)
    skip();
  assert_int_equal(parse(HEADER ROW4, AF_INET, &found, NULL), 0);
  assert_int_equal(found.count, 1);
  assert_int_equal(found.one.family, AF_INET);
  assert_int_equal(found.one.protocol, IPPROTO_UDP);
  assert_memory_equal(found.one.address, &loopback, 4);
  assert_int_equal(found.one.port, 53);
  assert_int_equal(found.one.queue, 0x680);
  assert_int_equal(found.one.uid, 101);
  assert_true(found.one.has_uid);
  assert_int_equal(found.one.inode, 4711);
  assert_int_equal(found.one.cookie, 4711);
  assert_true(found.one.drops == 4000000000);
  assert_true(found.one.has_drops);
  assert_false(found.one.has_limit);
}

static void an_ipv6_socket(void **state) {
  (void)state;
  struct found found = {.count = 0};
  struct in6_addr address;
  if (htonl(1) == 1)
    skip();
  inet_pton(AF_INET6, "2001:db8::1", &address);
  assert_int_equal(parse(HEADER6 ROW6, AF_INET6, &found, NULL), 0);
  assert_int_equal(found.count, 1);
  assert_memory_equal(found.one.address, &address, 16);
  assert_int_equal(found.one.port, 67);
  assert_int_equal(found.one.drops, 7);
}

/* Sockets of tunnels and other kernel users have no inode. */
static void sockets_of_the_kernel(void **state) {
  (void)state;
  static const char *const rows[] = {
      "1: 00000000:12B5 00000000:0000 07 0:0 00:0 0 0 0 0 2 0 1\n",
      "1: 00000000:12B6 00000000:0000 07 0:0 00:0 0 0 0 0 2 0 1\n",
      "1: 00000000:0000 00000000:0000 07 0:0 00:0 0 0 0 4789 2 0 1\n",
  };
  uint64_t cookies[COUNT_OF(rows)];
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char text[256];
    struct found found = {.count = 0};
    snprintf(text, sizeof(text), "sl\n%s", rows[i]);
    assert_int_equal(parse(text, AF_INET, &found, NULL), 0);
    cookies[i] = found.one.cookie;
  }
  assert_true(cookies[0] != cookies[1]);
  assert_true(cookies[0] > UINT32_MAX);
  assert_true(cookies[2] == 4789);
}

static void an_empty_table(void **state) {
  (void)state;
  static const char *const texts[] = {"", "\n", HEADER, "sl"};
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct found found = {.count = 0};
    assert_int_equal(parse(texts[i], AF_INET, &found, NULL), 0);
    assert_int_equal(found.count, 0);
  }
}

static void malformed_lines_are_refused(void **state) {
  (void)state;
  static const char *const lines[] = {
      "",
      "1:",
      "1: 0100007F:0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0",
      "1: 0100007F:0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 x",
      "1: 0100007F:0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 4294967296",
      "1: 0100007F:0035 00000000:0000 07 0:1 00:0 0 101 0 -1 2 0 1",
      "1: 0100007F:0035 00000000:0000 07 0:1 00:0 0 x 0 4711 2 0 1",
      "1: 0100007F:0035 00000000:0000 07 01 00:0 0 101 0 4711 2 0 1",
      "1: 0100007F:0035 00000000:0000 07 0:1: 00:0 0 101 0 4711 2 0 1",
      "1: 0100007F:10035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 1",
      "1: 0100007F0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 1",
      "1: 010007F:0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 1",
      "1: 0100007F: 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 1",
      "1: 01000G7F:0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 1",
      "1: 7F:0035 00000000:0000 07 0:1 00:0 0 101 0 4711 2 0 1",
      "1: B80D0120000000000000000001000000:0043 0:0 07 0:1 00:0 0 1 0 4 2 0 1",
  };
  for (size_t i = 0; i < COUNT_OF(lines); i++) {
    char text[1024];
    struct found found = {.count = 0};
    struct scan_error error;
    snprintf(text, sizeof(text), HEADER ROW4 "%s\n" ROW4, lines[i]);
    int r = parse(text, AF_INET, &found, &error);
    CHECK(r == -EBADMSG, "row %zu: %d", i, r);
    CHECK(error.line == 3, "row %zu: line %zu", i, error.line);
    CHECK(found.count == 1, "row %zu: %u sockets", i, found.count);
  }
}

static void an_error_of_take_is_returned(void **state) {
  (void)state;
  struct found found = {.result = -ENOMEM};
  assert_int_equal(parse(HEADER ROW4 ROW4, AF_INET, &found, NULL), -ENOMEM);
  assert_int_equal(found.count, 2);
}

static void the_file_is_read_repeatedly(void **state) {
  (void)state;
  struct temp_tree tree;
  struct sysroot root = {0};
  struct found found = {.count = 0};
  struct sysroot_file file = SYSROOT_FILE("proc/net/udp");
  root_tree_open(&tree, &root);
  assert_int_equal(
      proc_udp_read(&root, &file, AF_INET, IPPROTO_UDP, take, &found, NULL),
      -ENOENT);
  temp_tree_write(&tree, "proc/net/udp", HEADER ROW4);
  assert_int_equal(
      proc_udp_read(&root, &file, AF_INET, IPPROTO_UDP, take, &found, NULL), 0);
  assert_int_equal(found.count, 1);
  size_t before = allocations_count();
  for (int i = 0; i < 10; i++)
    proc_udp_read(&root, &file, AF_INET, IPPROTO_UDP, take, &found, NULL);
  assert_int_equal(allocations_count(), before);
  assert_int_equal(found.count, 11);
  sysroot_file_free(&file);
  root_tree_close(&tree, &root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_ipv4_socket),
      cmocka_unit_test(an_ipv6_socket),
      cmocka_unit_test(sockets_of_the_kernel),
      cmocka_unit_test(an_empty_table),
      cmocka_unit_test(malformed_lines_are_refused),
      cmocka_unit_test(an_error_of_take_is_returned),
      cmocka_unit_test(the_file_is_read_repeatedly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
