/* SPDX-License-Identifier: MIT */
/* uthash, so set up that a lack of memory does not end the process: after each
 * HASH_ADD, ask HASH_ADDED. */
#ifndef HASH_H
#define HASH_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define HASH_ADDED(entry) ((entry)->hh.tbl != NULL)

#endif
