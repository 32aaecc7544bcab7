/* SPDX-License-Identifier: MIT */
/* A layer that reads a temporary tree under a recording frontend, every ten
 * seconds of a clock that the test moves. Each function fails the test unless
 * it can do what its name says. */
#ifndef STAGE_H
#define STAGE_H

#include "unit.h"

#include "recording_frontend.h"
#include "temp_tree.h"

struct stage {
  struct temp_tree tree;
  struct recording recording;
  double now; /* seconds */
};

/* Makes an empty tree and a layer configured to read it. */
struct stage *stage_new(const struct layer *layer);
struct stage *stage_new_in(const struct layer *layer, struct ledger *ledger);
void stage_free(struct stage *stage);

/* A teardown function of cmocka. */
int stage_teardown(void **state);

void stage_configure(struct stage *stage, const struct config_node *block);

void stage_start(struct stage *stage);
/* Nothing may be logged. */
void stage_start_quietly(struct stage *stage);
void stage_start_and_read(struct stage *stage);

/* Reads ten seconds after the last read, or at a given time. */
void stage_read(struct stage *stage);
void stage_read_at(struct stage *stage, double now);
/* Returns what the read returned. */
int stage_try_read(struct stage *stage);

/* The value of a series written as "eth0/if_rx_dropped-ring_full", without an
 * instance for the host's. NULL: it was not sent. */
const struct recorded_value *stage_find(const struct stage *stage,
                                        const char *series);
double stage_number(const struct stage *stage, const char *series);
void stage_expect(const struct stage *stage, const char *series, double number);
void stage_expect_none(const struct stage *stage, const char *series);

/* How many values of an object the last read sent. */
size_t stage_count_values(const struct stage *stage, const char *instance);

/* Alerts of the last read, as recording_alerts() writes them. */
void stage_expect_alerts(const struct stage *stage, const char *alerts);
const struct recorded_alert *stage_only_alert(const struct stage *stage);
const char *stage_only_message(const struct stage *stage);
void stage_expect_message(const struct stage *stage, const char *message);

void stage_expect_no_lines(const struct stage *stage);

#define ASSERT_HAS(text, part)                                                 \
  CHECK(strstr(text, part) != NULL, "no \"%s\" in: %s", part, text)
#define ASSERT_LACKS(text, part)                                               \
  CHECK(strstr(text, part) == NULL, "\"%s\" in: %s", part, text)

#endif
