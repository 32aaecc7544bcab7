/* SPDX-License-Identifier: MIT */
/* Traffic for the live tests, exact and reproducible: so many packets and no
 * more. Meant for network namespaces that a test made for itself: it asks
 * nobody whether the network can bear it. Every run is bounded in count and
 * time. */
#ifndef NETLOAD_H
#define NETLOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
  EXIT_USAGE = 2,
  MAX_SECONDS = 600,
};

struct subcommand {
  const char *name;
  const char *arguments;
  const char *help;
  int (*run)(const struct subcommand *self, int argc, char **argv);
};

int netload_ack_overflow(const struct subcommand *self, int argc, char **argv);
int netload_drag(const struct subcommand *self, int argc, char **argv);
int netload_frames(const struct subcommand *self, int argc, char **argv);
int netload_fragments(const struct subcommand *self, int argc, char **argv);
int netload_hold(const struct subcommand *self, int argc, char **argv);
int netload_listen_overflow(const struct subcommand *self, int argc,
                            char **argv);
int netload_receive_drop(const struct subcommand *self, int argc, char **argv);
int netload_syn_overflow(const struct subcommand *self, int argc, char **argv);
int netload_tun_overflow(const struct subcommand *self, int argc, char **argv);
int netload_udp_bad_checksum(const struct subcommand *self, int argc,
                             char **argv);
int netload_udp_overflow(const struct subcommand *self, int argc, char **argv);
int netload_udp_send(const struct subcommand *self, int argc, char **argv);
int netload_udp_unroutable(const struct subcommand *self, int argc,
                           char **argv);

/* These print what is wrong and return the exit status. */
int netload_usage_error(const struct subcommand *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int netload_failure(const struct subcommand *self, const char *what);

bool netload_number(const char *text, unsigned min, unsigned max,
                    unsigned *ret);

/* An address of either family with a port. */
struct endpoint {
  union {
    struct sockaddr any;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
  };
  socklen_t size;
};

/* Takes a numeric address; false, with errno set, if it is none. */
bool netload_endpoint(const char *address, unsigned port, struct endpoint *ret);

/* Takes the arguments ADDRESS COUNT, the port being 0. Returns 0 or the exit
 * status, having said what is wrong. */
int netload_address_and_count(const struct subcommand *self, int argc,
                              char **argv, unsigned max, struct endpoint *ret,
                              unsigned *ret_count);

/* So many datagrams, rate of them a second; 0: as fast as it goes. */
struct burst {
  unsigned count;
  unsigned rate;
  unsigned size; /* bytes of each one's payload */
};

/* Takes --rate and --size into burst, and checks that so many other arguments
 * are left, from argv[optind] on; then takes the count among them. Both return
 * 0 or the exit status, having said what is wrong. */
int netload_burst_options(const struct subcommand *self, int argc, char **argv,
                          int arguments, unsigned max_size,
                          struct burst *burst);
int netload_burst_count(const struct subcommand *self, const char *text,
                        struct burst *burst);

/* Sends data, burst->size bytes, again and again to where fd is connected.
 * False, with errno set, if that failed. */
bool netload_send_burst(int fd, const void *data, const struct burst *burst);

/* The internet's checksum of some more data, sum being that of what comes
 * before it. */
uint16_t netload_checksum(uint32_t sum, const void *data, size_t size);

/* A socket bound to an address; the port that it got is put there. */
int netload_bound_socket(int type, struct endpoint *at);

/* Closes fd and leaves errno alone. Returns -1. */
int netload_give_up(int fd);

/* How much of its receive buffer a socket uses, and how many packets it has
 * dropped. */
struct receiver_state {
  uint32_t used;
  uint32_t drops;
};

struct receiver_state netload_receiver_state(int fd);

/* Waits until a socket has dropped so many packets; false after some
 * seconds. */
bool netload_wait_for_drops(int fd, uint32_t drops);

/* Loopback hands over in order what one CPU sends. After the first call, the
 * process stays on its CPU; each call returns when everything that was sent to
 * the address before has been taken in. */
bool netload_stay_on_cpu(void);
bool netload_drain_loopback(const struct endpoint *to);

#endif
