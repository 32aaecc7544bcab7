/* SPDX-License-Identifier: MIT */
/* Choosing objects by name, as IGNORELISTS in collectd.conf(5) describes:
 * "eth0" is that name and no other, in exact case; "/^en/" is a POSIX extended
 * regular expression, found anywhere in the name. */
#ifndef MATCH_H
#define MATCH_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

struct match_pattern {
  char *text;
  bool is_regex;
  regex_t regex;
};

/* All zero is the empty list. */
struct match {
  struct match_pattern *patterns;
  size_t count;
};

/* Adds a pattern. Returns 0, -ENOMEM, or -EINVAL for an expression that is not
 * valid; ret_reason (any size, may be NULL) then says why. */
int match_add(struct match *match, const char *pattern, char *ret_reason,
              size_t size);

/* True if one of the patterns fits. An empty list fits nothing. */
bool match_any(const struct match *match, const char *name);

/* True if one of the patterns is the name itself, word for word. */
bool match_exact(const struct match *match, const char *name);

/* The rule of ignore lists: an empty list selects everything; else what fits
 * is selected, or, with ignore_selected, what does not. */
bool match_selects(const struct match *match, bool ignore_selected,
                   const char *name);

void match_free(struct match *match);

#endif
