/* SPDX-License-Identifier: MIT */
/* Names the setting that decides about connections and ephemeral ports, and
 * what to do. */
#ifndef SOCK_CONNECTIONS_ADVICE_H
#define SOCK_CONNECTIONS_ADVICE_H

#include "sock_state.h"

/* A group whose SYN queues fill up. */
void sock_connections_advice_syn_queue(const struct sock_backlog *sock,
                                       const struct sock_space *space,
                                       const struct sock_group *group,
                                       struct explanation *explanation);

/* Ephemeral ports that run out. Adds the destination as a detail. */
void sock_connections_advice_ephemeral(const struct sock_backlog *sock,
                                       const struct sock_space *space,
                                       struct explanation *explanation);

#endif
