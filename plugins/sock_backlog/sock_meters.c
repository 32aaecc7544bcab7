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

/* Only with ReportConnections, of a port and of all. */
#define STATE(instance, meter_key, words, meaning_help)                        \
  {                                                                            \
    LEVEL(instance, meter_key, "current_connections"),                         \
        .unit = "connections", .place = words, .source = CONNECTIONS,          \
        .help = meaning_help                                                   \
  }
#define BYTES(instance, meter_key, words, meaning_help)                        \
  {                                                                            \
    LEVEL(instance, meter_key, "bytes"), .unit = "bytes", .place = words,      \
                                         .source = CONNECTIONS,                \
                                         .help = meaning_help                  \
  }

#define LOSS(meter_key, meter_type)                                            \
  .name = "dropped", .key = meter_key, .type = meter_type,                     \
  .kind = METER_COUNTER64, .meaning = METER_LOSS

/* A queue that is not full shows 99 % at most. */
#define ALMOST_FULL 99

const struct meter sock_meters[SOCK_METER_COUNT] = {
    [SOCK_ACCEPT] = {LEVEL("accept", "accept", "queue_length"),
                     .unit = "connections", .place = "in its accept queue",
                     .source = LISTENER,
                     .help = "Connections that wait for accept(), of all "
                             "listeners of the port or path."},
    [SOCK_ACCEPT_LIMIT] = {LEVEL("accept_limit", "accept_limit",
                                 "queue_length"),
                           .unit = "connections", .source = LISTENER,
                           .help = "The backlogs that the kernel goes by, "
                                   "added up: of each listener the smaller of "
                                   "what it gave listen() and of "
                                   "net.core.somaxconn at that time. One more "
                                   "than that is taken."},
    [SOCK_ACCEPT_QUEUE] = {SHARE("accept_queue", "accept_queue"),
                           .place = "of its accept queue",
                           .limits = THRESHOLD_ABOVE(80, ALMOST_FULL),
                           .setting = "net.core.somaxconn",
                           .advice = "accept faster, or raise the listen() "
                                     "backlog",
                           .source = LISTENER,
                           .help = "How full the fullest listener's queue is. "
                                   "100 is one more than the limit: the next "
                                   "connection is refused. Until then it is 99 "
                                   "at most."},
    [SOCK_ACCEPT_DROPPED] = {LOSS("accept_dropped", "connections"),
                             .unit = "connection attempts", .verb = "refused",
                             .place = "at its accept queue",
                             .limits = THRESHOLD_ABOVE(0, NAN),
                             .setting = "net.core.somaxconn",
                             .advice = "accept faster, or raise the listen() "
                                       "backlog",
                             .source = LISTENER " (Linux 4.9)",
                             .help = "SYNs and last ACKs that the listeners "
                                     "threw away, nearly always because the "
                                     "accept queue was full; a peer that "
                                     "repeats its SYN counts again. Not judged "
                                     "while accept_queue is raised as a "
                                     "failure, which says the same."},
    [SOCK_SYN_RECEIVED] = {LEVEL("syn_received", "syn_received",
                                 "current_connections"),
                           .unit = "connections", .place = "half open",
                           .source = "sock_diag, SYN_RECV sockets",
                           .help = "Connections whose last ACK is still to "
                                   "come. Only with ReportSynReceived or "
                                   "ReportConnections."},
    [SOCK_SYN_LIMIT] = {LEVEL("syn_received_limit", "syn_received_limit",
                              "current_connections"),
                        .unit = "connections", .source = LISTENER,
                        .help = "How many the listeners take before they "
                                "answer with SYN cookies, or not at all: their "
                                "accept_limit. net.ipv4.tcp_max_syn_backlog, "
                                "less a quarter of it, is a limit too only "
                                "while net.ipv4.tcp_syncookies is 0. One more "
                                "is taken since Linux 6.12."},
    [SOCK_SYN_QUEUE] = {SHARE("syn_queue", "syn_queue"),
                        .place = "of its SYN queue",
                        .limits = THRESHOLD_ABOVE(80, NAN),
                        .setting = "net.core.somaxconn",
                        .advice = "a flood, or too small: raise the listen() "
                                  "backlog",
                        .source = "sock_diag, SYN_RECV sockets",
                        .help = "syn_received of syn_received_limit. Nothing "
                                "is lost yet: with SYN cookies, connections "
                                "only lose options. Not judged while "
                                "accept_queue is raised, which keeps them half "
                                "open."},
    [SOCK_ESTABLISHED] =
        STATE("established", "established", "established",
              "Connections of the port that are open in both directions. From "
              "here on: only with ReportConnections."),
    [SOCK_FIN_WAIT1] = STATE(
        "fin_wait1", "fin_wait1", "in FIN_WAIT1",
        "Closed by this host, and the peer did not acknowledge that yet."),
    [SOCK_FIN_WAIT2] =
        STATE("fin_wait2", "fin_wait2", "in FIN_WAIT2",
              "Closed by this host; the peer has yet to close its side."),
    [SOCK_TIME_WAIT] =
        STATE("time_wait", "time_wait", "in TIME_WAIT",
              "Closed by this host first, and remembered for 60 seconds; "
              "net.ipv4.tcp_fin_timeout does not change that."),
    [SOCK_CLOSE_WAIT] =
        STATE("close_wait", "close_wait", "in CLOSE_WAIT",
              "Closed by the peer, and not by the application. A number that "
              "grows is an application that forgets to."),
    [SOCK_LAST_ACK] =
        STATE("last_ack", "last_ack", "in LAST_ACK",
              "Closed by both; the peer did not acknowledge the latter yet."),
    [SOCK_CLOSING] =
        STATE("closing", "closing", "in CLOSING",
              "Closed by both at the same time, not acknowledged yet."),
    [SOCK_RECV_Q] = BYTES("recv_q", "recv_q", "in its receive queues",
                          "Recv-Q: bytes that wait for the application, of all "
                          "connections."),
    [SOCK_RECV_Q_MAX] =
        BYTES("recv_q_max", "recv_q_max", "in its longest receive queue",
              "The same, of the connection with most."),
    [SOCK_RECV_Q_HIGH] =
        STATE("recv_q_high", "recv_q_high", "with a long receive queue",
              "Connections with a Recv-Q above RecvQueueHigh: the application "
              "is slow."),
    [SOCK_SEND_Q] =
        BYTES("send_q", "send_q", "in its send queues",
              "Send-Q: bytes that the peers did not acknowledge, sent or not, "
              "of all connections."),
    [SOCK_SEND_Q_MAX] =
        BYTES("send_q_max", "send_q_max", "in its longest send queue",
              "The same, of the connection with most."),
    [SOCK_SEND_Q_HIGH] =
        STATE("send_q_high", "send_q_high", "with a long send queue",
              "Connections with a Send-Q above SendQueueHigh: the peer or the "
              "path is slow."),
    [SOCK_RECEIVE_BYTES] = {LEVEL("receive_queue", "receive_bytes", "bytes"),
                            .unit = "bytes", .place = "in its receive buffer",
                            .source = DATAGRAM,
                            .help = "Memory that waiting datagrams take, as "
                                    "the kernel counts it against the limit, "
                                    "of all sockets of the port."},
    [SOCK_RECEIVE_LIMIT] = {LEVEL("receive_limit", "receive_limit", "bytes"),
                            .unit = "bytes", .source = DATAGRAM,
                            .help = "The receive buffers of these sockets, "
                                    "added up."},
    [SOCK_RECEIVE_QUEUE] =
        {SHARE("receive_queue", "receive_queue"),
         .place = "of its receive buffer", .limits = THRESHOLD_ABOVE(80, 95),
         .setting = "net.core.rmem_max",
         .advice = "read faster, or raise SO_RCVBUF", .source = DATAGRAM,
         .help = "How full the fullest socket's receive "
                 "buffer is. Not judged while "
                 "receive_dropped is raised, which says "
                 "more."},
    [SOCK_RECEIVE_DROPPED] = {LOSS("receive_dropped", "packets"),
                              .unit = "datagrams", .verb = "lost",
                              .place = "at its receive buffer",
                              .limits = THRESHOLD_ABOVE(1, 100),
                              .setting = "net.core.rmem_max",
                              .advice = "read faster, or raise SO_RCVBUF",
                              .source = DATAGRAM " (Linux 4.9), or "
                                                 "/proc/net/udp",
                              .help = "Datagrams that came for the sockets and "
                                      "were thrown away: the buffer was full, "
                                      "or, rarely, the checksum was wrong or a "
                                      "socket filter refused them."},
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
                                   .help = "As accept_dropped, of all "
                                           "listeners."},
    [SOCK_TOTAL_SYN_RECEIVED] = {LEVEL("syn_received", "total_syn_received",
                                       "current_connections"),
                                 .unit = "connections", .place = "half open",
                                 .source = "sock_diag, SYN_RECV sockets",
                                 .help = "As syn_received, of all listeners."},
    [SOCK_TOTAL_ESTABLISHED] =
        STATE("established", "total_established", "established",
              "As established, of all TCP connections, those to other hosts "
              "included. From here on: only with ReportConnections."),
    [SOCK_TOTAL_SYN_SENT] =
        STATE("syn_sent", "total_syn_sent", "in SYN_SENT",
              "Connections that this host begins, and that the peer did not "
              "answer yet."),
    [SOCK_TOTAL_FIN_WAIT1] = STATE("fin_wait1", "total_fin_wait1",
                                   "in FIN_WAIT1", "As fin_wait1, of all."),
    [SOCK_TOTAL_FIN_WAIT2] = STATE("fin_wait2", "total_fin_wait2",
                                   "in FIN_WAIT2", "As fin_wait2, of all."),
    [SOCK_TOTAL_TIME_WAIT] = STATE("time_wait", "total_time_wait",
                                   "in TIME_WAIT", "As time_wait, of all."),
    [SOCK_TOTAL_CLOSE_WAIT] = STATE("close_wait", "total_close_wait",
                                    "in CLOSE_WAIT", "As close_wait, of all."),
    [SOCK_TOTAL_LAST_ACK] = STATE("last_ack", "total_last_ack", "in LAST_ACK",
                                  "As last_ack, of all."),
    [SOCK_TOTAL_CLOSING] =
        STATE("closing", "total_closing", "in CLOSING", "As closing, of all."),
    [SOCK_TOTAL_RECV_Q] = BYTES("recv_q", "total_recv_q", "in receive queues",
                                "As recv_q, of all."),
    [SOCK_TOTAL_RECV_Q_MAX] =
        BYTES("recv_q_max", "total_recv_q_max", "in the longest receive queue",
              "As recv_q_max, of all."),
    [SOCK_TOTAL_RECV_Q_HIGH] =
        STATE("recv_q_high", "total_recv_q_high", "with a long receive queue",
              "As recv_q_high, of all."),
    [SOCK_TOTAL_SEND_Q] =
        BYTES("send_q", "total_send_q", "in send queues", "As send_q, of all."),
    [SOCK_TOTAL_SEND_Q_MAX] =
        BYTES("send_q_max", "total_send_q_max", "in the longest send queue",
              "As send_q_max, of all."),
    [SOCK_TOTAL_SEND_Q_HIGH] =
        STATE("send_q_high", "total_send_q_high", "with a long send queue",
              "As send_q_high, of all."),
    [SOCK_EPHEMERAL_PORTS] =
        {SHARE("ephemeral_ports", "ephemeral_ports"),
         .place = "of the ephemeral ports to one destination",
         .limits = THRESHOLD_ABOVE(80, 95),
         .setting = "net.ipv4.ip_local_port_range",
         .advice = "widen it, or use more destinations, or sources "
                   "(IP_BIND_ADDRESS_NO_PORT)",
         .source = CONNECTIONS,
         .help = "ephemeral_taken of ephemeral_limit: of the busiest source "
                 "address, destination address and destination port. At 100 "
                 "connect() gives EADDRNOTAVAIL, which the kernel counts "
                 "nowhere."},
    [SOCK_EPHEMERAL_TAKEN] =
        {LEVEL("ephemeral_taken", "ephemeral_taken", "count"), .unit = "ports",
         .place = "taken to one destination", .source = CONNECTIONS,
         .help = "Ports that a new connection to it cannot get: those of "
                 "connections in any state, TIME_WAIT included unless "
                 "net.ipv4.tcp_tw_reuse gives them up."},
    [SOCK_EPHEMERAL_LIMIT] =
        {LEVEL("ephemeral_limit", "ephemeral_limit", "count"), .unit = "ports",
         .source = "sysctl net.ipv4.ip_local_port_range",
         .help = "How many there are: net.ipv4.ip_local_port_range less "
                 "net.ipv4.ip_local_reserved_ports, and less the ports at "
                 "which somebody listens."},
    [SOCK_EPHEMERAL_TIME_WAIT] =
        {LEVEL("ephemeral_time_wait", "ephemeral_time_wait", "count"),
         .unit = "ports", .place = "taken by TIME_WAIT", .source = CONNECTIONS,
         .help = "Of ephemeral_taken, those in TIME_WAIT."},
    [SOCK_EPHEMERAL_ALL] =
        {LEVEL("ephemeral_all", "ephemeral_all", "count"),
         .unit = "ports", .place = "in use", .source = CONNECTIONS,
         .help = "Ports of the range that connections to any destination have. "
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
    [SOCK_SOMAXCONN] = {.name = "somaxconn",
                        METER_SYSCTL("net.core.somaxconn"),
                        .unit = "connections",
                        .help = "The greatest backlog that listen() gives; "
                                "governs accept_limit."},
    [SOCK_RMEM_DEFAULT] = {.name = "rmem_default",
                           METER_SYSCTL("net.core.rmem_default"),
                           .unit = "bytes",
                           .help = "The receive buffer of a UDP socket that "
                                   "asks for none; governs receive_limit."},
    [SOCK_RMEM_MAX] = {.name = "rmem_max",
                       METER_SYSCTL("net.core.rmem_max"),
                       .unit = "bytes",
                       .help = "The greatest receive buffer that SO_RCVBUF "
                               "gives, which is then doubled; governs "
                               "receive_limit."},
};
