/* SPDX-License-Identifier: MIT */
/* Built modules, opened one after the other as collectd does: all share one
 * ledger. */
#include "fake_collectd.h"

#include "unit.h"

#include <dlfcn.h>
#include <libgen.h>
#include <pthread.h>

#include "collectd_ledger.h"
#include "temp_tree.h"

/* Finds the folder of the built modules: beside or above this program, which
 * libtool may put one folder deeper. */
static void module_path(char *ret, size_t size, const char *name) {
  static const char *const below[] = {"../../.libs", "../../../.libs", "."};
  char self[4096];
  ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
  if (length < 0)
    temp_tree_die("/proc/self/exe");
  self[length] = '\0';
  const char *directory = dirname(self);
  for (size_t i = 0; i < COUNT_OF(below); ++i) {
    int written = snprintf(ret, size, "%s/%s/%s.so", directory, below[i], name);
    if (written > 0 && (size_t)written < size && access(ret, R_OK) == 0)
      return;
  }
  temp_tree_die(name);
}

/* The layout of the cell. */
struct cell {
  pthread_mutex_t lock;
  struct ledger *ledger;
  unsigned users;
};

struct module {
  void *handle;
  const struct cell *cell; /* that it exports */
  user_data_t read_data;
};

#define SYMBOL_NAME(name) #name
#define SYMBOL(name) SYMBOL_NAME(name)

/* Opens a module, runs it up to its init, and keeps its read for later. */
static void open_module(struct module *module, const char *name) {
  char path[4300];
  module_path(path, sizeof(path), name);
  fake_daemon_begin();
  module->handle = dlopen(path, RTLD_NOW);
  CHECK(module->handle != NULL, "%s", dlerror());
  void (*module_register)(void);
  *(void **)&module_register = dlsym(module->handle, "module_register");
  assert_non_null(module_register);
  module_register();
  module->cell = dlsym(module->handle, SYMBOL(COLLECTD_LEDGER_CELL));
  assert_non_null(module->cell);
  assert_int_equal(fake_daemon.init(), 0);
  module->read_data = fake_daemon.read_data;
  fake_daemon_forget();
}

static void end_module(struct module *module) {
  module->read_data.free_func(module->read_data.data);
  fake_daemon.read_data = (user_data_t){0};
}

/* The one cell that is used, of the modules that are open. It can be that of a
 * module that an earlier test opened first. */
static const struct cell *used_cell(const struct module *modules,
                                    size_t count) {
  const struct cell *used = NULL;
  for (size_t i = 0; i < count; i++) {
    if (modules[i].cell->users == 0)
      continue;
    assert_null(used);
    used = modules[i].cell;
  }
  assert_non_null(used);
  return used;
}

static void modules_share_one_ledger(const char *const names[3]) {
  struct module modules[3];
  for (size_t i = 0; i < 3; i++)
    open_module(&modules[i], names[i]);
  const struct cell *cell = used_cell(modules, 3);
  assert_int_equal(cell->users, 3);
  assert_non_null(cell->ledger);
  for (size_t i = 0; i < 3; i++) {
    end_module(&modules[i]);
    assert_int_equal(cell->users, 2 - i);
  }
  assert_null(cell->ledger);
  for (size_t i = 3; i-- > 0;)
    dlclose(modules[i].handle);
}

static void in_the_order_of_the_packet(void **state) {
  (void)state;
  static const char *const names[] = {"softnet", "snmp_proto", "sock_backlog"};
  modules_share_one_ledger(names);
}

static void in_another_order(void **state) {
  (void)state;
  static const char *const names[] = {"sock_backlog", "softnet", "snmp_proto"};
  modules_share_one_ledger(names);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_the_order_of_the_packet),
      cmocka_unit_test(in_another_order),
  };
  return cmocka_run_group_tests_name("ledger_cell", tests, NULL, NULL);
}
