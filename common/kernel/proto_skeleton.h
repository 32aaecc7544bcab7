/* SPDX-License-Identifier: MIT */
/* The text between the numbers of a table, which the kernel prints alike each
 * time: names are compared as a whole, and only numbers are parsed. */
#ifndef PROTO_SKELETON_H
#define PROTO_SKELETON_H

#include "proto_text.h"

/* All zero is one that matches no text. */
struct proto_skeleton {
  char *text;      /* all pieces, one behind the other */
  size_t *lengths; /* of the piece before each number, and of the last piece */
  uint64_t *values;
  size_t count; /* of numbers */
};

/* Remembers the pieces of a text that proto_text_parse() has just parsed into
 * parsed. Without memory, and with PROTO_ROWS, which has more numbers than
 * counters, it then matches no text. */
void proto_skeleton_learn(struct proto_skeleton *skeleton, struct scan text,
                          const struct proto_text *parsed);

/* Takes the numbers of a text with the same pieces into skeleton->values, in
 * the order of the text. Returns false if it has others; they may have been
 * overwritten in part. */
bool proto_skeleton_take(struct proto_skeleton *skeleton, struct scan text);

void proto_skeleton_free(struct proto_skeleton *skeleton);

#endif
