/* SPDX-License-Identifier: MIT */
/* Names the setting that decides about a full queue of a socket, and what to
 * do. A setting that cannot be read is named without its value. */
#ifndef SOCK_ADVICE_H
#define SOCK_ADVICE_H

#include "sock_state.h"

/* A listener whose accept queue fills up, or that refuses connections. */
void sock_advice_backlog(const struct sock_backlog *sock,
                         const struct sock_space *space,
                         const struct sock_entry *socket,
                         struct explanation *explanation);

/* The setting of a backlog alone. */
void sock_advice_backlog_setting(const struct sock_backlog *sock,
                                 const struct sock_space *space,
                                 const struct sock_entry *socket,
                                 struct explanation *explanation);

/* A UDP socket whose receive buffer fills up. */
void sock_advice_buffer(const struct sock_backlog *sock,
                        const struct sock_space *space,
                        const struct sock_entry *socket,
                        struct explanation *explanation);

/* A UDP socket that lost datagrams, for whatever cause. */
void sock_advice_datagrams(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           const struct sock_entry *socket,
                           struct explanation *explanation);

#endif
