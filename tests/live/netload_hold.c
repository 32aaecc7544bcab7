/* SPDX-License-Identifier: MIT */
/* Opens, overfills and closes sockets, by commands on standard input. */
#include "netload.h"
#include "netload_connect.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_HELD = 64,
  MAX_ATTEMPTS = 100000,
  MAX_WORDS = 6,
};

struct held {
  char name[32]; /* "": unused */
  int fd;
  int type;
  union {
    struct endpoint at;
    struct sockaddr_un path;
  };
};

static struct held held[MAX_HELD];

static struct held *find(const char *name) {
  for (int i = 0; i < MAX_HELD; i++)
    if (strcmp(held[i].name, name) == 0)
      return &held[i];
  return NULL;
}

static bool begin_held(const char *name, struct held **ret) {
  *ret = find("");
  if (name[0] == '\0' || strlen(name) >= sizeof((*ret)->name) || *ret == NULL ||
      find(name) != NULL) {
    errno = EEXIST;
    return false;
  }
  return true;
}

static bool bind_shared(struct held *one) {
  const int on = 1;
  one->fd = socket(one->at.any.sa_family, one->type | SOCK_CLOEXEC, 0);
  return one->fd >= 0 &&
         setsockopt(one->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
         setsockopt(one->fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0 &&
         bind(one->fd, &one->at.any, one->at.size) == 0;
}

/* listen NAME ADDRESS PORT BACKLOG, udp NAME ADDRESS PORT BYTES */
static bool open_inet(char **words, int type) {
  struct held *one;
  unsigned port, size;
  if (!begin_held(words[1], &one))
    return false;
  one->type = type;
  one->fd = -1;
  errno = EINVAL;
  bool ok = netload_number(words[3], 1, 65535, &port) &&
            netload_number(words[4], 0, 1 << 30, &size) &&
            netload_endpoint(words[2], port, &one->at) && bind_shared(one);
  int bytes = ok ? (int)size : 0;
  if (ok && type == SOCK_STREAM)
    ok = listen(one->fd, bytes) == 0;
  else if (ok)
    ok = setsockopt(one->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) == 0;
  if (ok)
    strcpy(one->name, words[1]);
  else if (one->fd >= 0)
    netload_close_failed(one->fd);
  return ok;
}

/* unix NAME PATH BACKLOG */
static bool open_unix(char **words) {
  struct held *one;
  unsigned backlog;
  if (!begin_held(words[1], &one))
    return false;
  one->path = (struct sockaddr_un){.sun_family = AF_UNIX};
  one->type = SOCK_STREAM;
  errno = EINVAL;
  if (!netload_number(words[3], 0, 4096, &backlog) ||
      strlen(words[2]) >= sizeof(one->path.sun_path))
    return false;
  strcpy(one->path.sun_path, words[2]);
  one->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (one->fd < 0)
    return false;
  if (bind(one->fd, (struct sockaddr *)&one->path, sizeof(one->path)) != 0 ||
      listen(one->fd, (int)backlog) != 0) {
    netload_close_failed(one->fd);
    return false;
  }
  strcpy(one->name, words[1]);
  return true;
}

static bool has_pending(int fd) {
  fd_set set;
  struct timeval none = {0};
  FD_ZERO(&set);
  FD_SET(fd, &set);
  return select(fd + 1, &set, NULL, NULL, &none) == 1;
}

static void take_one(const struct held *one) {
  char byte;
  if (one->type == SOCK_DGRAM) {
    recv(one->fd, &byte, 1, MSG_DONTWAIT);
    return;
  }
  int fd = accept4(one->fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd >= 0)
    close(fd);
}

/* Drains the other sockets of the same port, so that only one overflows. */
static void drain_others(const struct held *one) {
  for (int i = 0; i < MAX_HELD; i++) {
    const struct held *other = &held[i];
    if (other == one || other->name[0] == '\0' || other->type != one->type ||
        other->at.any.sa_family != one->at.any.sa_family ||
        other->at.ip4.sin_port != one->at.ip4.sin_port)
      continue;
    while (has_pending(other->fd))
      take_one(other);
  }
}

static bool is_established(int fd) {
  struct tcp_info info = {0};
  socklen_t size = sizeof(info);
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_state == 1;
}

/* Tries one more connection. An accepted one stays open; a refused one is
 * closed at once, so that its SYN is not repeated. */
static bool attempt_connection(const struct held *one, uint32_t drops) {
  const struct timespec pause = {.tv_nsec = 100000};
  int fd = socket(one->at.any.sa_family,
                  SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return false;
  if (connect(fd, &one->at.any, one->at.size) != 0 && errno != EINPROGRESS)
    return netload_close_failed(fd) == 0;
  for (int i = 0; i < 5000; i++) {
    if (is_established(fd))
      return true;
    if (netload_receiver_state(one->fd).drops != drops)
      break;
    nanosleep(&pause, NULL);
  }
  close(fd);
  return true;
}

/* Sends one more datagram and waits until it is queued or dropped. */
static bool attempt_datagram(const struct held *one, uint32_t drops) {
  const struct timespec pause = {.tv_nsec = 100000};
  uint32_t used = netload_receiver_state(one->fd).used;
  int fd = socket(one->at.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return false;
  bool ok = sendto(fd, "x", 1, 0, &one->at.any, one->at.size) == 1;
  close(fd);
  for (int i = 0; ok && i < 100; i++) {
    struct receiver_state state = netload_receiver_state(one->fd);
    if (state.drops != drops || state.used != used)
      break;
    nanosleep(&pause, NULL);
  }
  return ok;
}

static bool overflow_inet(const struct held *one, unsigned count) {
  uint32_t before = netload_receiver_state(one->fd).drops;
  for (int i = 0; i < MAX_ATTEMPTS; i++) {
    uint32_t drops = netload_receiver_state(one->fd).drops;
    if (drops - before >= count)
      return drops - before == count;
    bool ok = one->type == SOCK_STREAM ? attempt_connection(one, drops)
                                       : attempt_datagram(one, drops);
    if (!ok)
      return false;
    drain_others(one);
  }
  errno = ETIMEDOUT;
  return false;
}

/* A full UNIX listener refuses non-blocking clients with EAGAIN. */
static bool overflow_unix(const struct held *one, unsigned count) {
  for (unsigned refused = 0; refused < count;) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
      return false;
    if (connect(fd, (const struct sockaddr *)&one->path, sizeof(one->path)) ==
        0)
      continue;
    if (errno != EAGAIN)
      return netload_close_failed(fd) == 0;
    close(fd);
    refused++;
  }
  return true;
}

/* overflow NAME COUNT: fills the queue, then loses exactly COUNT more. */
static bool overflow(char **words) {
  const struct held *one = find(words[1]);
  unsigned count;
  errno = EINVAL;
  if (one == NULL || !netload_number(words[2], 1, MAX_ATTEMPTS, &count))
    return false;
  if (one->path.sun_family == AF_UNIX)
    return overflow_unix(one, count);
  return overflow_inet(one, count);
}

/* drain NAME: takes everything that waits and discards it. */
static bool drain(const char *name) {
  const struct held *one = find(name);
  errno = EINVAL;
  if (one == NULL)
    return false;
  while (has_pending(one->fd))
    take_one(one);
  return true;
}

/* connect NAME LISTENER COUNT */
static bool connect_to_held(char **words) {
  const struct held *one = find(words[2]);
  unsigned count;
  errno = EINVAL;
  return one != NULL && one->path.sun_family != AF_UNIX &&
         one->type == SOCK_STREAM &&
         netload_number(words[3], 1, MAX_ATTEMPTS, &count) &&
         netload_connect(words[1], one->fd, &one->at, count);
}

/* send NAME SIDE BYTES */
static bool send_to_link(char **words) {
  unsigned bytes;
  errno = EINVAL;
  return netload_number(words[3], 1, 1 << 30, &bytes) &&
         netload_send(words[1], words[2], bytes);
}

/* filter NAME: attaches a filter that refuses every packet. */
static bool attach_filter(const char *name) {
  struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
  const struct sock_fprog program = {.len = 1, .filter = &refuse};
  const struct held *one = find(name);
  errno = EINVAL;
  return one != NULL && setsockopt(one->fd, SOL_SOCKET, SO_ATTACH_FILTER,
                                   &program, sizeof(program)) == 0;
}

static bool close_held(const char *name) {
  struct held *one = find(name);
  errno = EINVAL;
  if (one == NULL)
    return false;
  if (one->path.sun_family == AF_UNIX)
    unlink(one->path.sun_path);
  close(one->fd);
  *one = (struct held){.name = ""};
  return true;
}

static bool run_command(char **words, int count) {
  const char *command = words[0];
  if (count == 5 && strcmp(command, "listen") == 0)
    return open_inet(words, SOCK_STREAM);
  if (count == 5 && strcmp(command, "udp") == 0)
    return open_inet(words, SOCK_DGRAM);
  if (count == 4 && strcmp(command, "unix") == 0)
    return open_unix(words);
  if (count == 4 && strcmp(command, "connect") == 0)
    return connect_to_held(words);
  if (count == 4 && strcmp(command, "send") == 0)
    return send_to_link(words);
  if (count == 3 && strcmp(command, "block") == 0)
    return netload_block(words[1], words[2]);
  if (count == 3 && strcmp(command, "hang-up") == 0)
    return netload_hang_up(words[1], words[2]);
  if (count == 3 && strcmp(command, "overflow") == 0)
    return overflow(words);
  if (count == 2 && strcmp(command, "close") == 0)
    return close_held(words[1]);
  if (count == 2 && strcmp(command, "filter") == 0)
    return attach_filter(words[1]);
  if (count == 2 && strcmp(command, "drain") == 0)
    return drain(words[1]);
  errno = ENOSYS;
  return false;
}

int netload_hold(const struct subcommand *self, int argc, char **argv) {
  char line[512];
  (void)argv;
  if (argc != 1)
    return netload_usage_error(self, "expected 0 arguments, found %d",
                               argc - 1);
  alarm(MAX_SECONDS);
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof(line), stdin) != NULL) {
    char *words[MAX_WORDS], *left = line;
    int count = 0;
    for (char *word; count < MAX_WORDS &&
                     (word = strsep(&left, " \n")) != NULL && *word != '\0';)
      words[count++] = word;
    if (count > 0 && run_command(words, count))
      printf("ok\n");
    else
      printf("failed: %s\n", strerror(errno));
  }
  return EXIT_SUCCESS;
}
