/* SPDX-License-Identifier: MIT */
#include "proto_skeleton.h"

#include <stdlib.h>
#include <string.h>

/* No number with so many digits exceeds 64 bits. */
#define SAFE_DIGITS 19

static size_t length_of(const struct scan *scan) {
  return (size_t)(scan->end - scan->at);
}

/* Copies the pieces of the text around the numbers found in it. */
static void copy_pieces(struct proto_skeleton *skeleton, struct scan text,
                        const struct proto_text *parsed) {
  char *to = skeleton->text;
  for (size_t i = 0; i <= parsed->count; i++) {
    struct scan piece = {.at = text.at, .end = text.end};
    if (i < parsed->count) {
      piece.end = parsed->found[i].number.at;
      text.at = parsed->found[i].number.end;
    }
    skeleton->lengths[i] = length_of(&piece);
    memcpy(to, piece.at, length_of(&piece));
    to += length_of(&piece);
  }
  skeleton->count = parsed->count;
}

void proto_skeleton_learn(struct proto_skeleton *skeleton, struct scan text,
                          const struct proto_text *parsed) {
  proto_skeleton_free(skeleton);
  if (parsed->layout == PROTO_ROWS || parsed->count == 0)
    return;
  skeleton->text = malloc(length_of(&text) + 1);
  skeleton->lengths = calloc(parsed->count + 1, sizeof(*skeleton->lengths));
  skeleton->values = calloc(parsed->count, sizeof(*skeleton->values));
  if (skeleton->text != NULL && skeleton->lengths != NULL &&
      skeleton->values != NULL)
    copy_pieces(skeleton, text, parsed);
  else
    proto_skeleton_free(skeleton);
}

/* Moves the text past a piece. Most pieces are one blank. */
static bool take_piece(struct scan *text, const char *piece, size_t length) {
  if (length_of(text) < length || (length > 0 && *text->at != *piece) ||
      (length > 1 && memcmp(text->at, piece, length) != 0))
    return false;
  text->at += length;
  return true;
}

static bool take_digits(struct scan *text, uint64_t *ret) {
  const char *at = text->at;
  uint64_t value = 0;
  for (; at < text->end && *at >= '0' && *at <= '9'; at++)
    value = 10 * value + (uint64_t)(*at - '0');
  if (at == text->at || at - text->at > SAFE_DIGITS)
    return false;
  *ret = value;
  text->at = at;
  return true;
}

/* Takes a number as proto_text_parse() does, but none close to 2^64. */
static bool take_number(struct scan *text, uint64_t *ret) {
  bool is_negative = scan_char(text, '-');
  if (!take_digits(text, ret) || (is_negative && *ret > INT64_MAX))
    return false;
  if (is_negative)
    *ret = 0 - *ret;
  return true;
}

bool proto_skeleton_take(struct proto_skeleton *skeleton, struct scan text) {
  if (skeleton->count == 0)
    return false;
  const char *piece = skeleton->text;
  const size_t *length = skeleton->lengths;
  for (size_t i = 0; i < skeleton->count; piece += *length++, i++)
    if (!take_piece(&text, piece, *length) ||
        !take_number(&text, &skeleton->values[i]))
      return false;
  return take_piece(&text, piece, *length) && scan_done(&text);
}

void proto_skeleton_free(struct proto_skeleton *skeleton) {
  free(skeleton->text);
  free(skeleton->lengths);
  free(skeleton->values);
  *skeleton = (struct proto_skeleton){0};
}
