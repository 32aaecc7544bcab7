/* SPDX-License-Identifier: MIT */
/* Explains an alert: which process has the socket, which setting decides, and
 * what to do. */
#ifndef SOCK_EXPLAIN_H
#define SOCK_EXPLAIN_H

#include "sock_state.h"

/* Logs once which capability is missing to name the processes of other users.
 */
void sock_explain_start(const struct sock_backlog *sock);

/* The layer's explain; state is a struct sock_backlog. */
void sock_explain_alert(void *state, const struct report *report,
                        const struct alert *alert,
                        struct explanation *explanation);

#endif
