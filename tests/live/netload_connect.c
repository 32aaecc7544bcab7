/* SPDX-License-Identifier: MIT */
/* Connections with both ends in this process, left in any state. */
#include "netload_connect.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
  MAX_LINKS = 16,
  ARRIVAL_TIMEOUT = 10000, /* milliseconds */
  BLOCKED_AFTER = 300,     /* milliseconds without room in the send buffer */
};

struct links {
  char name[32]; /* "": unused */
  unsigned count;
  int *clients, *servers; /* descriptors; -1: closed */
};

static struct links all_links[MAX_LINKS];

static struct links *find(const char *name) {
  for (int i = 0; i < MAX_LINKS; i++)
    if (strcmp(all_links[i].name, name) == 0)
      return &all_links[i];
  errno = EINVAL;
  return NULL;
}

static bool connect_pair(int listener, const struct endpoint *at,
                         struct links *links, unsigned i) {
  struct pollfd arrival = {.fd = listener, .events = POLLIN};
  links->clients[i] = socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (links->clients[i] < 0 ||
      connect(links->clients[i], &at->any, at->size) != 0)
    return false;
  errno = ETIMEDOUT;
  if (poll(&arrival, 1, ARRIVAL_TIMEOUT) != 1)
    return false;
  links->servers[i] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  return links->servers[i] >= 0;
}

static void close_side(int *side, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (side[i] >= 0)
      close(side[i]);
  for (unsigned i = 0; i < count; i++)
    side[i] = -1;
}

static void close_links(struct links *links) {
  if (links->clients != NULL)
    close_side(links->clients, links->count);
  if (links->servers != NULL)
    close_side(links->servers, links->count);
  free(links->clients);
  free(links->servers);
  *links = (struct links){.name = ""};
}

bool netload_connect(const char *name, int listener, const struct endpoint *at,
                     unsigned count) {
  struct links *links = find("");
  if (name[0] == '\0' || strlen(name) >= sizeof(links->name) || links == NULL ||
      find(name) != NULL) {
    errno = EEXIST;
    return false;
  }
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  *links = (struct links){.count = count,
                          .clients = malloc(count * sizeof(int)),
                          .servers = malloc(count * sizeof(int))};
  bool ok = links->clients != NULL && links->servers != NULL;
  for (unsigned i = 0; ok && i < count; i++)
    links->clients[i] = links->servers[i] = -1;
  for (unsigned i = 0; ok && i < count; i++)
    ok = connect_pair(listener, at, links, i);
  if (ok) {
    strcpy(links->name, name);
    return true;
  }
  int error = errno;
  close_links(links);
  errno = error;
  return false;
}

/* Returns the descriptors of a side, or NULL with errno set. */
static int *side_of(const struct links *links, const char *side) {
  if (links != NULL && strcmp(side, "client") == 0)
    return links->clients;
  if (links != NULL && strcmp(side, "server") == 0)
    return links->servers;
  errno = EINVAL;
  return NULL;
}

static bool send_zeros(int fd, size_t bytes) {
  static const char zeros[65536];
  while (bytes > 0) {
    size_t size = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
    ssize_t n = send(fd, zeros, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes -= (size_t)n;
  }
  return true;
}

bool netload_send(const char *name, const char *side, unsigned bytes) {
  const struct links *links = find(name);
  const int *ends = side_of(links, side);
  bool ok = ends != NULL;
  for (unsigned i = 0; ok && i < links->count; i++)
    ok = send_zeros(ends[i], bytes);
  return ok;
}

bool netload_block(const char *name, const char *side) {
  const struct links *links = find(name);
  const int *ends = side_of(links, side);
  bool ok = ends != NULL;
  for (unsigned i = 0; ok && i < links->count; i++) {
    struct pollfd room = {.fd = ends[i], .events = POLLOUT};
    while (ok && poll(&room, 1, BLOCKED_AFTER) == 1)
      ok = send_zeros(room.fd, 1 << 20) || errno == EAGAIN;
  }
  return ok;
}

bool netload_hang_up(const char *name, const char *side) {
  const struct links *links = find(name);
  int *ends = side_of(links, side);
  if (ends == NULL)
    return false;
  close_side(ends, links->count);
  return true;
}
