/* SPDX-License-Identifier: MIT */
/* The meters of one bucket that are less exact than others, and the rest of
 * what they count: what the more exact ones do not explain.
 *
 * A less exact meter counts what the more exact ones count, and more. The two
 * are not read at the same time. So a reading is compared with what the more
 * exact ones had come to later, which is too much rather than too little, and
 * the rest is what two readings in a row show at least. It never falls. */
#ifndef LEDGER_LEVEL_H
#define LEDGER_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_LINES_MAX 64

/* Two reads may overlap by this share of an interval, and in any case by so
 * many seconds, and still count as one after the other. */
#define LEDGER_OVERLAP_SHARE 0.1
#define LEDGER_OVERLAP_LEAST 0.01

/* So many readings of gains are kept for each line: a new rest belongs to the
 * line that gained lately. */
#define LEDGER_RECENT 3

/* One meter. */
struct ledger_line {
  char *meter;
  const char *alias; /* the caller's own pointer to the same name */
  unsigned order;    /* lines of a low order are explained first */
  uint64_t total;    /* gained since the first reading */
  uint64_t rest;     /* of these, not explained */
  uint64_t taken;    /* of the rest, already judged */
  uint64_t recent[LEDGER_RECENT];
};

struct ledger_reading {
  uint64_t number; /* from 1; 0: there is none */
  int64_t total;   /* of all lines */
  double begin, end;
};

/* What a reading shows: at least this rest. */
struct ledger_estimate {
  uint64_t number; /* of the reading */
  int64_t rest;
};

struct ledger_level {
  struct ledger_line *lines; /* by order */
  size_t count;
  size_t room;

  struct ledger_reading newest;
  struct ledger_reading waiting; /* until all more exact ones are read later */
  double elapsed; /* seconds from the reading before to the newest */
  double rate;    /* per second, meanwhile */

  uint32_t tellers; /* that explain it, at the last look: a set */
  bool is_based;    /* base is known for them */
  int64_t base;     /* total - base - explained is the rest at one moment */
  double gap;       /* seconds that the readings behind base lie apart */
  struct ledger_estimate last, before;
  uint64_t rest;

  int64_t checked;        /* what was explained some readings ago */
  unsigned checked_reads; /* how many; 0: nothing to check yet */
};

/* What the more exact meters had come to. */
struct ledger_explained {
  int64_t total;
  uint32_t tellers; /* that still read: a set */
  double begin;     /* the earliest begin of their newest reads */
  double end;       /* and the latest end */
  double tolerance; /* seconds that a reading may begin before another ends and
                       still count as later */
};

/* Makes the level begin with no rest. Until then all zero. */
void ledger_level_init(struct ledger_level *level,
                       const struct ledger_explained *explained);
void ledger_level_free(struct ledger_level *level);

/* Finds or makes the line of a meter. Returns NULL when there is no memory, or
 * too many. The pointer is good until the next call. */
struct ledger_line *ledger_level_line(struct ledger_level *level,
                                      const char *meter, unsigned order);

/* Adds what a line gained in the reading that ledger_level_read() ends. */
void ledger_level_gain(struct ledger_line *line, uint64_t gain);

/* Ends a reading of the lines, made from begin to end, in seconds. */
void ledger_level_read(struct ledger_level *level, double begin, double end,
                       const struct ledger_explained *explained);

/* Works out the rest anew, after a reading of the lines or of a more exact
 * meter. */
void ledger_level_settle(struct ledger_level *level,
                         const struct ledger_explained *explained);

/* Takes all that the lines have counted so far as explained. */
void ledger_level_leave_out(struct ledger_level *level, int64_t explained);

/* Returns the rest of a line that is new since the last call. */
uint64_t ledger_level_take(struct ledger_line *line);

/* The total of all lines less what the base leaves out: what is known to be
 * lost, explained or not. At least rest + explained. */
uint64_t ledger_level_known(const struct ledger_level *level,
                            uint64_t explained);

#endif
