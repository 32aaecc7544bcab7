/* SPDX-License-Identifier: MIT */
/* Safe names that are all different: those of "a b" and "a/b" are the same
 * until one gets a hash. The table has a keyed hash, for users choose names. */
#ifndef NAME_SET_H
#define NAME_SET_H

#include "metric_name.h"

/* NULL is the empty set. */
struct name_set;

/* Makes name safe as metric_name() does, with a hash of it if another name of
 * the scope (any word) has the same safe name. The same name gets the same
 * again. Returns 0 or -ENOMEM. */
int name_set_add(struct name_set **set, const char *scope, const char *name,
                 char ret[static METRIC_NAME_SIZE]);

/* Frees a safe name for another one. */
void name_set_remove(struct name_set **set, const char *scope,
                     const char *safe_name);

void name_set_free(struct name_set **set);

#endif
