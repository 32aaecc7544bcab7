/* SPDX-License-Identifier: MIT */
#include "sock_dump.h"

/* The first whole dump can leave a socket out, too. */
#define FIRST_DUMPS 2

void sock_dump_begin(struct sock_dump *dump) {
  dump->was_whole = dump->result == SOCK_DUMP_WHOLE;
  dump->result = SOCK_DUMP_MISSING;
  dump->seen = 0;
}

void sock_dump_end(struct sock_dump *dump, enum sock_dump_result result,
                   uint64_t read) {
  dump->result = result;
  if (result == SOCK_DUMP_MISSING)
    dump->wholes = 0;
  if (result != SOCK_DUMP_WHOLE)
    return;
  dump->wholes++;
  for (int i = 0; i + 1 < SOCK_DUMP_ABSENT; i++)
    dump->whole_reads[i] = dump->whole_reads[i + 1];
  dump->whole_reads[SOCK_DUMP_ABSENT - 1] = read;
}

void sock_dump_restart(struct sock_dump *dump, bool is_file) {
  dump->is_file = is_file;
  dump->was_whole = false;
  dump->wholes = 0;
}

bool sock_dump_shows_new(const struct sock_dump *dump) {
  return dump->was_whole && dump->wholes >= FIRST_DUMPS;
}

uint64_t sock_dump_gone_before(const struct sock_dump *dump) {
  if (dump->seen == dump->followed)
    return 0;
  if (dump->result == SOCK_DUMP_MISSING)
    return UINT64_MAX;
  return dump->result == SOCK_DUMP_WHOLE ? dump->whole_reads[0] : 0;
}
