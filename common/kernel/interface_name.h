/* SPDX-License-Identifier: MIT */
/* The names of interfaces by their indices, which a network namespace gives out
 * anew only after its interfaces are gone. Source: net/core/dev_ioctl.c. */
#ifndef INTERFACE_NAME_H
#define INTERFACE_NAME_H

#include <net/if.h>
#include <stdint.h>

/* Opens a socket for the question, in the calling thread's network namespace.
 * Returns a descriptor, close-on-exec, or -errno. */
int interface_name_open(void);

/* Finds the name of an interface in the socket's namespace. Returns 0, -ENODEV
 * if there is no such interface, or another -errno; ret is then unchanged. */
int interface_name_find(int fd, uint32_t index, char ret[static IFNAMSIZ]);

#endif
