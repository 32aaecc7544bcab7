/* SPDX-License-Identifier: MIT */
/* How many names a report may still send, and which it sent lately. */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "token_bucket.h"

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

#endif
