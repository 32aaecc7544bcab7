/* SPDX-License-Identifier: MIT */
#include "sock_ephemeral.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64
#define TIME_WAIT_MS 60000

static void free_table(struct sock_ephemeral *ephemeral) {
  free(ephemeral->destinations);
  free(ephemeral->slots);
  ephemeral->destinations = NULL;
  ephemeral->slots = NULL;
  ephemeral->room = ephemeral->count = 0;
}

/* Frees a table that the last read hardly used. */
static void give_back(struct sock_ephemeral *ephemeral) {
  if (ephemeral->room > FIRST_ROOM && ephemeral->count < ephemeral->room / 32)
    free_table(ephemeral);
}

void sock_ephemeral_begin(struct sock_ephemeral *ephemeral,
                          const struct port_set *listening) {
  ephemeral->given = ephemeral->settings.range;
  port_set_subtract(&ephemeral->given, listening);
  ephemeral->capacity = port_set_count(&ephemeral->given);
  ephemeral->seen = (struct port_set){0};
  ephemeral->busiest = NULL;
  give_back(ephemeral);
  if (ephemeral->count > 0)
    memset(ephemeral->slots, 0, ephemeral->room * sizeof(*ephemeral->slots));
  ephemeral->count = 0;
}

/* Mixes both addresses and the port. Addresses of one network differ in their
 * last bytes, the upper ones of a word, which must reach the lower bits: these
 * choose the place. */
static uint32_t hash(const struct sock_diag_connection *connection) {
  uint64_t words[4], sum = connection->peer_port;
  memcpy(&words[0], connection->address, 16);
  memcpy(&words[2], connection->peer, 16);
  for (unsigned i = 0; i < 4; i++) {
    sum ^= words[i];
    sum = (sum ^ sum >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    sum ^= sum >> 29;
  }
  return (uint32_t)sum;
}

static bool is_same(const struct sock_destination *destination,
                    const struct sock_diag_connection *connection) {
  return destination->port == connection->peer_port &&
         memcmp(destination->address, connection->peer, 16) == 0 &&
         memcmp(destination->source, connection->address, 16) == 0;
}

/* The slot that a connection's destination has or may take. */
static struct sock_destination_slot *
find_slot(const struct sock_ephemeral *ephemeral, uint32_t hash,
          const struct sock_diag_connection *connection) {
  size_t at = hash & (ephemeral->room - 1);
  for (;; at = (at + 1) & (ephemeral->room - 1)) {
    struct sock_destination_slot *slot = &ephemeral->slots[at];
    if (slot->place == 0 ||
        (slot->hash == hash &&
         is_same(&ephemeral->destinations[slot->place - 1], connection)))
      return slot;
  }
}

static void move_slots(const struct sock_ephemeral *ephemeral,
                       struct sock_destination_slot *slots, size_t room) {
  for (size_t i = 0; i < ephemeral->room; i++) {
    const struct sock_destination_slot *old = &ephemeral->slots[i];
    if (old->place == 0)
      continue;
    size_t at = old->hash & (room - 1);
    while (slots[at].place > 0)
      at = (at + 1) & (room - 1);
    slots[at] = *old;
  }
}

static void move_destinations(struct sock_ephemeral *ephemeral,
                              struct sock_destination *destinations) {
  if (ephemeral->count > 0)
    memcpy(destinations, ephemeral->destinations,
           ephemeral->count * sizeof(*destinations));
  if (ephemeral->busiest != NULL)
    ephemeral->busiest =
        destinations + (ephemeral->busiest - ephemeral->destinations);
}

static bool grow(struct sock_ephemeral *ephemeral) {
  size_t room = ephemeral->room > 0 ? 2 * ephemeral->room : FIRST_ROOM;
  if (room > 2 * SOCK_EPHEMERAL_DESTINATIONS)
    return false;
  struct sock_destination *destinations =
      malloc(room / 2 * sizeof(*destinations));
  struct sock_destination_slot *slots = calloc(room, sizeof(*slots));
  if (destinations == NULL || slots == NULL) {
    free(destinations);
    free(slots);
    return false;
  }
  move_slots(ephemeral, slots, room);
  move_destinations(ephemeral, destinations);
  free(ephemeral->destinations);
  free(ephemeral->slots);
  ephemeral->destinations = destinations;
  ephemeral->slots = slots;
  ephemeral->room = room;
  return true;
}

/* The destination of a connection. NULL: it is one too many, or there is no
 * memory. */
static struct sock_destination *
find_or_make(struct sock_ephemeral *ephemeral,
             const struct sock_diag_connection *connection) {
  uint32_t sum = hash(connection);
  if (ephemeral->room == 0 && !grow(ephemeral))
    return NULL;
  struct sock_destination_slot *slot = find_slot(ephemeral, sum, connection);
  if (slot->place > 0)
    return &ephemeral->destinations[slot->place - 1];
  if (2 * (ephemeral->count + 1) > ephemeral->room) {
    if (!grow(ephemeral))
      return NULL;
    slot = find_slot(ephemeral, sum, connection);
  }
  struct sock_destination *made = &ephemeral->destinations[ephemeral->count++];
  *slot = (struct sock_destination_slot){.hash = sum,
                                         .place = (uint32_t)ephemeral->count};
  *made = (struct sock_destination){.port = connection->peer_port};
  memcpy(made->source, connection->address, sizeof(made->source));
  memcpy(made->address, connection->peer, sizeof(made->address));
  return made;
}

/* 127.0.0.0/8 and ::1. */
static bool is_loopback(const uint8_t address[static 16]) {
  static const uint8_t ip4[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
  static const uint8_t ip6[16] = {[15] = 1};
  return memcmp(address, ip4, sizeof(ip4)) == 0 ||
         memcmp(address, ip6, sizeof(ip6)) == 0;
}

/* Whether the next connection to the same destination may get the port. A peer
 * without TCP timestamps prevents that, which cannot be seen here. */
static bool is_given_up(const struct local_ports *settings,
                        const struct sock_diag_connection *connection) {
  if (settings->reuse == LOCAL_PORTS_REUSE_NONE ||
      connection->state != TCP_TIME_WAIT ||
      (uint64_t)connection->expires + settings->reuse_delay > TIME_WAIT_MS)
    return false;
  return settings->reuse == LOCAL_PORTS_REUSE_ALL ||
         is_loopback(connection->address) || is_loopback(connection->peer);
}

void sock_ephemeral_add(struct sock_ephemeral *ephemeral,
                        const struct sock_diag_connection *connection) {
  if (!port_set_has(&ephemeral->given, connection->port))
    return;
  port_set_add(&ephemeral->seen, connection->port);
  if (is_given_up(&ephemeral->settings, connection))
    return;
  struct sock_destination *destination = find_or_make(ephemeral, connection);
  if (destination == NULL)
    return;
  destination->taken++;
  destination->time_wait += connection->state == TCP_TIME_WAIT;
  if (ephemeral->busiest == NULL ||
      destination->taken > ephemeral->busiest->taken)
    ephemeral->busiest = destination;
}

void sock_ephemeral_free(struct sock_ephemeral *ephemeral) {
  free_table(ephemeral);
  local_ports_free(&ephemeral->settings);
  *ephemeral = (struct sock_ephemeral){0};
}
