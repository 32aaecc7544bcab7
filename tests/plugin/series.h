/* SPDX-License-Identifier: MIT */
/* The names of all series that recordings sent, compared with a list of those
 * that users have in their stores: none may be missing. */
#ifndef SERIES_H
#define SERIES_H

#include "recording_frontend.h"

/* All zero is empty. */
struct series {
  char **names; /* "eth0/if_rx_dropped-ring_full" */
  size_t count, room;
};

/* Adds the series of the last read. */
void series_add(struct series *series, const struct recording *recording);

/* Fails the test unless every line of tests/fixtures/series/LAYER.txt is among
 * the names, and frees them. With NETLOSS_SERIES set, writes the names to
 * $NETLOSS_SERIES/LAYER.txt instead. */
void series_expect(struct series *series, const char *layer);

#endif
