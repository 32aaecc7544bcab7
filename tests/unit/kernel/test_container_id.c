/* SPDX-License-Identifier: MIT */
/* Names of cgroups that users choose. Other forms of names: test_netns.c. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container_id.h"
#include "root_tree.h"

#define HEX13 "0123456789abc"
#define ID "feedc0de0123" HEX13 HEX13 HEX13 HEX13
#define FAKE "badc0de45678" HEX13 HEX13 HEX13 HEX13

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

/* Makes a cgroup, below sys/fs/cgroup. */
static void add_cgroup(const char *path, uid_t owner) {
  char name[512], full[1024];
  snprintf(name, sizeof(name), "sys/fs/cgroup/%s/cgroup.procs", path);
  temp_tree_write(&tree, name, "");
  snprintf(name, sizeof(name), "sys/fs/cgroup/%s", path);
  temp_tree_path(&tree, name, full, sizeof(full));
  if (owner != geteuid())
    assert_int_equal(chown(full, owner, (gid_t)-1), 0);
}

static void expect(const char *cgroups, const char *wanted) {
  char id[CONTAINER_ID_SHOWN + 1] = "";
  temp_tree_write(&tree, "proc/812/cgroup", cgroups);
  bool is_found = container_id_find(&root, 812, id);
  CHECK(is_found == (wanted[0] != '\0') && strcmp(id, wanted) == 0,
        "\"%s\" in %s", id, cgroups);
}

static void each_hierarchy_has_its_place(void **state) {
  (void)state;
  add_cgroup("docker/" ID, geteuid());
  expect("0::/docker/" ID "\n", "feedc0de0123");
  expect("0::/../../docker/" ID "/init\n", "feedc0de0123");
  expect("0::/docker/" FAKE "\n", "");
  add_cgroup("unified/pod/" ID, geteuid());
  expect("0::/pod/" ID "\n", "feedc0de0123");
  add_cgroup("cpu,cpuacct/pod-" ID ".scope", geteuid());
  expect("4:cpu,cpuacct:/pod-" ID ".scope\n", "feedc0de0123");
  expect("4:memory:/pod-" ID ".scope\n", "");
  add_cgroup("systemd/x/" ID, geteuid());
  expect("1:name=systemd:/x/" ID "\n0::/\n", "feedc0de0123");
}

static void a_host_without_cgroups_in_sysfs(void **state) {
  (void)state;
  expect("0::/docker/" ID "\n", "feedc0de0123");
  expect("", "");
  expect("0::\n", "");
  expect("0:\n\n:\n", "");
}

/* In the part that a user's session may change, or in a container of root's. */
static void a_users_cgroup_is_no_container(void **state) {
  (void)state;
  if (geteuid() != 0)
    skip();
  add_cgroup("user.slice/docker-" FAKE ".scope", 65534);
  expect("0::/user.slice/docker-" FAKE ".scope\n", "");
  add_cgroup("docker/" ID, 0);
  add_cgroup("docker/" ID "/" FAKE, 65534);
  expect("0::/docker/" ID "/" FAKE "\n", "feedc0de0123");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(each_hierarchy_has_its_place),
      TEST(a_host_without_cgroups_in_sysfs),
      TEST(a_users_cgroup_is_no_container),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
