/* SPDX-License-Identifier: MIT */
/* Names the setting that decides in an alert, and what to do about it. */
#ifndef SOCK_ADVICE_H
#define SOCK_ADVICE_H

#include "sock_state.h"

/* A listener whose accept queue fills up. */
void sock_advice_backlog(const struct sock_backlog *sock,
                         const struct sock_space *space,
                         const struct sock_entry *socket,
                         struct explanation *explanation);

/* A group whose SYN queues fill up. */
void sock_advice_syn_queue(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           const struct sock_group *group,
                           struct explanation *explanation);

/* A UDP socket whose receive buffer fills up. */
void sock_advice_buffer(const struct sock_backlog *sock,
                        const struct sock_space *space,
                        const struct sock_entry *socket,
                        struct explanation *explanation);

/* Ephemeral ports that run out. Adds the destination as a detail. */
void sock_advice_ephemeral(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           struct explanation *explanation);

#endif
