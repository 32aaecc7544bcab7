/* SPDX-License-Identifier: MIT */
#include "match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* "/^en/" is the expression "^en"; "/" alone is a name. */
static bool looks_like_regex(const char *pattern) {
  size_t length = strlen(pattern);
  return length >= 2 && pattern[0] == '/' && pattern[length - 1] == '/';
}

static int compile(struct match_pattern *pattern, char *ret_reason,
                   size_t size) {
  size_t length = strlen(pattern->text);
  char *expression = strndup(pattern->text + 1, length - 2);
  if (expression == NULL)
    return -ENOMEM;
  int r = regcomp(&pattern->regex, expression, REG_EXTENDED | REG_NOSUB);
  free(expression);
  if (r == 0)
    return 0;
  if (ret_reason != NULL && size > 0)
    regerror(r, &pattern->regex, ret_reason, size);
  return r == REG_ESPACE ? -ENOMEM : -EINVAL;
}

int match_add(struct match *match, const char *pattern, char *ret_reason,
              size_t size) {
  struct match_pattern *patterns = array_room(match->patterns, &match->room,
                                              match->count, sizeof(*patterns));
  if (patterns == NULL)
    return -ENOMEM;
  match->patterns = patterns;

  struct match_pattern added = {.text = strdup(pattern),
                                .is_regex = looks_like_regex(pattern)};
  if (added.text == NULL)
    return -ENOMEM;
  if (added.is_regex) {
    int r = compile(&added, ret_reason, size);
    if (r < 0) {
      free(added.text);
      return r;
    }
  }
  match->patterns[match->count++] = added;
  return 0;
}

bool match_any(const struct match *match, const char *name) {
  for (size_t i = 0; i < match->count; i++) {
    const struct match_pattern *pattern = &match->patterns[i];
    if (pattern->is_regex ? regexec(&pattern->regex, name, 0, NULL, 0) == 0
                          : strcmp(pattern->text, name) == 0)
      return true;
  }
  return false;
}

bool match_exact(const struct match *match, const char *name) {
  for (size_t i = 0; i < match->count; i++)
    if (!match->patterns[i].is_regex &&
        strcmp(match->patterns[i].text, name) == 0)
      return true;
  return false;
}

bool match_selects(const struct match *match, bool ignore_selected,
                   const char *name) {
  return match->count == 0 || match_any(match, name) != ignore_selected;
}

void match_free(struct match *match) {
  for (size_t i = 0; i < match->count; i++) {
    free(match->patterns[i].text);
    if (match->patterns[i].is_regex)
      regfree(&match->patterns[i].regex);
  }
  free(match->patterns);
  *match = (struct match){0};
}
