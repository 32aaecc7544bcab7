/* SPDX-License-Identifier: MIT */
#include "many_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_PORT 8000

static struct many {
  int file;                         /* descriptor of the namespace */
  int sockets[NAMESPACE_LISTENERS]; /* of a namespace with a name */
  pid_t process;                    /* 0: the namespace has a name */
} many[MANY_NAMESPACES];

static int home;

static void die(const char *what) {
  perror(what);
  exit(99);
}

/* Returns r, or ends the program if it is negative. */
static int check(int r, const char *what) {
  if (r < 0)
    die(what);
  return r;
}

static int make_private(void) {
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
      mount("proc", "/proc", "proc", 0, NULL) < 0)
    return -errno;
  if (mkdir("/run/netns", 0755) < 0 && errno != EEXIST)
    return -errno;
  return mount("none", "/run/netns", "tmpfs", 0, NULL) < 0 ? -errno : 0;
}

/* Runs as process 1 of a new PID namespace; all other processes end with it. */
static int run_apart(int (*run)(void *data), void *data) {
  int r = make_private();
  if (r < 0)
    return -r;
  home = check(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "ns/net");
  return run(data);
}

int many_namespaces_apart(int (*run)(void *data), void *data) {
  int status;
  fflush(stdout);
  pid_t parent = check(fork(), "fork");
  if (parent != 0) {
    check(waitpid(parent, &status, 0), "waitpid");
    if (!WIFEXITED(status))
      return -EINTR;
    return WEXITSTATUS(status) == 98 ? -EPERM : WEXITSTATUS(status);
  }
  if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) < 0)
    _exit(98);
  pid_t child = check(fork(), "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int r = run_apart(run, data);
    fflush(stdout);
    _exit(r);
  }
  check(waitpid(child, &status, 0), "waitpid");
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 97);
}

static int listen_at(int port) {
  const struct sockaddr_in at = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port)};
  int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  check(bind(fd, (const struct sockaddr *)&at, sizeof(at)), "bind");
  check(listen(fd, 128), "listen");
  return fd;
}

static void fill(struct many *one) {
  check(unshare(CLONE_NEWNET), "unshare");
  for (int i = 0; i < NAMESPACE_LISTENERS; i++)
    one->sockets[i] = listen_at(FIRST_PORT + i);
}

static const char *path_of(unsigned i) {
  static char path[64];
  snprintf(path, sizeof(path), "/run/netns/many-%u", i);
  return path;
}

void many_namespaces_name(unsigned i) {
  const char *path = path_of(i);
  int fd = check(open(path, O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0), path);
  close(fd);
  many[i].process = 0;
  fill(&many[i]);
  check(mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL), path);
  many[i].file = check(open(path, O_RDONLY | O_CLOEXEC), path);
  many_namespaces_enter(-1);
}

/* Closes what was inherited, so that it ends when the parent closes it. */
static void close_all_but(int fd) {
  check(close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0), "close_range");
  check(close_range((unsigned)fd + 1, ~0U, 0), "close_range");
}

void many_namespaces_process(unsigned i) {
  int ready[2];
  char byte = 0, path[64];
  check(pipe2(ready, O_CLOEXEC), "pipe");
  pid_t child = check(fork(), "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_all_but(ready[1]);
    fill(&many[i]);
    if (write(ready[1], &byte, 1) == 1)
      pause();
    _exit(0);
  }
  close(ready[1]);
  if (read(ready[0], &byte, 1) != 1)
    die("a process in a namespace");
  close(ready[0]);
  many[i].process = child;
  snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
  many[i].file = check(open(path, O_RDONLY | O_CLOEXEC), path);
}

void many_namespaces_end(unsigned i) {
  struct many *one = &many[i];
  close(one->file);
  if (one->process != 0) {
    check(kill(one->process, SIGKILL), "kill");
    check(waitpid(one->process, NULL, 0), "waitpid");
    return;
  }
  for (int j = 0; j < NAMESPACE_LISTENERS; j++)
    close(one->sockets[j]);
  check(umount2(path_of(i), MNT_DETACH), path_of(i));
  check(unlink(path_of(i)), path_of(i));
}

void many_namespaces_enter(int i) {
  check(setns(i < 0 ? home : many[i].file, CLONE_NEWNET), "setns");
}
