/* SPDX-License-Identifier: MIT */
#include "sock_meters.h"

#define LISTENER "sock_diag, LISTEN sockets"
#define DATAGRAM "sock_diag, UDP sockets"

#define LEVEL(instance, meter_key, meter_type)                                 \
  .name = instance, .key = meter_key, .type = meter_type, .kind = METER_GAUGE, \
  .meaning = METER_PRESSURE

#define SHARE(instance, meter_key)                                             \
  LEVEL(instance, meter_key, "percent"), .unit = "%", .verb = "uses"

#define CONNECTIONS "sock_diag, TCP connections"

/* Meters of connections, which are read only with ReportConnections. */
#define STATE(instance, meter_key, words, what_to_do, meaning_help)            \
  {                                                                            \
    LEVEL(instance, meter_key, "current_connections"),                         \
        .unit = "connections", .place = words, .advice = what_to_do,           \
        .source = CONNECTIONS, .help = meaning_help                            \
  }
#define BYTES(instance, meter_key, words, what_to_do, meaning_help)            \
  {                                                                            \
    LEVEL(instance, meter_key, "bytes"),                                       \
        .unit = "bytes", .place = words, .advice = what_to_do,                 \
        .source = CONNECTIONS, .help = meaning_help                            \
  }

#define SEE_ESTABLISHED "see the peers: ss -tn state established"
#define SEE_SYN_SENT "the peers do not answer: ss -tn state syn-sent"
#define NO_FIN "the peers do not answer a FIN: ss -tno shows the timers"
#define NO_LAST_FIN                                                            \
  "the peers do not close their side: ss -tnp state fin-wait-2"
#define IS_REMEMBERED "they end after 60 s, and only take up ephemeral ports"
#define NOT_CLOSED "the application does not close them: fix or restart it"
#define NOT_READ "the application does not read: see what it waits for"
#define NOT_ACKNOWLEDGED "the peer or the path is slow: ss -tni shows which"

#define LOSS(meter_key, meter_type)                                            \
  .name = "dropped", .key = meter_key, .type = meter_type,                     \
  .kind = METER_COUNTER64, .meaning = METER_LOSS

/* A queue that is not full shows 99 % at most. */
#define ALMOST_FULL 99

const struct meter sock_meters[SOCK_METER_COUNT] = {
    [SOCK_ACCEPT] = {LEVEL("accept", "accept", "queue_length"),
                     .unit = "connections", .place = "in its accept queue",
                     .source = LISTENER,
                     .help = "Connections waiting for accept(), at all "
                             "listeners of the port or path."},
    [SOCK_ACCEPT_LIMIT] =
        {LEVEL("accept_limit", "accept_limit", "queue_length"),
         .unit = "connections", .source = LISTENER,
         .help = "The backlogs in effect, added up: for each listener the "
                 "smaller of what it passed to listen() and net.core.somaxconn "
                 "at that time. The kernel takes one more."},
    [SOCK_ACCEPT_QUEUE] =
        {SHARE("accept_queue", "accept_queue"), .place = "of its accept queue",
         .limits = THRESHOLD_ABOVE(80, ALMOST_FULL),
         .setting = "net.core.somaxconn",
         .advice = "accept faster, or raise the listen() "
                   "backlog",
         .source = LISTENER, .bucket = LEDGER_TCP_LISTEN,
         .help = "How full the fullest listener's queue is. At 100, which is "
                 "one more than the limit, the next connection is refused; "
                 "below that it is 99 at most."},
    [SOCK_ACCEPT_DROPPED] =
        {LOSS("accept_dropped", "connections"), .unit = "connection attempts",
         .verb = "refused", .place = "at its accept queue",
         .limits = THRESHOLD_ABOVE(0.2, NAN), .setting = "net.core.somaxconn",
         .advice = "accept faster, or raise the listen() backlog",
         .source = LISTENER " (Linux 4.9), and TcpExt ListenDrops",
         .bucket = LEDGER_TCP_LISTEN, .exactness = LEDGER_OBJECT,
         .help = "SYNs and last ACKs that the listeners refused, nearly always "
                 "because the accept queue was full; a peer that repeats its "
                 "SYN counts again. Other packets that listeners drop, such as "
                 "RSTs, do not count; drop_reason counts those that a socket "
                 "filter refuses, as socket_filter. A single refusal raises "
                 "nothing."},
    [SOCK_SYN_RECEIVED] = {LEVEL("syn_received", "syn_received",
                                 "current_connections"),
                           .unit = "connections", .place = "half open",
                           .source = "sock_diag, SYN_RECV sockets",
                           .help = "Connections whose handshake lacks the last "
                                   "ACK. Only with ReportSynReceived or "
                                   "ReportConnections."},
    [SOCK_SYN_LIMIT] =
        {LEVEL("syn_received_limit", "syn_received_limit",
               "current_connections"),
         .unit = "connections", .source = LISTENER,
         .help = "How many half-open connections the listeners hold before "
                 "they answer with SYN cookies or not at all: their "
                 "accept_limit. Three quarters of net.ipv4.tcp_max_syn_backlog "
                 "are a limit too, but only while net.ipv4.tcp_syncookies is "
                 "0. Since Linux 6.12, the kernel takes one more."},
    [SOCK_SYN_QUEUE] =
        {SHARE("syn_queue", "syn_queue"), .place = "of its SYN queue",
         .limits = THRESHOLD_ABOVE(80, NAN), .setting = "net.core.somaxconn",
         .advice = "a flood, or too small: raise the listen() "
                   "backlog",
         .source = "sock_diag, SYN_RECV sockets", .bucket = LEDGER_TCP_LISTEN,
         .help = "syn_received as a share of syn_received_limit. Nothing is "
                 "lost yet: with SYN cookies, connections only lose options. "
                 "A full accept queue keeps connections half open, too."},
    [SOCK_ESTABLISHED] =
        STATE("established", "established", "established", SEE_ESTABLISHED,
              "Connections of the port that are open in both directions. This "
              "meter and those below need ReportConnections."),
    [SOCK_FIN_WAIT1] =
        STATE("fin_wait1", "fin_wait1", "in FIN_WAIT1", NO_FIN,
              "Closed by this host; the peer has yet to acknowledge that."),
    [SOCK_FIN_WAIT2] =
        STATE("fin_wait2", "fin_wait2", "in FIN_WAIT2", NO_LAST_FIN,
              "Closed by this host; the peer has yet to close its side."),
    [SOCK_TIME_WAIT] =
        STATE("time_wait", "time_wait", "in TIME_WAIT", IS_REMEMBERED,
              "Closed by this host first, and remembered for 60 seconds; "
              "net.ipv4.tcp_fin_timeout does not change that."),
    [SOCK_CLOSE_WAIT] =
        STATE("close_wait", "close_wait", "in CLOSE_WAIT", NOT_CLOSED,
              "Closed by the peer, but not by the application. A growing "
              "number means that the application forgets to close."),
    [SOCK_LAST_ACK] =
        STATE("last_ack", "last_ack", "in LAST_ACK", NO_FIN,
              "Closed by both ends; the peer has yet to acknowledge that."),
    [SOCK_CLOSING] =
        STATE("closing", "closing", "in CLOSING", NO_FIN,
              "Closed by both ends at the same time; not acknowledged yet."),
    [SOCK_RECV_Q] = BYTES(
        "recv_q", "recv_q", "in its receive queues", NOT_READ,
        "Recv-Q: bytes waiting for the application, all connections together."),
    [SOCK_RECV_Q_MAX] =
        BYTES("recv_q_max", "recv_q_max", "in its longest receive queue",
              NOT_READ, "The same, for the connection with most."),
    [SOCK_RECV_Q_HIGH] = STATE("recv_q_high", "recv_q_high",
                               "with a long receive queue", NOT_READ,
                               "Connections with a Recv-Q above RecvQueueHigh: "
                               "the application does not read."),
    [SOCK_SEND_Q] =
        BYTES("send_q", "send_q", "in its send queues", NOT_ACKNOWLEDGED,
              "Send-Q: bytes that the peers have not acknowledged, sent or "
              "not, all connections together."),
    [SOCK_SEND_Q_MAX] =
        BYTES("send_q_max", "send_q_max", "in its longest send queue",
              NOT_ACKNOWLEDGED, "The same, for the connection with most."),
    [SOCK_SEND_Q_HIGH] =
        STATE("send_q_high", "send_q_high", "with a long send queue",
              NOT_ACKNOWLEDGED,
              "Connections with a Send-Q above SendQueueHigh: the peer or the "
              "path is slow."),
    [SOCK_RECEIVE_BYTES] =
        {LEVEL("receive_queue", "receive_bytes", "bytes"), .unit = "bytes",
         .place = "in its receive buffer", .source = DATAGRAM,
         .help = "Memory taken by waiting datagrams, as the kernel counts it "
                 "against the limit, for all sockets of the port."},
    [SOCK_RECEIVE_LIMIT] = {LEVEL("receive_limit", "receive_limit", "bytes"),
                            .unit = "bytes", .source = DATAGRAM,
                            .help = "The receive buffers of these sockets, "
                                    "added up."},
    [SOCK_RECEIVE_QUEUE] = {SHARE("receive_queue", "receive_queue"),
                            .place = "of its receive buffer",
                            .limits = THRESHOLD_ABOVE(80, 95),
                            .setting = "net.core.rmem_max",
                            .advice = "read faster, or raise SO_RCVBUF",
                            .source = DATAGRAM, .bucket = LEDGER_UDP_RECEIVE,
                            .help = "How full the fullest socket's receive "
                                    "buffer is."},
    [SOCK_RECEIVE_DROPPED] =
        {LOSS("receive_dropped", "packets"), .unit = "datagrams",
         .verb = "lost",
         .place = "at its receive buffer", .limits = THRESHOLD_ABOVE(1, 100),
         .setting = "net.core.rmem_max",
         .advice = "read faster, or raise SO_RCVBUF",
         .source = DATAGRAM " (Linux 4.9), or /proc/net/udp",
         .bucket = LEDGER_UDP_RECEIVE, .exactness = LEDGER_OBJECT,
         .help =
             "Datagrams that came for the sockets and were thrown away: the "
             "buffer was full or, rarely, net.ipv4.udp_mem was used up, the "
             "checksum was wrong or a socket filter refused them. The "
             "notification says which, by the counters of the protocol."},
    [SOCK_SOCKETS] = {.name = "sockets",
                      .type = "count",
                      .kind = METER_GAUGE,
                      .meaning = METER_INFORMATION,
                      .source = "sock_diag",
                      .help = "Sockets of the port or path: more than one with "
                              "SO_REUSEPORT, or on several addresses."},
    [SOCK_TOTAL_ACCEPT] = {LEVEL("accept", "total_accept", "queue_length"),
                           .unit = "connections", .place = "in accept queues",
                           .source = LISTENER,
                           .help = "As accept, of all listeners of the "
                                   "protocol."},
    [SOCK_TOTAL_ACCEPT_QUEUE] = {SHARE("accept_queue", "total_accept_queue"),
                                 .place = "of the fullest accept queue",
                                 .source = LISTENER,
                                 .help = "As accept_queue: the fullest "
                                         "listener of the protocol."},
    [SOCK_TOTAL_ACCEPT_DROPPED] = {LOSS("total_accept_dropped", "connections"),
                                   .unit = "connection attempts",
                                   .verb = "refused",
                                   .place = "at accept queues",
                                   .source = LISTENER " (Linux 4.9)",
                                   .bucket = LEDGER_TCP_LISTEN,
                                   .exactness = LEDGER_WATCHES,
                                   .help = "As accept_dropped, of all "
                                           "listeners."},
    [SOCK_TOTAL_SYN_RECEIVED] = {LEVEL("syn_received", "total_syn_received",
                                       "current_connections"),
                                 .unit = "connections", .place = "half open",
                                 .source = "sock_diag, SYN_RECV sockets",
                                 .help = "As syn_received, of all listeners."},
    [SOCK_TOTAL_ESTABLISHED] = STATE(
        "established", "total_established", "established", SEE_ESTABLISHED,
        "As established, of all TCP connections, those to other hosts "
        "included. From here on: only with ReportConnections."),
    [SOCK_TOTAL_SYN_SENT] = STATE(
        "syn_sent", "total_syn_sent", "in SYN_SENT", SEE_SYN_SENT,
        "Connections that this host begins and the peer has yet to answer."),
    [SOCK_TOTAL_FIN_WAIT1] =
        STATE("fin_wait1", "total_fin_wait1", "in FIN_WAIT1", NO_FIN,
              "As fin_wait1, of all."),
    [SOCK_TOTAL_FIN_WAIT2] =
        STATE("fin_wait2", "total_fin_wait2", "in FIN_WAIT2", NO_LAST_FIN,
              "As fin_wait2, of all."),
    [SOCK_TOTAL_TIME_WAIT] =
        STATE("time_wait", "total_time_wait", "in TIME_WAIT", IS_REMEMBERED,
              "As time_wait, of all."),
    [SOCK_TOTAL_CLOSE_WAIT] =
        STATE("close_wait", "total_close_wait", "in CLOSE_WAIT", NOT_CLOSED,
              "As close_wait, of all."),
    [SOCK_TOTAL_LAST_ACK] = STATE("last_ack", "total_last_ack", "in LAST_ACK",
                                  NO_FIN, "As last_ack, of all."),
    [SOCK_TOTAL_CLOSING] = STATE("closing", "total_closing", "in CLOSING",
                                 NO_FIN, "As closing, of all."),
    [SOCK_TOTAL_RECV_Q] = BYTES("recv_q", "total_recv_q", "in receive queues",
                                NOT_READ, "As recv_q, of all."),
    [SOCK_TOTAL_RECV_Q_MAX] =
        BYTES("recv_q_max", "total_recv_q_max", "in the longest receive queue",
              NOT_READ, "As recv_q_max, of all."),
    [SOCK_TOTAL_RECV_Q_HIGH] =
        STATE("recv_q_high", "total_recv_q_high", "with a long receive queue",
              NOT_READ, "As recv_q_high, of all."),
    [SOCK_TOTAL_SEND_Q] = BYTES("send_q", "total_send_q", "in send queues",
                                NOT_ACKNOWLEDGED, "As send_q, of all."),
    [SOCK_TOTAL_SEND_Q_MAX] =
        BYTES("send_q_max", "total_send_q_max", "in the longest send queue",
              NOT_ACKNOWLEDGED, "As send_q_max, of all."),
    [SOCK_TOTAL_SEND_Q_HIGH] =
        STATE("send_q_high", "total_send_q_high", "with a long send queue",
              NOT_ACKNOWLEDGED, "As send_q_high, of all."),
    [SOCK_EPHEMERAL_PORTS] =
        {SHARE("ephemeral_ports", "ephemeral_ports"),
         .place = "of the ephemeral ports to one destination",
         .limits = THRESHOLD_ABOVE(80, 95),
         .setting = "net.ipv4.ip_local_port_range",
         .advice = "widen it, to 1024 65535 for example", .source = CONNECTIONS,
         .help = "ephemeral_taken as a share of ephemeral_limit, for the "
                 "busiest source address, destination address and destination "
                 "port. At 100, connect() fails with EADDRNOTAVAIL, which the "
                 "kernel counts nowhere."},
    [SOCK_EPHEMERAL_TAKEN] =
        {LEVEL("ephemeral_taken", "ephemeral_taken", "count"), .unit = "ports",
         .place = "taken to one destination", .source = CONNECTIONS,
         .help = "Ports that a new connection to it cannot get: those of "
                 "connections in any state, TIME_WAIT included unless "
                 "net.ipv4.tcp_tw_reuse gives them up."},
    [SOCK_EPHEMERAL_LIMIT] =
        {LEVEL("ephemeral_limit", "ephemeral_limit", "count"), .unit = "ports",
         .source = "sysctl net.ipv4.ip_local_port_range",
         .help =
             "Ports that can be given out: net.ipv4.ip_local_port_range less "
             "net.ipv4.ip_local_reserved_ports and the ports with a listener."},
    [SOCK_EPHEMERAL_TIME_WAIT] =
        {LEVEL("ephemeral_time_wait", "ephemeral_time_wait", "count"),
         .unit = "ports", .place = "taken by TIME_WAIT", .source = CONNECTIONS,
         .help = "The part of ephemeral_taken in TIME_WAIT."},
    [SOCK_EPHEMERAL_ALL] =
        {LEVEL("ephemeral_all", "ephemeral_all", "count"),
         .unit = "ports", .place = "in use", .source = CONNECTIONS,
         .help = "Ports of the range in use by connections to any destination. "
                 "A program that calls bind() before connect(), without "
                 "IP_BIND_ADDRESS_NO_PORT, shares none of them."},
    [SOCK_TOTAL_RECEIVE_BYTES] =
        {LEVEL("receive_queue", "total_receive_bytes", "bytes"),
         .unit = "bytes", .place = "in receive buffers", .source = DATAGRAM,
         .help = "As receive_bytes, of all UDP "
                 "sockets."},
    [SOCK_TOTAL_RECEIVE_QUEUE] = {SHARE("receive_queue", "total_receive_queue"),
                                  .place = "of the fullest receive buffer",
                                  .source = DATAGRAM,
                                  .help = "As receive_queue: the fullest UDP "
                                          "socket."},
    [SOCK_TOTAL_RECEIVE_DROPPED] =
        {LOSS("total_receive_dropped", "packets"), .unit = "datagrams",
         .verb = "lost", .place = "at receive buffers",
         .source = DATAGRAM " (Linux 4.9), or /proc/net/udp",
         .bucket = LEDGER_UDP_RECEIVE, .exactness = LEDGER_WATCHES,
         .help = "As receive_dropped, of all UDP sockets, those with ephemeral "
                 "ports included."},
    [SOCK_TOTAL_SOCKETS] = {.name = "sockets",
                            .key = "total_sockets",
                            .type = "count",
                            .kind = METER_GAUGE,
                            .meaning = METER_INFORMATION,
                            .source = "sock_diag",
                            .help = "Listeners, or UDP sockets, of the "
                                    "protocol."},
    [SOCK_SOMAXCONN] =
        {.name = "somaxconn",
         METER_SYSCTL("net.core.somaxconn"),
         .unit = "connections",
         .help =
             "The greatest backlog that listen() grants; limits accept_limit."},
    [SOCK_RMEM_DEFAULT] = {.name = "rmem_default",
                           METER_SYSCTL("net.core.rmem_default"),
                           .unit = "bytes",
                           .help = "The receive buffer of a UDP socket that "
                                   "sets no size; decides receive_limit."},
    [SOCK_RMEM_MAX] =
        {.name = "rmem_max",
         METER_SYSCTL("net.core.rmem_max"),
         .unit = "bytes",
         .help = "The greatest receive buffer that SO_RCVBUF grants, which the "
                 "kernel then doubles; limits receive_limit."},
};
