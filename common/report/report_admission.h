/* SPDX-License-Identifier: MIT */
/* Bounds the new series of a report: a store keeps each name for long, and
 * local users choose names. An object whose series are new is hidden until
 * there are tokens for them; it is judged all the same. Objects of the first
 * read, and names that were sent before, need none. */
#ifndef REPORT_ADMISSION_H
#define REPORT_ADMISSION_H

#include <stddef.h>
#include <stdint.h>

#include "token_bucket.h"

struct report;

/* New series: so many at once, and so many a minute. Objects that ordinary
 * users made have tokens of their own. */
#define REPORT_ADMISSION_ROOM 4000
#define REPORT_ADMISSION_A_MINUTE 240
#define REPORT_ADMISSION_USERS_ROOM 120
#define REPORT_ADMISSION_USERS_A_MINUTE 6

/* So many times as many at once while the host starts up. */
#define REPORT_ADMISSION_START 5

/* So many names are remembered. */
#define REPORT_ADMISSION_NAMES 1024

struct report_admission {
  struct token_bucket all, users;
  uint64_t names[REPORT_ADMISSION_NAMES]; /* hashes, the newest before next */
  size_t next;
};

/* Objects that wait. */
struct report_waiting {
  size_t count;
  size_t users;        /* of these, made by ordinary users */
  const char *example; /* the name of one, until the next read; NULL: none */
};

void report_admission_init(struct report_admission *admission,
                           bool host_is_starting);

/* Hides the new objects of this read for which there are no tokens. To be
 * called between report_end() and report_value_each(). */
void report_admission_decide(struct report *report, struct report_waiting *ret);

#endif
