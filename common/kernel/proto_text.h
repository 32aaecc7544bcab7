/* SPDX-License-Identifier: MIT */
/* The layouts in which the kernel prints names and numbers. */
#ifndef PROTO_TEXT_H
#define PROTO_TEXT_H

#include "scan.h"

enum proto_layout {
  PROTO_PAIRS,  /* a line "Udp: InDatagrams NoPorts", then "Udp: 26 15" */
  PROTO_LINES,  /* a line "Udp6InDatagrams  26" for each counter */
  PROTO_FIELDS, /* a line "TCP: inuse 1 orphan 0" for each protocol */
  PROTO_ROWS,   /* a line of names, then hexadecimal numbers for each CPU */
};

/* A counter where it stands in the text. */
struct proto_found {
  struct scan protocol; /* empty if the text names none */
  struct scan name;
  struct scan number; /* its digits and sign; PROTO_ROWS: empty */
  uint64_t value;     /* a negative number in two's complement */
};

struct proto_text {
  enum proto_layout layout;
  const char *const *prefixes; /* PROTO_LINES: the protocols, up to NULL */

  struct proto_found *found; /* in the order of the text */
  size_t count;
  size_t room;
};

/* Finds all counters; found points into the text. The values of PROTO_ROWS are
 * sums over all CPUs: of counters that wrap at 32 bits, the lower 32 bits are a
 * counter that wraps likewise. Returns 0, -ENOMEM, or
 * -EBADMSG with error filled (may be NULL) for a malformed text: a line of
 * numbers of another protocol than the names before it, with more or fewer
 * numbers than names, or with something else than numbers. */
int proto_text_parse(struct proto_text *into, struct scan text,
                     struct scan_error *error);

/* Frees the memory; layout and prefixes stay. */
void proto_text_free(struct proto_text *text);

#endif
