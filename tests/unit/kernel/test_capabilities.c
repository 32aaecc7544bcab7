/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.h"
#include "open_files.h"
#include "root_tree.h"

static struct temp_tree tree;
static struct sysroot root;

static int make(void **state) {
  (void)state;
  root_tree_open(&tree, &root);
  return 0;
}

static int remove_all(void **state) {
  (void)state;
  root_tree_close(&tree, &root);
  return 0;
}

static void capabilities_are_parsed(void **state) {
  (void)state;
  static const struct {
    const char *status;
    int result;
    uint64_t capabilities;
  } rows[] = {
      {"Name:\tcollectd\nCapPrm:\t000001ffffffffff\n"
       "CapEff:\t0000000000080004\nCapBnd:\t000001ffffffffff\n",
       0, CAPABILITY(CAP_SYS_PTRACE) | CAPABILITY(CAP_DAC_READ_SEARCH)},
      {"CapEff:\t0000000000000000\n", 0, 0},
      {"CapEff:\tffffffffffffffff", 0, UINT64_MAX},
      {"Name:\tCapEff:\nCapEff:\t0000008000000000\n", 0, CAPABILITY(CAP_BPF)},
      {"Name:\tcollectd\nCapInh:\t0000000000000000\n", -EBADMSG, 7},
      {"CapEff:\n", -EBADMSG, 7},
      {"CapEff:\tnone\n", -EBADMSG, 7},
      {"CapEff:\t0000000000080004 x\n", -EBADMSG, 7},
      {"CapEff:\t10000000000000000\n", -EBADMSG, 7},
      {"", -EBADMSG, 7},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint64_t found = 7;
    temp_tree_write(&tree, "proc/self/status", rows[i].status);
    int r = capabilities_read(&root, &found);
    CHECK(r == rows[i].result && found == rows[i].capabilities,
          "row %zu: %d, %llx", i, r, (unsigned long long)found);
  }
}

static void a_procfs_without_this_process(void **state) {
  (void)state;
  uint64_t found = 7;
  assert_int_equal(capabilities_read(&root, &found), -ENOENT);
  assert_int_equal(found, 7);
}

static void this_process(void **state) {
  (void)state;
  struct __user_cap_header_struct header = {.version =
                                                _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  struct sysroot real = {0};
  uint64_t found;
  assert_int_equal(syscall(SYS_capget, &header, data), 0);
  assert_int_equal(sysroot_init(&real, NULL, NULL), 0);
  size_t before = open_files();
  assert_int_equal(capabilities_read(&real, &found), 0);
  assert_int_equal(open_files(), before);
  assert_int_equal(found,
                   (uint64_t)data[1].effective << 32 | data[0].effective);
  sysroot_free(&real);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(capabilities_are_parsed),
      TEST(a_procfs_without_this_process),
      cmocka_unit_test(this_process),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
