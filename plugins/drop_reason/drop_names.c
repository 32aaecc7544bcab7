/* SPDX-License-Identifier: MIT */
#include "drop_names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "drop_program.h"
#include "trace_format.h"

/* The upper half of a reason is the number of its subsystem. */
#define SUBSYSTEM_SHIFT 16

static const char reason_prefix[] = "SKB_DROP_REASON_";
static const char subsystem_prefix[] = "SKB_DROP_REASON_SUBSYS_";

static int add(struct drop_name **names, size_t *count, size_t *room,
               uint32_t number, struct scan text) {
  struct drop_name *more = array_room(*names, room, *count, sizeof(*more));
  if (more == NULL)
    return -ENOMEM;
  *names = more;
  struct drop_name *name = &more[(*count)++];
  *name = (struct drop_name){.number = number};
  for (size_t i = 0; i < sizeof(name->text) - 1 && !scan_done(&text); i++) {
    char c = *text.at++;
    name->text[i] = c;
    if (c >= 'A' && c <= 'Z')
      name->text[i] = (char)(c - 'A' + 'a');
  }
  return 0;
}

static bool begins(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static struct scan whole(const char *text) {
  return scan_text(text, strlen(text));
}

/* Adds a reason; skips the end of the list and the mask. */
static int add_reason(struct drop_names *names, uint32_t number,
                      struct scan name) {
  if (scan_equals(&name, "MAX") || scan_equals(&name, "SUBSYS_MASK"))
    return 0;
  return add(&names->reasons, &names->count, &names->room, number, name);
}

/* Cuts "SKB_DROP_REASON_", or "SKB_" of SKB_CONSUMED. */
static const char *without_prefix(const char *text) {
  if (begins(text, reason_prefix))
    return text + sizeof(reason_prefix) - 1;
  return begins(text, "SKB_") ? text + 4 : text;
}

static int list_subsystems(struct drop_names *names, const struct btf *btf) {
  uint32_t id = btf_find(btf, BTF_KIND_ENUM, "skb_drop_reason_subsys");
  const char *text;
  uint32_t number;
  int r = 0;
  for (uint32_t i = 0; r == 0 && btf_enumerator(btf, id, i, &text, &number);
       i++)
    if (begins(text, subsystem_prefix) &&
        strcmp(text + sizeof(subsystem_prefix) - 1, "NUM") != 0)
      r = add(&names->subsystems, &names->subsystem_count,
              &names->subsystem_room, number,
              whole(text + sizeof(subsystem_prefix) - 1));
  return r;
}

static const char *find(const struct drop_name *names, size_t count,
                        uint32_t number) {
  for (size_t i = 0; i < count; i++)
    if (names[i].number == number)
      return names[i].text;
  return NULL;
}

bool drop_names_lacks(const struct drop_names *names, uint32_t reason) {
  return reason >> SUBSYSTEM_SHIFT != 0 && reason != DROP_NO_REASON &&
         reason != DROP_OTHER_REASON &&
         find(names->reasons, names->count, reason) == NULL;
}

static bool ends(const char *text, const char *suffix) {
  size_t length = strlen(text), end = strlen(suffix);
  return length >= end && strcmp(text + length - end, suffix) == 0;
}

/* Adds a subsystem's reason; skips the begin and the end of its list. */
static int add_foreign(struct drop_names *names, uint32_t number,
                       const char *text) {
  text += strspn(text, "_");
  if (!drop_names_lacks(names, number) ||
      find(names->subsystems, names->subsystem_count,
           number >> SUBSYSTEM_SHIFT) == NULL ||
      ends(text, "_DROP_REASON") || ends(text, "_MAX"))
    return 0;
  return add(&names->reasons, &names->count, &names->room, number, whole(text));
}

int drop_names_add_subsystems(struct drop_names *names, const struct btf *btf) {
  const char *text;
  uint32_t number;
  int r = 0;
  for (uint32_t id = btf_next(btf, BTF_KIND_ENUM, 0); r == 0 && id != 0;
       id = btf_next(btf, BTF_KIND_ENUM, id)) {
    const char *name = btf_name(btf, id);
    if (!ends(name, "_drop_reason") || strcmp(name, "skb_drop_reason") == 0)
      continue;
    for (uint32_t i = 0; r == 0 && btf_enumerator(btf, id, i, &text, &number);
         i++)
      r = add_foreign(names, number, text);
  }
  return r;
}

int drop_names_from_btf(struct drop_names *names, const struct btf *btf,
                        uint32_t reasons) {
  const char *text;
  uint32_t number;
  int r = list_subsystems(names, btf);
  for (uint32_t i = 0;
       r == 0 && btf_enumerator(btf, reasons, i, &text, &number); i++)
    r = add_reason(names, number, whole(without_prefix(text)));
  return r == 0 ? drop_names_add_subsystems(names, btf) : r;
}

int drop_names_from_format(struct drop_names *names, struct scan reasons) {
  struct scan text;
  uint32_t number;
  int r = 0;
  while (r == 0 && trace_format_reason(&reasons, &number, &text))
    r = add_reason(names, number, text);
  return r;
}

void drop_names_write(const struct drop_names *names, uint32_t reason,
                      char ret[static DROP_NAME_SIZE]) {
  uint32_t subsystem = reason >> SUBSYSTEM_SHIFT;
  uint32_t rest = reason & ((1u << SUBSYSTEM_SHIFT) - 1);
  const char *name = find(names->reasons, names->count, reason);
  const char *owner =
      find(names->subsystems, names->subsystem_count, subsystem);
  if (reason == DROP_NO_REASON)
    snprintf(ret, DROP_NAME_SIZE, "not_specified");
  else if (reason == DROP_OTHER_REASON)
    snprintf(ret, DROP_NAME_SIZE, "other");
  else if (name != NULL)
    snprintf(ret, DROP_NAME_SIZE, "%s", name);
  else if (subsystem == 0)
    snprintf(ret, DROP_NAME_SIZE, "reason_%u", rest);
  else if (owner != NULL)
    snprintf(ret, DROP_NAME_SIZE, "%.40s_reason_%u", owner, rest);
  else
    snprintf(ret, DROP_NAME_SIZE, "subsystem_%u_reason_%u", subsystem, rest);
}

uint32_t drop_names_end(const struct drop_names *names) {
  uint32_t end = 0;
  for (size_t i = 0; i < names->count; i++)
    if (names->reasons[i].number >> SUBSYSTEM_SHIFT == 0 &&
        names->reasons[i].number >= end)
      end = names->reasons[i].number + 1;
  return end;
}

void drop_names_free(struct drop_names *names) {
  free(names->reasons);
  free(names->subsystems);
  *names = (struct drop_names){0};
}
