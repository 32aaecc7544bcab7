/* SPDX-License-Identifier: MIT */
/* Interfaces and sockets of this process that are replaced one after the
 * other. */
#ifndef CHURN_H
#define CHURN_H

/* Replaces the oldest tap device and the oldest sockets: a TCP listener, a UDP
 * socket, a UNIX listener and a connection, each at a port or path of its own.
 * There are none at first, and CHURN_KEPT of each after as many calls. Ends the
 * program if that fails. */
#define CHURN_KEPT 12
void churn(unsigned number);

#endif
