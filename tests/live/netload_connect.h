/* SPDX-License-Identifier: MIT */
/* Connections with both ends in this process, for netload hold. All functions
 * return false, with errno set, if they fail. */
#ifndef NETLOAD_CONNECT_H
#define NETLOAD_CONNECT_H

#include "netload.h"

/* Makes count connections to a listener and accepts them. */
bool netload_connect(const char *name, int listener, const struct endpoint *at,
                     unsigned count);

/* Sends so many bytes from each end of a side, "client" or "server". Nobody
 * reads them. */
bool netload_send(const char *name, const char *side, unsigned bytes);

/* Sends from each end of a side until it would block. */
bool netload_block(const char *name, const char *side);

/* Closes each end of a side. */
bool netload_hang_up(const char *name, const char *side);

#endif
