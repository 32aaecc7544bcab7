/* SPDX-License-Identifier: MIT */
/* Safe names that are all different, although what they are made from need not
 * be once it is safe ("a b" and "a/b"). */
#ifndef NAME_SET_H
#define NAME_SET_H

#include "metric_name.h"

/* NULL is the empty set. */
struct name_set;

/* Makes name safe, as metric_name() does, and appends "_2", "_3"... if another
 * name was made the same within scope, which may be any word. The same name
 * gets the same again. Returns 0 or -ENOMEM. */
int name_set_add(struct name_set **set, const char *scope, const char *name,
                 char ret[static METRIC_NAME_SIZE]);

/* Gives back what name_set_add() made. */
void name_set_remove(struct name_set **set, const char *scope,
                     const char *safe_name);

void name_set_free(struct name_set **set);

#endif
