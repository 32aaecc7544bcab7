/* SPDX-License-Identifier: MIT */
#include "sock_ephemeral.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64
#define TIME_WAIT_MS 60000

/* Frees a table that the last read hardly used. */
static void give_back(struct sock_ephemeral *ephemeral) {
  if (ephemeral->room <= FIRST_ROOM || ephemeral->count >= ephemeral->room / 32)
    return;
  free(ephemeral->places);
  ephemeral->places = NULL;
  ephemeral->room = ephemeral->count = 0;
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
    memset(ephemeral->places, 0, ephemeral->room * sizeof(*ephemeral->places));
  ephemeral->count = 0;
}

/* Mixes both addresses and the port. Addresses of one network differ in their
 * last bytes, the upper ones of a word, which must reach the lower bits: these
 * choose the place. */
static uint64_t hash(const uint8_t source[static 16],
                     const uint8_t address[static 16], uint16_t port) {
  uint64_t words[4], sum = port;
  memcpy(&words[0], source, 16);
  memcpy(&words[2], address, 16);
  for (unsigned i = 0; i < 4; i++) {
    sum ^= words[i];
    sum = (sum ^ sum >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    sum ^= sum >> 29;
  }
  return sum;
}

static bool is_same(const struct sock_destination *destination,
                    const uint8_t source[static 16],
                    const uint8_t address[static 16], uint16_t port) {
  return destination->port == port &&
         memcmp(destination->address, address, 16) == 0 &&
         memcmp(destination->source, source, 16) == 0;
}

/* The place that a destination has or may take. At least half of the places are
 * free. */
static struct sock_destination *find_place(struct sock_destination *places,
                                           size_t room,
                                           const uint8_t source[static 16],
                                           const uint8_t address[static 16],
                                           uint16_t port) {
  size_t at = (size_t)hash(source, address, port) & (room - 1);
  while (places[at].taken > 0 && !is_same(&places[at], source, address, port))
    at = (at + 1) & (room - 1);
  return &places[at];
}

static bool grow(struct sock_ephemeral *ephemeral) {
  size_t room = ephemeral->room > 0 ? 2 * ephemeral->room : FIRST_ROOM;
  if (room > 2 * SOCK_EPHEMERAL_DESTINATIONS)
    return false;
  struct sock_destination *places = calloc(room, sizeof(*places));
  if (places == NULL)
    return false;
  for (size_t i = 0; i < ephemeral->room; i++) {
    const struct sock_destination *old = &ephemeral->places[i];
    if (old->taken == 0)
      continue;
    struct sock_destination *new =
        find_place(places, room, old->source, old->address, old->port);
    *new = *old;
    if (ephemeral->busiest == old)
      ephemeral->busiest = new;
  }
  free(ephemeral->places);
  ephemeral->places = places;
  ephemeral->room = room;
  return true;
}

static struct sock_destination *
find_or_make_place(struct sock_ephemeral *ephemeral,
                   const struct sock_diag_connection *connection) {
  if (ephemeral->room == 0 && !grow(ephemeral))
    return NULL;
  struct sock_destination *place =
      find_place(ephemeral->places, ephemeral->room, connection->address,
                 connection->peer, connection->peer_port);
  if (place->taken > 0)
    return place;
  if (2 * (ephemeral->count + 1) > ephemeral->room) {
    if (!grow(ephemeral))
      return NULL;
    place = find_place(ephemeral->places, ephemeral->room, connection->address,
                       connection->peer, connection->peer_port);
  }
  ephemeral->count++;
  memcpy(place->source, connection->address, sizeof(place->source));
  memcpy(place->address, connection->peer, sizeof(place->address));
  place->port = connection->peer_port;
  return place;
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
  struct sock_destination *place = find_or_make_place(ephemeral, connection);
  if (place == NULL)
    return;
  place->taken++;
  place->time_wait += connection->state == TCP_TIME_WAIT;
  if (ephemeral->busiest == NULL || place->taken > ephemeral->busiest->taken)
    ephemeral->busiest = place;
}

void sock_ephemeral_free(struct sock_ephemeral *ephemeral) {
  free(ephemeral->places);
  local_ports_free(&ephemeral->settings);
  *ephemeral = (struct sock_ephemeral){0};
}
