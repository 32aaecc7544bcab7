/* SPDX-License-Identifier: MIT */
/* Words that are nearly the one that a user typed. */
#ifndef NEAR_H
#define NEAR_H

#include <stdbool.h>

/* How many letters must be inserted, removed or replaced to make other of word,
 * upper and lower case being equal; at most NEAR_FAR. */
unsigned near_distance(const char *word, const char *other);

#define NEAR_FAR 64

/* Whether word could be meant to be other: a few letters differ, or it is a
 * part of it. */
bool near_matches(const char *word, const char *other);

#endif
