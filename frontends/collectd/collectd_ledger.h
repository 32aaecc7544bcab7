/* SPDX-License-Identifier: MIT */
/* The ledger of the process, shared by all modules that collectd has loaded.
 *
 * Modules are loaded one by one, each with a copy of this code. Each exports
 * one cell under the same name, and makes itself global for the dynamic linker
 * when it registers, so that what later modules refer to is the cell of the
 * first. See dlopen(3), RTLD_GLOBAL. */
#ifndef COLLECTD_LEDGER_H
#define COLLECTD_LEDGER_H

#include "ledger.h"

/* The cell's name ends in the number of the layout: of struct ledger and all
 * that it owns. A change there takes a new number. Modules of another number
 * share a ledger of their own. */
#define COLLECTD_LEDGER_CELL netloss_ledger_v1

/* Makes the module's symbols global. To be called when it registers, before
 * the next module is loaded. Where that fails, the module has a ledger of its
 * own. */
void collectd_ledger_make_global(void);

/* Returns the ledger of the process, made for the first user, or NULL when out
 * of memory. */
struct ledger *collectd_ledger_take(void);

/* Gives it back, after its teller has left. The last user frees it. Accepts
 * NULL. */
void collectd_ledger_release(struct ledger *ledger);

#endif
