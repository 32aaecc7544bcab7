/* SPDX-License-Identifier: MIT */
/* What an ordinary user can do to a monitor that reads his sockets. */
#include "netload.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_RENAMED = 400,
  MAX_LISTENERS = 65536,
  LISTENERS_EACH = 900, /* of a process */
  SHARED_BITS = 0xff,   /* of the hashes of names */
  MAX_PORTS = 64,
};

/* Makes a listener with an abstract name. Returns it, or -1. */
static int make_listener(const char *name) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  size_t length = strlen(name);
  memcpy(at.sun_path + 1, name, length);
  socklen_t size =
      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 0) != 0)
    return netload_close_failed(fd);
  return fd;
}

/* Fills the queue of a listener without a backlog. Returns the client. */
static int fill_listener(int listener) {
  struct sockaddr_un at;
  socklen_t size = sizeof(at);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || getsockname(listener, (struct sockaddr *)&at, &size) != 0 ||
      connect(fd, (struct sockaddr *)&at, size) != 0)
    return fd < 0 ? -1 : netload_close_failed(fd);
  return fd;
}

/* Sleeps for so many milliseconds. */
static void rest(unsigned ms) {
  const struct timespec pause = {.tv_sec = ms / 1000,
                                 .tv_nsec = ms % 1000 * 1000000L};
  nanosleep(&pause, NULL);
}

int netload_rename(const struct subcommand *self, int argc, char **argv) {
  unsigned count, ms;
  if (argc != 3 || !netload_number(argv[1], 1, MAX_RENAMED, &count) ||
      !netload_number(argv[2], 1, 60000, &ms))
    return netload_usage_error(self, "expected COUNT, up to %d, and MS",
                               MAX_RENAMED);
  alarm(MAX_SECONDS);
  for (unsigned round = 0;; round++) {
    int fds[2 * MAX_RENAMED];
    for (unsigned i = 0; i < count; i++) {
      char name[64];
      snprintf(name, sizeof(name), "netloss-%d-%u-%u", getpid(), round, i);
      fds[2 * i] = make_listener(name);
      if (fds[2 * i] < 0)
        return netload_failure(self, "a listener");
      fds[2 * i + 1] = fill_listener(fds[2 * i]);
      if (fds[2 * i + 1] < 0)
        return netload_failure(self, "a client");
    }
    rest(ms);
    for (unsigned i = 0; i < 2 * count; i++)
      close(fds[i]);
  }
}

static void mix(uint32_t v[static 3]) {
  static const struct {
    uint8_t to, from, other, left, right;
  } steps[] = {{0, 1, 2, 0, 13}, {1, 2, 0, 8, 0},  {2, 0, 1, 0, 13},
               {0, 1, 2, 0, 12}, {1, 2, 0, 16, 0}, {2, 0, 1, 0, 5},
               {0, 1, 2, 0, 3},  {1, 2, 0, 10, 0}, {2, 0, 1, 0, 15}};
  for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
    uint32_t from = v[steps[i].other];
    from = steps[i].left > 0 ? from << steps[i].left : from >> steps[i].right;
    v[steps[i].to] =
        (v[steps[i].to] - v[steps[i].from] - v[steps[i].other]) ^ from;
  }
}

static uint32_t word_at(const char *text, size_t length, size_t at) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4 && at + i < length; i++)
    word += (uint32_t)(uint8_t)text[at + i] << (8 * i);
  return word;
}

/* Bob Jenkins' hash of 1996, which uthash uses by default. */
static uint32_t jenkins(const char *text, size_t length) {
  uint32_t v[3] = {0x9e3779b9, 0x9e3779b9, 0xfeedbeef};
  size_t at = 0;
  for (; length - at >= 12; at += 12) {
    for (size_t i = 0; i < 3; i++)
      v[i] += word_at(text, length, at + 4 * i);
    mix(v);
  }
  v[0] += word_at(text, length, at);
  v[1] += word_at(text, length, at + 4);
  /* The lowest byte holds the length. */
  v[2] += (uint32_t)length + (word_at(text, length, at + 8) << 8);
  mix(v);
  return v[2];
}

/* Finds the next number for which the name of the object has a hash that ends
 * in zeros. */
static unsigned next_number(unsigned number) {
  char name[64];
  do {
    number++;
    snprintf(name, sizeof(name), "unix-@netloss-%u", number);
  } while ((jenkins(name, strlen(name)) & SHARED_BITS) != 0);
  return number;
}

/* In a process of its own, makes listeners and waits for the end. Returns when
 * they are there. */
static bool hold_listeners(const unsigned *numbers, unsigned count) {
  int ready[2];
  char byte;
  if (pipe(ready) != 0)
    return false;
  pid_t pid = fork();
  if (pid < 0)
    return false;
  if (pid == 0) {
    close(ready[0]);
    for (unsigned i = 0; i < count; i++) {
      char name[64];
      snprintf(name, sizeof(name), "netloss-%u", numbers[i]);
      if (make_listener(name) < 0)
        _exit(EXIT_FAILURE);
    }
    alarm(MAX_SECONDS);
    if (write(ready[1], "", 1) == 1)
      pause();
    _exit(EXIT_SUCCESS);
  }
  close(ready[1]);
  bool ok = read(ready[0], &byte, 1) == 1;
  close(ready[0]);
  return ok;
}

int netload_one_bucket(const struct subcommand *self, int argc, char **argv) {
  unsigned numbers[LISTENERS_EACH], count, number = 0;
  if (argc != 2 || !netload_number(argv[1], 1, MAX_LISTENERS, &count))
    return netload_usage_error(self, "expected COUNT, up to %d", MAX_LISTENERS);
  alarm(MAX_SECONDS);
  while (count > 0) {
    unsigned some = count < LISTENERS_EACH ? count : LISTENERS_EACH;
    for (unsigned i = 0; i < some; i++)
      numbers[i] = number = next_number(number);
    if (!hold_listeners(numbers, some))
      return netload_failure(self, "a listener");
    count -= some;
  }
  printf("ok\n");
  fflush(stdout);
  pause();
  return 0;
}

/* Reads the ports of the netlink sockets of a protocol that processes have in
 * this namespace. */
static unsigned read_ports(unsigned protocol, uint32_t ret[MAX_PORTS]) {
  FILE *file = fopen("/proc/net/netlink", "re");
  char line[256];
  unsigned count = 0, found, port;
  while (file != NULL && count < MAX_PORTS &&
         fgets(line, sizeof(line), file) != NULL)
    if (sscanf(line, "%*s %u %u", &found, &port) == 2 && found == protocol &&
        port != 0)
      ret[count++] = port;
  if (file != NULL)
    fclose(file);
  return count;
}

/* Sends the end of an answer with an error to each port. */
static void inject(int fd, unsigned protocol, unsigned *accepted,
                   unsigned *refused) {
  struct {
    struct nlmsghdr header;
    int error;
  } message = {.header = {.nlmsg_len = sizeof(message),
                          .nlmsg_type = NLMSG_DONE,
                          .nlmsg_flags = NLM_F_MULTI},
               .error = -EBADMSG};
  uint32_t ports[MAX_PORTS];
  unsigned count = read_ports(protocol, ports);
  struct sockaddr_nl own = {.nl_family = AF_NETLINK};
  socklen_t size = sizeof(own);
  getsockname(fd, (struct sockaddr *)&own, &size);
  for (unsigned i = 0; i < count; i++) {
    const struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_pid = ports[i]};
    if (ports[i] == own.nl_pid)
      continue;
    bool ok = sendto(fd, &message, sizeof(message), MSG_DONTWAIT,
                     (const struct sockaddr *)&to, sizeof(to)) > 0;
    *accepted += ok;
    *refused += !ok && errno == ECONNREFUSED;
  }
}

int netload_inject(const struct subcommand *self, int argc, char **argv) {
  unsigned protocol, seconds, accepted = 0, refused = 0;
  struct sockaddr_nl any = {.nl_family = AF_NETLINK};
  if (argc != 3 || !netload_number(argv[1], 0, 31, &protocol) ||
      !netload_number(argv[2], 1, MAX_SECONDS, &seconds))
    return netload_usage_error(self, "expected PROTOCOL and SECONDS");
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, (int)protocol);
  if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) != 0)
    return netload_failure(self, "a netlink socket");
  for (time_t end = time(NULL) + seconds; time(NULL) < end; rest(1))
    inject(fd, protocol, &accepted, &refused);
  printf("%u accepted, %u refused\n", accepted, refused);
  return 0;
}
