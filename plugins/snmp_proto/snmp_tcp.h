/* SPDX-License-Identifier: MIT */
/* The causes of TCP's losses. Each function completes the explanation of an
 * alert; without evidence, the advice of the table stays. */
#ifndef SNMP_TCP_H
#define SNMP_TCP_H

#include "snmp_cause.h"

/* Tcp retransmitted. */
void snmp_tcp_retransmissions(const struct snmp_cause_context *context);

/* Segments dropped for lack of receive memory: by the limit of the socket, of
 * its cgroup or of the host. */
void snmp_tcp_receive_memory(const struct snmp_cause_context *context);

void snmp_tcp_beyond_window(const struct snmp_cause_context *context);
void snmp_tcp_abort_on_memory(const struct snmp_cause_context *context);

/* TCPReqQFullDoCookies: a flood, or clients. */
void snmp_tcp_cookies(const struct snmp_cause_context *context);

/* ListenDropsOther. */
void snmp_tcp_listen_drops(const struct snmp_cause_context *context);

#endif
