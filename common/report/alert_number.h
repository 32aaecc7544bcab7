/* SPDX-License-Identifier: MIT */
/* The numbers of alerts, with their units. */
#ifndef ALERT_NUMBER_H
#define ALERT_NUMBER_H

#include <stdint.h>

#include "meter.h"
#include "text.h"

/* Appends a value of a meter: "412.0/s", "85.2 %", "1 connection", with as many
 * digits as tell it from its limit, and from 0. */
void alert_number_add_value(struct text *text, const struct meter *meter,
                            double value, double limit);

/* Appends a limit of a meter: "100/s", "0.01 %", "5 connections". */
void alert_number_add_limit(struct text *text, const struct meter *meter,
                            double limit);

/* Appends how many units a counter counted: "48213 packets", "1 packet". */
void alert_number_add_count(struct text *text, const struct meter *meter,
                            uint64_t count);

#endif
