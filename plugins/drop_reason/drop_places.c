/* SPDX-License-Identifier: MIT */
#include "drop_places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* The part of a place's weight that is left after a read. */
#define FADING 0.9

static const char unknown[] = "unknown";
static const char other[] = "other";

struct drop_location {
  UT_hash_handle hh;
  uint64_t address;
  struct drop_place *place;
  bool can_change; /* in a module, or unknown */
};

static struct drop_location *find_location(const struct drop_places *places,
                                           uint64_t address) {
  struct drop_location *location;
  HASH_FIND(hh, places->locations, &address, sizeof(address), location);
  return location;
}

static struct drop_place *find_or_add_place(struct drop_places *places,
                                            const char *name) {
  struct drop_place *place;
  HASH_FIND_STR(places->places, name, place);
  if (place != NULL)
    return place;
  struct drop_place **busiest = array_room(places->busiest, &places->room,
                                           places->count, sizeof(*busiest));
  if (busiest == NULL)
    return NULL;
  places->busiest = busiest;
  place = calloc(1, sizeof(*place));
  if (place == NULL)
    return NULL;
  strncpy(place->name, name, sizeof(place->name) - 1);
  HASH_ADD_STR(places->places, name, place);
  if (!HASH_ADDED(place)) {
    free(place);
    return NULL;
  }
  places->busiest[places->count++] = place;
  return place;
}

/* Cuts the suffix that a compiler added to a function's name, which may differ
 * in the next build: "udp_queue_rcv_one_skb.isra.0". */
static void cut_suffix(char *name) {
  char *point = strchr(name + (name[0] != '\0'), '.');
  if (point != NULL)
    *point = '\0';
}

static int add_location(struct drop_places *places, uint64_t address,
                        const char *name, bool can_change) {
  struct drop_place *place = find_or_add_place(places, name);
  struct drop_location *location =
      place != NULL ? calloc(1, sizeof(*location)) : NULL;
  if (location == NULL)
    return -ENOMEM;
  location->address = address;
  location->place = place;
  location->can_change = can_change;
  HASH_ADD(hh, places->locations, address, sizeof(location->address), location);
  if (HASH_ADDED(location))
    return 0;
  free(location);
  return -ENOMEM;
}

/* Looks up the names of symbols[0..count), which can hold an address more than
 * once, and adds them as locations. */
static int resolve(struct drop_places *places, const struct sysroot *root,
                   struct kallsyms_symbol *symbols, size_t count) {
  int r = count > 0 ? kallsyms_find(root, symbols, count) : 0;
  for (size_t i = 0; i < count; i++) {
    struct kallsyms_symbol *symbol = &symbols[i];
    if (find_location(places, symbol->address) != NULL)
      continue;
    cut_suffix(symbol->name);
    bool is_known = symbol->name[0] != '\0';
    if (add_location(places, symbol->address, is_known ? symbol->name : unknown,
                     symbol->in_module || !is_known) < 0)
      return -ENOMEM;
  }
  return r;
}

/* Addresses that are to be looked up. */
struct new_symbols {
  struct kallsyms_symbol *all;
  size_t count, room;
};

/* Notes an address unless it is known. */
static int note(struct drop_places *places, struct new_symbols *symbols,
                uint64_t address) {
  if (find_location(places, address) != NULL)
    return 0;
  if (address == 0)
    return add_location(places, 0, other, false);
  struct kallsyms_symbol *all =
      array_room(symbols->all, &symbols->room, symbols->count, sizeof(*all));
  if (all == NULL)
    return -ENOMEM;
  symbols->all = all;
  all[symbols->count++] = (struct kallsyms_symbol){.address = address};
  return 0;
}

static int resolve_new(struct drop_places *places, const struct sysroot *root,
                       const struct drop_counts *counts) {
  struct new_symbols symbols = {.count = 0};
  int r = 0;
  for (const struct drop_entry *entry = counts->entries;
       r == 0 && entry != NULL; entry = entry->hh.next)
    r = note(places, &symbols, entry->key.location);
  if (r == 0)
    r = resolve(places, root, symbols.all, symbols.count);
  free(symbols.all);
  return r;
}

static int compare(const void *a, const void *b) {
  const struct drop_place *one = *(struct drop_place *const *)a;
  const struct drop_place *another = *(struct drop_place *const *)b;
  if (one->weight != another->weight)
    return one->weight > another->weight ? -1 : 1;
  return strcmp(one->name, another->name);
}

/* Forgets the functions of modules once modules have come or gone: an address
 * may belong to another function. */
static void forget_changed(struct drop_places *places,
                           const struct sysroot *root) {
  uint64_t before = places->modules.fingerprint;
  if (modules_read(root, &places->modules) < 0 ||
      places->modules.fingerprint == before)
    return;
  struct drop_location *location, *next;
  HASH_ITER(hh, places->locations, location, next) {
    if (!location->can_change)
      continue;
    HASH_DEL(places->locations, location);
    free(location);
  }
}

int drop_places_update(struct drop_places *places, const struct sysroot *root,
                       const struct drop_counts *counts) {
  for (size_t i = 0; i < places->count; i++)
    places->busiest[i]->gained = 0;
  forget_changed(places, root);
  int r = resolve_new(places, root, counts);
  for (const struct drop_entry *entry = counts->entries; entry != NULL;
       entry = entry->hh.next) {
    const struct drop_location *location =
        find_location(places, entry->key.location);
    if (location == NULL)
      continue;
    location->place->gained += entry->gained;
    location->place->count += entry->gained;
  }
  for (size_t i = 0; i < places->count; i++) {
    struct drop_place *place = places->busiest[i];
    place->weight = FADING * place->weight + (double)place->gained;
  }
  if (places->count > 0)
    qsort(places->busiest, places->count, sizeof(*places->busiest), compare);
  return r;
}

int drop_places_learn(struct drop_places *places, const struct sysroot *root,
                      const struct drop_row *rows, size_t count) {
  struct new_symbols symbols = {.count = 0};
  int r = 0;
  forget_changed(places, root);
  for (size_t i = 0; r == 0 && i < count; i++)
    r = note(places, &symbols, rows[i].key.location);
  if (r == 0)
    r = resolve(places, root, symbols.all, symbols.count);
  free(symbols.all);
  return r;
}

const char *drop_places_find(const struct drop_places *places,
                             uint64_t location) {
  const struct drop_location *found = find_location(places, location);
  return found != NULL ? found->place->name : NULL;
}

const char *drop_places_name(struct drop_places *places,
                             const struct sysroot *root, uint64_t location) {
  forget_changed(places, root);
  if (find_location(places, location) == NULL) {
    struct kallsyms_symbol symbol = {.address = location};
    resolve(places, root, &symbol, 1);
  }
  const struct drop_location *found = find_location(places, location);
  return found != NULL ? found->place->name : unknown;
}

void drop_places_free(struct drop_places *places) {
  struct drop_location *location, *next_location;
  struct drop_place *place, *next_place;
  HASH_ITER(hh, places->locations, location, next_location) {
    HASH_DEL(places->locations, location);
    free(location);
  }
  HASH_ITER(hh, places->places, place, next_place) {
    HASH_DEL(places->places, place);
    free(place);
  }
  free(places->busiest);
  modules_free(&places->modules);
  *places = (struct drop_places){.places = NULL};
}
