/* SPDX-License-Identifier: MIT */
/* Connections with both ends in this process, for netload hold. Each returns
 * false, with errno set, if it failed. */
#ifndef NETLOAD_CONNECT_H
#define NETLOAD_CONNECT_H

#include "netload.h"

/* Makes so many to a listener, which accepts them. */
bool netload_connect(const char *name, int listener, const struct endpoint *at,
                     unsigned count);

/* All ends of a side, "client" or "server", send so many bytes each, which
 * nobody reads. */
bool netload_send(const char *name, const char *side, unsigned bytes);

/* They send until they would have to wait. */
bool netload_block(const char *name, const char *side);

/* They are closed. */
bool netload_hang_up(const char *name, const char *side);

#endif
