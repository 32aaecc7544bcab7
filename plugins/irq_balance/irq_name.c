/* SPDX-License-Identifier: MIT */
#include "irq_name.h"

#include <stddef.h>
#include <string.h>

#include "text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

/* Whether c may stand next to an owner's name. A dot may only follow the name
 * of a device: "eth0.5" is another interface than "eth0". */
static bool is_separator(char c, bool follows_device) {
  return c == '\0' || c == ' ' || strchr("-_:@", c) != NULL ||
         (follows_device && c == '.');
}

/* Returns what follows the owner's name in name, or NULL. */
static const char *find_owner(const char *name, const char *owner,
                              bool is_device) {
  if (owner == NULL || *owner == '\0')
    return NULL;
  size_t length = strlen(owner);
  for (const char *at = name; (at = strstr(at, owner)) != NULL; at++)
    if ((at == name || is_separator(at[-1], false)) &&
        is_separator(at[length], is_device))
      return at + length;
  return NULL;
}

bool irq_name_is_of(const char *name, const struct irq_name_owner *owner) {
  return find_owner(name, owner->interface, false) != NULL ||
         find_owner(name, owner->device, true) != NULL ||
         find_owner(name, owner->bus, true) != NULL;
}

/* Takes the next of several names. A comma separates them, followed by a blank
 * in /proc/interrupts. As a name may contain commas too, the result may be part
 * of a name. */
static bool next_name(struct scan *names, struct scan *ret) {
  scan_blanks(names);
  if (scan_done(names))
    return false;
  const char *comma = memchr(names->at, ',', (size_t)(names->end - names->at));
  const char *end = comma != NULL ? comma : names->end;
  *ret = (struct scan){.at = names->at, .end = end};
  names->at = comma != NULL ? comma + 1 : end;
  return true;
}

static void copy_name(const struct scan *name, char *ret, size_t size) {
  struct text text = text_in(ret, size);
  text_add(&text, "%.*s", (int)(name->end - name->at), name->at);
}

bool irq_name_choose(struct scan names, const struct irq_name_owner *owner,
                     char *ret, size_t size) {
  struct scan rest = names, name = names;
  char one[128];
  while (next_name(&rest, &name)) {
    copy_name(&name, one, sizeof(one));
    if (irq_name_is_of(one, owner)) {
      copy_name(&name, ret, size);
      return true;
    }
  }
  rest = names;
  if (next_name(&rest, &name))
    copy_name(&name, ret, size);
  else
    *ret = '\0';
  return false;
}

/* Words that drivers use, in lower case. */
static const struct {
  const char *word;
  enum irq_role role;
  enum irq_direction direction;
} words[] = {
    {"rx", IRQ_QUEUE, IRQ_RX},
    {"rxq", IRQ_QUEUE, IRQ_RX},
    {"input", IRQ_QUEUE, IRQ_RX},
    {"tx", IRQ_QUEUE, IRQ_TX},
    {"txq", IRQ_QUEUE, IRQ_TX},
    {"output", IRQ_QUEUE, IRQ_TX},
    {"xdp", IRQ_QUEUE, IRQ_TX},
    {"txrx", IRQ_QUEUE, IRQ_BOTH},
    {"rxtx", IRQ_QUEUE, IRQ_BOTH},
    {"comp", IRQ_QUEUE, IRQ_BOTH},       /* mlx5 */
    {"fp", IRQ_QUEUE, IRQ_BOTH},         /* bnx2x, qede */
    {"q", IRQ_QUEUE, IRQ_BOTH},          /* be2net, mana, xen-netfront */
    {"cq", IRQ_QUEUE, IRQ_BOTH},         /* nicvf */
    {"blk", IRQ_QUEUE, IRQ_BOTH},        /* gve */
    {"block", IRQ_QUEUE, IRQ_BOTH},      /* gve before 6.3 */
    {"default", IRQ_QUEUE, IRQ_BOTH},    /* iwlwifi */
    {"shared", IRQ_QUEUE, IRQ_BOTH},     /* iwlwifi with too few vectors */
    {"queue", IRQ_QUEUE, IRQ_BOTH},      /* iwlwifi, cxgb4 outside the kernel */
    {"virtqueues", IRQ_QUEUE, IRQ_BOTH}, /* virtio with too few vectors */
    {"admin", IRQ_OTHER, IRQ_BOTH},
    {"aeq", IRQ_OTHER, IRQ_BOTH},
    {"async", IRQ_OTHER, IRQ_BOTH},
    {"aux", IRQ_OTHER, IRQ_BOTH},
    {"ceq", IRQ_OTHER, IRQ_BOTH},
    {"cmd", IRQ_OTHER, IRQ_BOTH},
    {"config", IRQ_OTHER, IRQ_BOTH},
    {"control", IRQ_OTHER, IRQ_BOTH},
    {"ctrl", IRQ_OTHER, IRQ_BOTH},
    {"err", IRQ_OTHER, IRQ_BOTH},
    {"event", IRQ_OTHER, IRQ_BOTH},
    {"exception", IRQ_OTHER, IRQ_BOTH},
    {"fdir", IRQ_OTHER, IRQ_BOTH},
    {"fweventq", IRQ_OTHER, IRQ_BOTH},
    {"hwc", IRQ_OTHER, IRQ_BOTH},
    {"irdma", IRQ_OTHER, IRQ_BOTH},
    {"lsc", IRQ_OTHER, IRQ_BOTH},
    {"mailbox", IRQ_OTHER, IRQ_BOTH},
    {"mbox", IRQ_OTHER, IRQ_BOTH},
    {"mbx", IRQ_OTHER, IRQ_BOTH},
    {"mgmnt", IRQ_OTHER, IRQ_BOTH},
    {"mgmt", IRQ_OTHER, IRQ_BOTH},
    {"misc", IRQ_OTHER, IRQ_BOTH},
    {"notify", IRQ_OTHER, IRQ_BOTH},
    {"other", IRQ_OTHER, IRQ_BOTH},
    {"pages", IRQ_OTHER, IRQ_BOTH},
    {"ptp", IRQ_OTHER, IRQ_BOTH},
};

/* Returns the index of a word in the table, or -1. */
static int find_word(const char *at, size_t length) {
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    const char *word = words[i].word;
    size_t matched = 0;
    while (matched < length && lower(at[matched]) == word[matched])
      matched++;
    if (matched == length && word[length] == '\0')
      return (int)i;
  }
  return -1;
}

/* iwlwifi does not number its first queue. */
static bool is_first_queue(const char *word) {
  return strcmp(word, "default") == 0 || strcmp(word, "shared") == 0;
}

/* State of a name that is parsed from left to right. */
struct parser {
  struct irq_meaning meaning;
  bool has_direction;
  bool expects_queue; /* the next number is a queue's */
  uint32_t bare;      /* a number that follows no word, or IRQ_NO_QUEUE */
};

static void take_word(struct parser *parser, const char *at, size_t length) {
  int place = find_word(at, length);
  parser->expects_queue = false;
  if (place < 0)
    return;
  struct irq_meaning *meaning = &parser->meaning;
  if (words[place].role == IRQ_OTHER)
    meaning->role = IRQ_OTHER;
  if (meaning->role == IRQ_OTHER)
    return;
  enum irq_direction direction = words[place].direction;
  /* "vif1-q0-rx": the direction follows the number. */
  if (direction == IRQ_BOTH && parser->has_direction)
    direction = meaning->direction;
  else if (parser->has_direction && direction != meaning->direction)
    direction = meaning->direction == IRQ_BOTH ? direction : IRQ_BOTH;
  if (is_first_queue(words[place].word))
    meaning->queue = 0;
  meaning->role = IRQ_QUEUE;
  meaning->direction = direction;
  parser->has_direction = true;
  parser->expects_queue = true;
}

/* Takes a number. is_bare: it follows a separator. */
static void take_number(struct parser *parser, const char *at, size_t length,
                        bool is_bare) {
  struct scan scan = scan_text(at, length);
  uint32_t number;
  if (!scan_u32(&scan, &number) || number == IRQ_NO_QUEUE)
    return;
  if (parser->expects_queue)
    parser->meaning.queue = number;
  else if (is_bare)
    parser->bare = number;
}

static void parse_words(struct parser *parser, const char *name) {
  /* "mlx5_comp3@pci:...": the address follows the "@". */
  const char *end = name + strcspn(name, "@");
  bool is_bare = false;
  for (const char *at = name; at < end;) {
    const char *begin = at;
    if (is_letter(*at)) {
      while (at < end && is_letter(*at))
        at++;
      take_word(parser, begin, (size_t)(at - begin));
      is_bare = false;
    } else if (is_digit(*at)) {
      while (at < end && is_digit(*at))
        at++;
      take_number(parser, begin, (size_t)(at - begin), is_bare);
      is_bare = false;
    } else {
      /* In "eth0-3" the 3 is a queue; in "lan-3" it is part of a name. */
      is_bare = begin == name || is_digit(begin[-1]);
      at++;
    }
  }
}

/* Returns what follows the owner's name ("i40e-eth0-TxRx-3"), or all of name if
 * the owner is named only in the address at its end
 * ("mlx5_comp3@pci:0000:3b:00.0"). */
static const char *skip_owner(const char *name,
                              const struct irq_name_owner *owner) {
  const char *all[] = {owner->interface, owner->device, owner->bus};
  for (size_t i = 0; i < COUNT_OF(all); i++) {
    const char *rest = find_owner(name, all[i], i > 0);
    if (rest == NULL)
      continue;
    const char *address = strchr(name, '@');
    if (address == NULL || rest <= address)
      return rest;
  }
  return name;
}

struct irq_meaning irq_name_meaning(const char *name,
                                    const struct irq_name_owner *owner) {
  struct parser parser = {
      .meaning = {.role = IRQ_UNKNOWN,
                  .direction = IRQ_BOTH,
                  .queue = IRQ_NO_QUEUE},
      .bare = IRQ_NO_QUEUE,
  };
  const char *rest = skip_owner(name, owner);
  parse_words(&parser, rest);
  struct irq_meaning meaning = parser.meaning;
  if (meaning.role == IRQ_UNKNOWN && parser.bare != IRQ_NO_QUEUE) {
    meaning.role = IRQ_QUEUE;
    meaning.queue = parser.bare;
  }
  if (meaning.role == IRQ_OTHER)
    meaning = (struct irq_meaning){
        .role = IRQ_OTHER, .direction = IRQ_BOTH, .queue = IRQ_NO_QUEUE};
  return meaning;
}
