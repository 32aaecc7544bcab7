/* SPDX-License-Identifier: MIT */
/* Holds many sockets in its network namespace until its input ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "many_sockets.h"

static unsigned number(const char *text) {
  return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
  struct many_sockets many = {.listeners = MANY_LISTENERS,
                              .udp = MANY_UDP,
                              .connections = MANY_CONNECTIONS};
  char byte;
  if (argc == 4)
    many = (struct many_sockets){.listeners = number(argv[1]),
                                 .udp = number(argv[2]),
                                 .connections = number(argv[3])};
  if (argc != 4 && argc != 1) {
    fprintf(stderr, "usage: hold_sockets [LISTENERS UDP CONNECTIONS]\n");
    return 2;
  }
  int r = many_sockets_make(&many);
  printf("%s\n", r < 0 ? strerror(-r) : "ready");
  fflush(stdout);
  while (r == 0 && read(STDIN_FILENO, &byte, 1) > 0)
    continue;
  return r < 0;
}
