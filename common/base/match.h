/* SPDX-License-Identifier: MIT */
/* Selects objects by name, as IGNORELISTS in collectd.conf(5) describes: "eth0"
 * is that name, in exact case; "/^en/" is a POSIX extended regular expression
 * that may match anywhere in a name. */
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
  size_t room;
};

/* Adds a pattern. Returns 0, -ENOMEM, or -EINVAL if the expression is invalid,
 * with the reason in ret_reason (of any size, may be NULL). */
int match_add(struct match *match, const char *pattern, char *ret_reason,
              size_t size);

/* True if a pattern matches. An empty list matches nothing. */
bool match_any(const struct match *match, const char *name);

/* True if a pattern is the name itself. */
bool match_exact(const struct match *match, const char *name);

/* True if an ignore list selects the name: an empty list selects everything;
 * any other selects the names that match or, with ignore_selected, those that
 * do not. */
bool match_selects(const struct match *match, bool ignore_selected,
                   const char *name);

/* Frees the patterns and makes the list empty. */
void match_free(struct match *match);

#endif
