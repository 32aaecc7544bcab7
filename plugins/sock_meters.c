/* SPDX-License-Identifier: MIT */
#include "sock_meters.h"

#define LISTENER "sock_diag, LISTEN sockets"
#define DATAGRAM "sock_diag, UDP sockets"

#define LEVEL(instance, meter_key, meter_type)                                 \
  .name = instance, .key = meter_key, .type = meter_type, .kind = METER_GAUGE, \
  .meaning = METER_PRESSURE

#define SHARE(instance, meter_key)                                             \
  LEVEL(instance, meter_key, "percent"), .unit = "%", .verb = "uses"

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
                                   "come; each listener takes as many as its "
                                   "accept_limit, and then answers with SYN "
                                   "cookies. Only with ReportSynReceived."},
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
    [SOCK_RECEIVE_QUEUE] = {SHARE("receive_queue", "receive_queue"),
                            .place = "of its receive buffer",
                            .limits = THRESHOLD_ABOVE(80, 95),
                            .setting = "net.core.rmem_max",
                            .advice = "read faster, or raise SO_RCVBUF",
                            .source = DATAGRAM,
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
