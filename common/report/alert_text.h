/* SPDX-License-Identifier: MIT */
/* A change of state in words: one line of ASCII that an operator can act on. */
#ifndef ALERT_TEXT_H
#define ALERT_TEXT_H

#include "alert.h"
#include "text.h"

/* The longest message that a frontend passes on, with its NUL. */
#define ALERT_TEXT_SIZE 256

/* Of a setting's value, with its NUL. */
#define ALERT_SETTING_SIZE 128

/* Cause and cure of an alert: filled from the meter, with the setting's live
 * value, and changed by a layer that finds out more. */
struct explanation {
  const char *setting;                     /* the one that decides, or NULL */
  char setting_value[ALERT_SETTING_SIZE];  /* its value now; "": not readable */
  char setting_before[ALERT_SETTING_SIZE]; /* if it changed lately; else "" */
  char advice[96];                         /* "": none */
  char detail[160]; /* one more finding, a clause; "": none */
};

/* Appends the message, for example
 *   cpu 3 dropped 412.0/s from its backlog (limit 1/s);
 *   net.core.netdev_max_backlog is 1000: raise it or spread packets with RPS
 * and, on clearing, the damage:
 *   cpu 3 dropped nothing from its backlog for 6 s; 48213 packets lost in
 *   2 min 10 s
 * noun stands before the object's name ("cpu", or ""); an object without a
 * name is "this host". */
void alert_text(struct text *text, const char *noun, const struct alert *alert,
                const struct explanation *explanation);

#endif
