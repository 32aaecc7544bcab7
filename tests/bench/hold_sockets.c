/* SPDX-License-Identifier: MIT */
/* Holds many sockets in its network namespace until its input ends. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "many_sockets.h"

int main(void) {
  const struct many_sockets many = {.listeners = MANY_LISTENERS,
                                    .udp = MANY_UDP,
                                    .connections = MANY_CONNECTIONS};
  char byte;
  int r = many_sockets_make(&many);
  printf("%s\n", r < 0 ? strerror(-r) : "ready");
  fflush(stdout);
  while (r == 0 && read(STDIN_FILENO, &byte, 1) > 0)
    continue;
  return r < 0;
}
