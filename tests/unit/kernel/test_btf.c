/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "drop_fixture.h"
#include "root_tree.h"

static struct btf load(const char *version) {
  struct sysroot root = {0};
  struct btf btf = {0};
  struct btf_error error = {0};
  drop_fixture_root(version, &root);
  CHECK(btf_load(&btf, &root, &error) == 0, "%s: byte %zu: expected %s",
        version, error.offset, error.expected);
  sysroot_free(&root);
  return btf;
}

static void member_offsets_match_the_kernel(void **state) {
  (void)state;
  static const struct {
    const char *version;
    uint32_t length, protocol;
  } rows[] = {{"5.10", 112, 180}, {"5.17", 112, 180}, {"6.1", 112, 180},
              {"6.6", 112, 180},  {"6.12", 112, 180}, {"6.18", 112, 176}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct btf btf = load(rows[i].version);
    uint32_t id = btf_find(&btf, BTF_KIND_STRUCT, "sk_buff");
    uint32_t length = 0, protocol = 0, untouched = 7;
    CHECK(id != 0, "%s", rows[i].version);
    assert_int_equal(btf_member_offset(&btf, id, "len", &length), 0);
    /* A member of an unnamed struct in an unnamed union. */
    assert_int_equal(btf_member_offset(&btf, id, "protocol", &protocol), 0);
    CHECK(length == rows[i].length && protocol == rows[i].protocol,
          "%s: %u and %u", rows[i].version, length, protocol);
    assert_int_equal(btf_member_offset(&btf, id, "colour", &untouched),
                     -ENOENT);
    assert_int_equal(btf_member_offset(&btf, 0, "len", &untouched), -ENOENT);
    assert_int_equal(btf_member_offset(&btf, 99999, "len", &untouched),
                     -ENOENT);
    assert_int_equal(untouched, 7);
    btf_free(&btf);
  }
}

static void a_bit_field_has_no_offset(void **state) {
  (void)state;
  struct btf btf = load("6.18");
  uint32_t id = btf_find(&btf, BTF_KIND_STRUCT, "sk_buff"), offset;
  assert_int_equal(btf_member_offset(&btf, id, "cloned", &offset), -ENOENT);
  btf_free(&btf);
}

static void arguments_of_a_tracepoint_are_found(void **state) {
  (void)state;
  struct btf btf = load("6.18");
  uint32_t pointer =
      btf_target(&btf, btf_find(&btf, BTF_KIND_TYPEDEF, "btf_trace_kfree_skb"));
  assert_int_equal(btf_kind(&btf, pointer), BTF_KIND_PTR);
  uint32_t prototype = btf_target(&btf, pointer), argument;
  assert_int_equal(btf_kind(&btf, prototype), BTF_KIND_FUNC_PROTO);
  assert_true(btf_argument(&btf, prototype, 1, &argument));
  assert_string_equal(btf_name(&btf, btf_target(&btf, argument)), "sk_buff");
  assert_true(btf_argument(&btf, prototype, 2, &argument));
  assert_int_equal(btf_kind(&btf, argument), BTF_KIND_PTR);
  assert_int_equal(btf_target(&btf, argument), 0);
  assert_true(btf_argument(&btf, prototype, 3, &argument));
  assert_string_equal(btf_name(&btf, argument), "skb_drop_reason");
  assert_true(btf_argument(&btf, prototype, 4, &argument));
  assert_false(btf_argument(&btf, prototype, 5, &argument));
  assert_false(btf_argument(&btf, pointer, 0, &argument));
  btf_free(&btf);
}

static void names_of_an_enum_are_found(void **state) {
  (void)state;
  struct btf btf = load("6.1");
  uint32_t id = btf_find(&btf, BTF_KIND_ENUM, "skb_drop_reason"), value, i = 0;
  const char *name;
  bool has_it = false;
  for (; btf_enumerator(&btf, id, i, &name, &value); ++i)
    has_it = has_it || (value == 15 &&
                        strcmp(name, "SKB_DROP_REASON_SOCKET_RCVBUFF") == 0);
  assert_true(has_it);
  assert_int_equal(i, 67);
  assert_false(btf_enumerator(&btf, 0, 0, &name, &value));
  assert_int_equal(btf_find(&btf, BTF_KIND_ENUM, "skb_drop_reason_subsys"), 0);
  btf_free(&btf);
}

/* The types of a module refer to those of its kernel. */
static void a_modules_types_extend_the_kernels(void **state) {
  (void)state;
  struct btf kernel = load("6.12"), module;
  struct sysroot root = {0};
  struct btf_error error = {0};
  drop_fixture_root("6.12", &root);
  CHECK(btf_load_module(&module, &kernel, &root, "openvswitch", &error) == 0,
        "byte %zu: expected %s", error.offset, error.expected);
  assert_int_equal(btf_load_module(&module, &kernel, &root, "absent", &error),
                   -ENOENT);
  uint32_t id = btf_find(&module, BTF_KIND_ENUM, "ovs_drop_reason"), value;
  const char *name;
  assert_true(id >= kernel.count && id < module.count);
  assert_true(btf_enumerator(&module, id, 1, &name, &value));
  assert_string_equal(name, "OVS_DROP_LAST_ACTION");
  assert_int_equal(value, 3 << 16 | 1);
  /* Types of the kernel have the same ids, and are not searched. */
  uint32_t packet = btf_find(&kernel, BTF_KIND_STRUCT, "sk_buff"), offset;
  assert_string_equal(btf_name(&module, packet), "sk_buff");
  assert_int_equal(btf_member_offset(&module, packet, "len", &offset), 0);
  assert_int_equal(btf_find(&module, BTF_KIND_STRUCT, "sk_buff"), 0);
  assert_int_equal(btf_kind(&module, module.count), BTF_KIND_UNKN);
  /* Not without its kernel. */
  btf_free(&module);
  assert_int_equal(btf_load_module(&module, NULL, &root, "openvswitch", &error),
                   -EBADMSG);
  btf_free(&kernel);
  sysroot_free(&root);
}

static void types_of_a_kind_are_listed(void **state) {
  (void)state;
  struct btf btf = load("6.12");
  uint32_t count = 0, last = 0;
  for (uint32_t id = btf_next(&btf, BTF_KIND_STRUCT, 0); id != 0;
       id = btf_next(&btf, BTF_KIND_STRUCT, id)) {
    assert_true(id > last && btf_kind(&btf, id) == BTF_KIND_STRUCT);
    last = id;
    count++;
  }
  assert_true(count > 8);
  assert_int_equal(btf_next(&btf, BTF_KIND_FLOAT, 0), 0);
  assert_int_equal(btf_next(&btf, BTF_KIND_STRUCT, UINT32_MAX), 0);
  btf_free(&btf);
}

static void missing_types_are_not_found(void **state) {
  (void)state;
  struct btf btf = load("6.18");
  assert_int_equal(btf_find(&btf, BTF_KIND_STRUCT, "skb_drop_reason"), 0);
  assert_int_equal(btf_kind(&btf, 99999), BTF_KIND_UNKN);
  assert_int_equal(btf_kind(&btf, 0), BTF_KIND_UNKN);
  assert_string_equal(btf_name(&btf, 99999), "");
  assert_int_equal(btf_target(&btf, 99999), 0);
  assert_int_equal(btf_plain(&btf, 0), 0);
  btf_free(&btf);
  btf_free(&btf);
}

/* Small blobs, composed word by word. */
struct blob {
  struct btf_header header;
  uint32_t words[16];
};

static struct blob make(const uint32_t *words, size_t count) {
  struct blob blob = {
      .header = {.magic = BTF_MAGIC,
                 .version = BTF_VERSION,
                 .hdr_len = sizeof(blob.header),
                 .type_len = (uint32_t)(count * sizeof(uint32_t)),
                 .str_off = (uint32_t)(count * sizeof(uint32_t)),
                 .str_len = 4},
  };
  memcpy(blob.words, words, count * sizeof(uint32_t));
  memcpy(&blob.words[count], "\0ab", 4);
  return blob;
}

static int parse(const struct blob *blob, size_t size, struct btf *btf,
                 struct btf_error *error) {
  void *copy = malloc(size);
  assert_non_null(copy);
  memcpy(copy, blob, size);
  int r = btf_parse(btf, copy, size, error);
  if (r < 0)
    free(copy);
  return r;
}

#define INFO(kind, count) ((uint32_t)(kind) << 24 | (count))

static void a_small_blob_is_read(void **state) {
  (void)state;
  /* A pointer to a typedef of itself. */
  static const uint32_t words[] = {0, INFO(BTF_KIND_PTR, 0),     2,
                                   1, INFO(BTF_KIND_TYPEDEF, 0), 1};
  struct blob blob = make(words, COUNT_OF(words));
  struct btf btf;
  assert_int_equal(parse(&blob, sizeof(blob), &btf, NULL), 0);
  assert_int_equal(btf_find(&btf, BTF_KIND_TYPEDEF, "ab"), 2);
  assert_int_equal(btf_plain(&btf, 2), 1);
  assert_int_equal(btf_target(&btf, 1), 2);
  btf_free(&btf);
}

static void circles_have_an_end(void **state) {
  (void)state;
  /* A typedef of itself, and a struct that contains itself. */
  static const uint32_t words[] = {
      1, INFO(BTF_KIND_TYPEDEF, 0), 1, 1, INFO(BTF_KIND_STRUCT, 1), 8, 0, 2, 0};
  struct blob blob = make(words, COUNT_OF(words));
  struct btf btf;
  uint32_t offset;
  assert_int_equal(parse(&blob, sizeof(blob), &btf, NULL), 0);
  btf_plain(&btf, 1);
  assert_int_equal(btf_member_offset(&btf, 2, "x", &offset), -ENOENT);
  btf_free(&btf);
}

static void a_member_that_begins_within_a_byte_has_no_offset(void **state) {
  (void)state;
  static const uint32_t words[] = {1, INFO(BTF_KIND_STRUCT, 1), 8, 1, 0, 12};
  struct blob blob = make(words, COUNT_OF(words));
  struct btf btf;
  uint32_t offset;
  assert_int_equal(parse(&blob, sizeof(blob), &btf, NULL), 0);
  assert_int_equal(btf_member_offset(&btf, 1, "ab", &offset), -ENOENT);
  btf_free(&btf);
}

static void assert_refused(const struct blob *blob, size_t size,
                           const char *expected) {
  struct btf btf = {.count = 77};
  struct btf_error error = {.expected = ""};
  CHECK(parse(blob, size, &btf, &error) == -EBADMSG &&
            strcmp(error.expected, expected) == 0 && btf.count == 77,
        "expected %s, found %s", expected, error.expected);
  assert_int_equal(parse(blob, size, &btf, NULL), -EBADMSG);
}

static void malformed_btf_is_refused(void **state) {
  (void)state;
  static const uint32_t pointer[] = {0, INFO(BTF_KIND_PTR, 0), 0};
  const struct blob good = make(pointer, COUNT_OF(pointer));
  struct blob blob = good;
  assert_refused(&blob, sizeof(blob.header) - 1, "a header of BTF");
  blob.header.magic = 0x9feb;
  assert_refused(&blob, sizeof(blob), "a header of BTF");
  blob = good;
  blob.header.version = 2;
  assert_refused(&blob, sizeof(blob), "version 1 of BTF");
  blob = good;
  blob.header.hdr_len = sizeof(blob) + 4;
  assert_refused(&blob, sizeof(blob), "version 1 of BTF");
  blob = good;
  blob.header.type_len = sizeof(blob);
  assert_refused(&blob, sizeof(blob), "types within the file");
  blob = good;
  blob.header.type_off = UINT32_MAX - 3;
  assert_refused(&blob, sizeof(blob), "types within the file");
  blob = good;
  blob.header.str_off = sizeof(blob);
  assert_refused(&blob, sizeof(blob), "names within the file");
  blob = good;
  blob.header.str_len = 3;
  assert_refused(&blob, sizeof(blob), "names that end with a NUL");
  blob = good;
  blob.header.str_len = 0;
  assert_refused(&blob, sizeof(blob), "names that end with a NUL");
  blob = good;
  blob.header.type_len = 8;
  assert_refused(&blob, sizeof(blob), "a whole type");
  blob = good;
  blob.words[1] = INFO(31, 0);
  assert_refused(&blob, sizeof(blob), "a known kind of type");
  blob = good;
  blob.words[1] = INFO(BTF_KIND_ENUM, 1);
  assert_refused(&blob, sizeof(blob), "a type that ends within its section");
  blob = good;
  blob.words[0] = 4;
  assert_refused(&blob, sizeof(blob), "a name within its section");
}

static void a_kernel_without_btf(void **state) {
  (void)state;
  struct temp_tree tree;
  struct sysroot root = {0};
  struct btf btf;
  root_tree_open(&tree, &root);
  assert_int_equal(btf_load(&btf, &root, NULL), -ENOENT);
  temp_tree_write(&tree, "sys/kernel/btf/vmlinux", "no types");
  assert_int_equal(btf_load(&btf, &root, NULL), -EBADMSG);
  root_tree_close(&tree, &root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(member_offsets_match_the_kernel),
      cmocka_unit_test(a_bit_field_has_no_offset),
      cmocka_unit_test(arguments_of_a_tracepoint_are_found),
      cmocka_unit_test(names_of_an_enum_are_found),
      cmocka_unit_test(a_modules_types_extend_the_kernels),
      cmocka_unit_test(types_of_a_kind_are_listed),
      cmocka_unit_test(missing_types_are_not_found),
      cmocka_unit_test(a_small_blob_is_read),
      cmocka_unit_test(circles_have_an_end),
      cmocka_unit_test(a_member_that_begins_within_a_byte_has_no_offset),
      cmocka_unit_test(malformed_btf_is_refused),
      cmocka_unit_test(a_kernel_without_btf),
  };
  return cmocka_run_group_tests_name("btf", tests, NULL, NULL);
}
