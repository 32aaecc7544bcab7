/* SPDX-License-Identifier: MIT */
/* Traffic for the live tests, with exact numbers of packets. Meant for network
 * namespaces that a test made, because it floods whatever network it is given.
 * Every run is bounded in count and time. */
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
int netload_inject(const struct subcommand *self, int argc, char **argv);
int netload_listen_overflow(const struct subcommand *self, int argc,
                            char **argv);
int netload_one_bucket(const struct subcommand *self, int argc, char **argv);
int netload_receive_drop(const struct subcommand *self, int argc, char **argv);
int netload_rename(const struct subcommand *self, int argc, char **argv);
int netload_strays(const struct subcommand *self, int argc, char **argv);
int netload_syn_overflow(const struct subcommand *self, int argc, char **argv);
int netload_tun_overflow(const struct subcommand *self, int argc, char **argv);
int netload_udp_bad_checksum(const struct subcommand *self, int argc,
                             char **argv);
int netload_udp_overflow(const struct subcommand *self, int argc, char **argv);
int netload_udp_send(const struct subcommand *self, int argc, char **argv);
int netload_udp_unroutable(const struct subcommand *self, int argc,
                           char **argv);

/* Both print an error and return the exit status: of a wrong argument, and of
 * a failed call that set errno. */
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

/* Parses a numeric address. Returns false, with errno set, for other text. */
bool netload_endpoint(const char *address, unsigned port, struct endpoint *ret);

/* Parses the arguments ADDRESS COUNT; the port becomes 0. Returns 0, or prints
 * an error and returns the exit status. */
int netload_address_and_count(const struct subcommand *self, int argc,
                              char **argv, unsigned max, struct endpoint *ret,
                              unsigned *ret_count);

struct burst {
  unsigned count; /* of datagrams */
  unsigned rate;  /* datagrams per second; 0: as fast as possible */
  unsigned size;  /* bytes of payload */
};

/* The first parses --rate and --size and checks the number of arguments that
 * are left, from argv[optind] on; the second parses the count. Both return 0,
 * or print an error and return the exit status. */
int netload_burst_options(const struct subcommand *self, int argc, char **argv,
                          int arguments, unsigned max_size,
                          struct burst *burst);
int netload_burst_count(const struct subcommand *self, const char *text,
                        struct burst *burst);

/* Sends the same burst->size bytes burst->count times on a connected socket.
 * Returns false, with errno set, if that fails. */
bool netload_send_burst(int fd, const void *data, const struct burst *burst);

/* Returns the internet checksum of data; sum is the sum of what precedes it. */
uint16_t netload_checksum(uint32_t sum, const void *data, size_t size);

/* Opens a socket bound to an address, and fills in the port that it got.
 * Returns the descriptor, or -1 with errno set. */
int netload_bound_socket(int type, struct endpoint *at);

/* Closes fd, keeping errno, and returns -1. */
int netload_close_failed(int fd);

struct receiver_state {
  uint32_t used;  /* bytes of its receive buffer in use */
  uint32_t drops; /* packets dropped since it was opened */
};

struct receiver_state netload_receiver_state(int fd);

/* Waits until a socket has dropped so many packets. Returns false after some
 * seconds. */
bool netload_wait_for_drops(int fd, uint32_t drops);

/* Loopback delivers in order what one CPU sends. netload_stay_on_cpu() binds
 * the process to its current CPU; netload_drain_loopback() then waits until all
 * that was sent to the address has been received or dropped. */
bool netload_stay_on_cpu(void);
bool netload_drain_loopback(const struct endpoint *to);

#endif
