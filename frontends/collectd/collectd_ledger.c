/* SPDX-License-Identifier: MIT */
#include "collectd_ledger.h"

#include <dlfcn.h>
#include <pthread.h>

/* The address sanitizer takes a variable that several modules define for a
 * mistake, unless it does not watch it. */
#if defined(__clang__)
#define UNWATCHED __attribute__((no_sanitize("address")))
#else
#define UNWATCHED __attribute__((section(".data.netloss_ledger")))
#endif

struct collectd_ledger_cell {
  pthread_mutex_t lock;
  struct ledger *ledger;
  unsigned users;
};

/* Seen through the dynamic linker, also from this file. */
extern struct collectd_ledger_cell COLLECTD_LEDGER_CELL
    __attribute__((visibility("default")));
struct collectd_ledger_cell COLLECTD_LEDGER_CELL UNWATCHED = {
    .lock = PTHREAD_MUTEX_INITIALIZER};

static const char anchor;

void collectd_ledger_make_global(void) {
  Dl_info self;
  if (dladdr(&anchor, &self) == 0 || self.dli_fname == NULL)
    return;
  void *module = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
  /* It stays global, and loaded by whoever loaded it. */
  if (module != NULL)
    dlclose(module);
}

struct ledger *collectd_ledger_take(void) {
  struct collectd_ledger_cell *cell = &COLLECTD_LEDGER_CELL;
  pthread_mutex_lock(&cell->lock);
  if (cell->ledger == NULL && ledger_new(&cell->ledger) < 0)
    cell->ledger = NULL;
  struct ledger *ledger = cell->ledger;
  if (ledger != NULL)
    cell->users++;
  pthread_mutex_unlock(&cell->lock);
  return ledger;
}

void collectd_ledger_release(struct ledger *ledger) {
  struct collectd_ledger_cell *cell = &COLLECTD_LEDGER_CELL;
  if (ledger == NULL)
    return;
  pthread_mutex_lock(&cell->lock);
  if (--cell->users == 0) {
    ledger_free(cell->ledger);
    cell->ledger = NULL;
  }
  pthread_mutex_unlock(&cell->lock);
}
