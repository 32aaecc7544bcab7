/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "root_tree.h"

static int find(struct root_tree *place, const char *text,
                struct kallsyms_symbol *symbols, size_t count) {
  temp_tree_write(&place->tree, "proc/kallsyms", text);
  return kallsyms_find(&place->root, symbols, count);
}

static void an_address_belongs_to_the_function_before_it(void **state) {
  static const char text[] = "ffffffff81000000 T _stext\n"
                             "ffffffff81000100 t kfree_skb_reason\n"
                             "ffffffff81000100 t alias_of_it\n"
                             "ffffffff81000180 d some_data\n"
                             "ffffffff81000200 W udp_rcv\n"
                             "ffffffff82000000 B a_variable\n"
                             "ffffffffc0000300 t tun_net_xmit\t[tun]\n"
                             "ffffffffc0000100 t veth_xmit\t[veth]\n";
  struct kallsyms_symbol symbols[] = {
      {.address = 0xffffffffc0000310}, {.address = 0xffffffff81000100},
      {.address = 0xffffffff810001ff}, {.address = 0xffffffff81000250},
      {.address = 0xffffffffc00001aa}, {.address = 0xffffffff80ffffff},
      {.address = 0xffffffff81000250}, {.address = 0xffffffffb0000000},
  };
  static const struct {
    uint64_t address, begin;
    const char *name;
    bool in_module;
  } expected[] = {
      {0xffffffff80ffffff, 0, "", false},
      {0xffffffff81000100, 0xffffffff81000100, "kfree_skb_reason", false},
      {0xffffffff810001ff, 0xffffffff81000100, "kfree_skb_reason", false},
      {0xffffffff81000250, 0xffffffff81000200, "udp_rcv", false},
      {0xffffffff81000250, 0xffffffff81000200, "udp_rcv", false},
      /* Where a module was that is unloaded. */
      {0xffffffffb0000000, 0, "", false},
      {0xffffffffc00001aa, 0xffffffffc0000100, "veth_xmit", true},
      {0xffffffffc0000310, 0xffffffffc0000300, "tun_net_xmit", true},
  };
  assert_int_equal(find(*state, text, symbols, COUNT_OF(symbols)), 0);
  for (size_t i = 0; i < COUNT_OF(expected); ++i)
    CHECK(symbols[i].address == expected[i].address &&
              symbols[i].begin == expected[i].begin &&
              symbols[i].in_module == expected[i].in_module &&
              strcmp(symbols[i].name, expected[i].name) == 0,
          "row %zu: %s", i, symbols[i].name);
}

static void long_names_are_cut(void **state) {
  char text[200];
  memset(text, 'x', sizeof(text));
  memcpy(text, "ffffffff81000000 T ", 19);
  text[198] = '\n';
  text[199] = '\0';
  struct kallsyms_symbol symbol = {.address = 0xffffffff81000001};
  assert_int_equal(find(*state, text, &symbol, 1), 0);
  assert_int_equal(strlen(symbol.name), KALLSYMS_NAME_SIZE - 1);
}

/* Lines cross the boundaries between two reads. */
static void a_file_can_be_long(void **state) {
  size_t size = 1 << 20, length = 0;
  char *text = malloc(size);
  assert_non_null(text);
  struct kallsyms_symbol symbols[1000];
  for (unsigned i = 0; i < 20000; ++i)
    length += (size_t)snprintf(text + length, size - length,
                               "ffffffff%08x T function_%u\n",
                               0x81000000 + i * 64, i);
  for (unsigned i = 0; i < 1000; ++i)
    symbols[i].address = 0xffffffff81000000 + i * 20 * 64 + 5;
  assert_int_equal(find(*state, text, symbols, 1000), 0);
  for (unsigned i = 0; i < 1000; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "function_%u", i * 20);
    CHECK(strcmp(symbols[i].name, name) == 0, "%u: %s", i, symbols[i].name);
  }
  free(text);
}

static void malformed_lines_are_skipped(void **state) {
  static const char text[] = "\n\nno address at all\nffffffff81000000\n"
                             "ffffffff81000000 T\nffffffff81000010 TT wide\n"
                             "fffffffffffffffff T too_long\n"
                             "ffffffff81000020 T real\nffffffff81000030 T cut";
  struct kallsyms_symbol symbol = {.address = 0xffffffff81000040};
  assert_int_equal(find(*state, text, &symbol, 1), 0);
  assert_string_equal(symbol.name, "real");
}

static void hidden_addresses_are_reported(void **state) {
  struct kallsyms_symbol symbol = {.address = 0xffffffff81000040};
  assert_int_equal(
      find(*state, "0000000000000000 T _stext\n0000000000000000 t udp_rcv\n",
           &symbol, 1),
      -EACCES);
  assert_string_equal(symbol.name, "");
  assert_int_equal(find(*state, "", &symbol, 1), -EACCES);
}

static void a_missing_file_is_reported(void **state) {
  struct root_tree *place = *state;
  struct kallsyms_symbol symbol = {.address = 1, .name = "before"};
  assert_int_equal(kallsyms_find(&place->root, &symbol, 1), -ENOENT);
  assert_string_equal(symbol.name, "");
}

static void an_endless_line_is_refused(void **state) {
  size_t size = 200 * 1024;
  char *text = malloc(size);
  assert_non_null(text);
  memset(text, 'f', size - 1);
  text[size - 1] = '\0';
  struct kallsyms_symbol symbol = {.address = 1};
  assert_int_equal(find(*state, text, &symbol, 1), -EBADMSG);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      ROOT_TREE_TEST(an_address_belongs_to_the_function_before_it),
      ROOT_TREE_TEST(long_names_are_cut),
      ROOT_TREE_TEST(a_file_can_be_long),
      ROOT_TREE_TEST(malformed_lines_are_skipped),
      ROOT_TREE_TEST(hidden_addresses_are_reported),
      ROOT_TREE_TEST(a_missing_file_is_reported),
      ROOT_TREE_TEST(an_endless_line_is_refused),
  };
  return cmocka_run_group_tests_name("kallsyms", tests, NULL, NULL);
}
