/* SPDX-License-Identifier: MIT */
/* uthash, set up to survive a lack of memory: HASH_ADD then leaves the entry
 * out, so ask HASH_ADDED() after each. */
#ifndef HASH_H
#define HASH_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* Whether HASH_ADD had the memory to add the entry. */
#define HASH_ADDED(entry) ((entry)->hh.tbl != NULL)

#endif
