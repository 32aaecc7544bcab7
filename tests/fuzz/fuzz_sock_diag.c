/* SPDX-License-Identifier: MIT */
/* Answers of sock_diag, or a text of /proc/net/udp: the sockets in them,
 * followed over three reads, and the ports of connections. */
#include "fuzz_netlink_answer.h"

#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "proc_udp.h"
#include "sock_diag.h"
#include "sock_ephemeral.h"
#include "sock_table.h"

/* Some ports have a group, some are only counted, some neither. */
static void place(const struct socket_info *one, void *data,
                  struct sock_placement *ret) {
  *ret = (struct sock_placement){0};
  static const char *const names[] = {"a", "b", "c"};
  (void)data;
  ret->is_counted = one->port % 8 != 7;
  ret->has_group = one->port % 8 < 3;
  if (ret->has_group)
    ret->labels.port = names[one->port % 8];
}

static int take(const struct socket_info *one, void *data) {
  struct sock_table *table = data;
  char path[256];
  FUZZ_EXPECT(one->family == AF_INET || one->family == AF_INET6 ||
              one->family == AF_UNIX);
  FUZZ_EXPECT(one->has_drops || one->drops == 0);
  FUZZ_EXPECT(one->has_limit || one->limit == 0);
  /* The whole path is readable. */
  size_t length =
      one->path_length < sizeof(path) ? one->path_length : sizeof(path);
  memcpy(path, one->path, length);
  double percent = sock_sums_percent(one);
  FUZZ_EXPECT(one->has_limit ? percent >= 0 && percent <= 100 : isnan(percent));
  struct sock_group *group = sock_table_add(table, one, place, NULL);
  FUZZ_EXPECT(group == NULL || group->read == table->read);
  return 0;
}

static void forget(struct sock_group *group, void *data) {
  (void)data;
  FUZZ_EXPECT(group->members == 0);
}

static void check(const struct sock_table *table) {
  unsigned members = 0, followed = 0;
  struct sock_group *group, *next;
  HASH_ITER(hh, table->groups.by_name, group, next) {
    members += group->members;
    FUZZ_EXPECT(group->members > 0 || group->sums.drops > 0);
    FUZZ_EXPECT(group->read <= table->read);
    FUZZ_EXPECT(group->sums.gained <= group->sums.drops);
    FUZZ_EXPECT(group->read < table->read ||
                group->sums.sockets <= group->members);
  }
  for (size_t i = 0; i < SOCK_TABLE_SOURCES; i++) {
    FUZZ_EXPECT(table->dumps[i].seen <= table->dumps[i].followed);
    followed += table->dumps[i].followed;
  }
  FUZZ_EXPECT(followed == HASH_COUNT(table->entries.first));
  FUZZ_EXPECT(members <= followed);
}

/* Parses each message in a block of exactly its size, for the sanitizers. */
static int take_exact(const struct nlmsghdr *message, void *data,
                      uint16_t protocol) {
  struct socket_info one = {.path = NULL};
  struct nlmsghdr *exact = malloc(message->nlmsg_len);
  if (exact == NULL)
    return -ENOMEM;
  memcpy(exact, message, message->nlmsg_len);
  int r = protocol == 0 ? sock_diag_parse_unix(exact, &one)
                        : sock_diag_parse_inet(exact, protocol, &one);
  FUZZ_EXPECT(r == 0 || r == -EBADMSG || r == -ENOMSG);
  FUZZ_EXPECT(r == 0 || one.path == NULL);
  if (r == 0)
    take(&one, data);
  free(exact);
  return 0;
}

static int take_tcp(const struct nlmsghdr *message, void *data) {
  return take_exact(message, data, IPPROTO_TCP);
}

static int take_udp(const struct nlmsghdr *message, void *data) {
  return take_exact(message, data, IPPROTO_UDP);
}

static int take_unix(const struct nlmsghdr *message, void *data) {
  return take_exact(message, data, 0);
}

/* Dumps one source. Each is of another kind. */
static void ask(struct fuzz_input input, struct sock_table *table,
                enum sock_kind kind, enum sock_dump_result result,
                int (*taker)(const struct nlmsghdr *, void *)) {
  struct netlink netlink = {.socket = NULL};
  uint8_t request[NETLINK_REQUEST_SIZE];
  netlink.buffer_size = input.size > 0 ? input.size : 1;
  netlink.buffer = malloc(netlink.buffer_size);
  if (netlink.buffer == NULL)
    return;
  sock_table_begin_dump(table, kind, kind, false);
  fuzz_await(&netlink, input);
  FUZZ_EXPECT(netlink_ask(&netlink, netlink_begin(request, 20, true), taker,
                          table) <= 0);
  fuzz_await(&netlink, input);
  FUZZ_EXPECT(sock_diag_inet(&netlink, AF_INET, IPPROTO_UDP, SOCK_DIAG_LISTEN,
                             take, table) <= 0);
  fuzz_await(&netlink, input);
  FUZZ_EXPECT(sock_diag_unix(&netlink, take, table) <= 0);
  sock_table_end_dump(table, result);
  free(netlink.buffer);
}

static int take_connection(const struct sock_diag_connection *connection,
                           void *data) {
  struct sock_ephemeral *ephemeral = data;
  bool is_given = port_set_has(&ephemeral->given, connection->port);
  uint32_t before = ephemeral->busiest != NULL ? ephemeral->busiest->taken : 0;
  sock_ephemeral_add(ephemeral, connection);
  const struct sock_destination *busiest = ephemeral->busiest;
  FUZZ_EXPECT(!is_given || port_set_has(&ephemeral->seen, connection->port));
  FUZZ_EXPECT(busiest == NULL || busiest->taken - before <= 1);
  FUZZ_EXPECT(busiest == NULL || busiest->time_wait <= busiest->taken);
  FUZZ_EXPECT(busiest != NULL || ephemeral->count == 0);
  FUZZ_EXPECT(2 * ephemeral->count <= ephemeral->room);
  return 0;
}

static int take_exact_connection(const struct nlmsghdr *message, void *data) {
  struct sock_diag_connection connection = {.port = 7};
  struct nlmsghdr *exact = malloc(message->nlmsg_len);
  if (exact == NULL)
    return -ENOMEM;
  memcpy(exact, message, message->nlmsg_len);
  int r = sock_diag_parse_connection(exact, &connection);
  free(exact);
  FUZZ_EXPECT(r == 0 || r == -EBADMSG || r == -ENOMSG);
  FUZZ_EXPECT(r == 0 || connection.port == 7);
  return r == 0 ? take_connection(&connection, data) : 0;
}

/* Half of all ports are in the range, and some have listeners. */
static void look_at_connections(struct fuzz_input input) {
  struct sock_ephemeral ephemeral = {
      .settings = {.reuse = (enum local_ports_reuse)(input.data[0] % 3),
                   .reuse_delay = 1000}};
  struct port_set listening = {{0}};
  struct netlink netlink = {.socket = NULL};
  uint8_t request[NETLINK_REQUEST_SIZE];
  netlink.buffer_size = input.size > 0 ? input.size : 1;
  netlink.buffer = malloc(netlink.buffer_size);
  if (netlink.buffer == NULL)
    return;
  for (unsigned i = 0; i < PORT_SET_WORDS; i++)
    ephemeral.settings.range.words[i] = UINT64_C(0x5555555555555555);
  port_set_add(&listening, 0);
  for (int i = 0; i < 2; i++) {
    sock_ephemeral_begin(&ephemeral, &listening);
    FUZZ_EXPECT(ephemeral.capacity == 32767);
    fuzz_await(&netlink, input);
    FUZZ_EXPECT(sock_diag_connections(&netlink, AF_INET, SOCK_DIAG_CONNECTIONS,
                                      take_connection, &ephemeral) <= 0);
    fuzz_await(&netlink, input);
    FUZZ_EXPECT(netlink_ask(&netlink, netlink_begin(request, 20, true),
                            take_exact_connection, &ephemeral) <= 0);
  }
  sock_ephemeral_free(&ephemeral);
  free(netlink.buffer);
}

/* Files list a few sockets of the third source, which has two origins. */
static void read_files(struct sock_table *table, struct fuzz_input input) {
  struct scan_error error;
  struct scan text = scan_text((const char *)input.data, input.size);
  sock_table_begin_dump(table, SOCK_KINDS, SOCK_KIND_UDP, true);
  proc_udp_parse(text, AF_INET, IPPROTO_UDP, take, table, &error);
  proc_udp_parse(text, AF_INET6, IPPROTO_UDPLITE, take, table, NULL);
  sock_table_end_dump(table, SOCK_DUMP_WHOLE);
  sock_table_begin_dump(table, SOCK_KIND_UDP, SOCK_KIND_UDP,
                        input.size % 2 == 0);
  proc_udp_parse(text, AF_INET, IPPROTO_UDP, take, table, NULL);
  sock_table_end_dump(table, SOCK_DUMP_WHOLE);
}

/* Half of what listeners dropped were refusals. */
static void settle(struct sock_table *table) {
  for (size_t i = 0; i < table->refused_count; i++) {
    struct sock_entry *entry = table->refused[i];
    FUZZ_EXPECT(entry->gained > 0 && entry->read == table->read);
    sock_table_gain(table, entry, entry->gained / 2);
  }
}

static void read_part(struct sock_table *table, struct fuzz_input input,
                      enum sock_dump_result result) {
  uint64_t before[SOCK_KINDS];
  for (size_t i = 0; i < SOCK_KINDS; i++)
    before[i] = table->totals[i].drops;
  sock_table_begin(table);
  ask(input, table, SOCK_KIND_TCP, result, take_tcp);
  ask(input, table, SOCK_KIND_UDP, SOCK_DUMP_WHOLE, take_udp);
  ask(input, table, SOCK_KIND_UNIX, result, take_unix);
  read_files(table, input);
  settle(table);
  sock_table_end(table, forget, NULL);
  check(table);
  for (size_t i = 0; i < SOCK_KINDS; i++)
    FUZZ_EXPECT(table->totals[i].drops - before[i] >= table->totals[i].gained);
}

/* Reads the whole, its first part, nothing four times, and its second part. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t nothing[1];
  static const enum sock_dump_result results[] = {
      SOCK_DUMP_WHOLE, SOCK_DUMP_FAILED, SOCK_DUMP_INTERRUPTED,
      SOCK_DUMP_MISSING};
  struct sock_table table;
  struct fuzz_input whole =
      fuzz_input(size > 0 ? data : nothing, size < 32768 ? size : 32768);
  size_t half = whole.size / 8 * 4;
  look_at_connections(whole);
  sock_table_init(&table, size % 7);
  read_part(&table, whole, SOCK_DUMP_WHOLE);
  read_part(&table, fuzz_input(whole.data, half), SOCK_DUMP_WHOLE);
  for (size_t i = 0; i < 4; i++)
    read_part(&table, fuzz_input(nothing, 0), results[i]);
  read_part(&table, fuzz_input(whole.data + half, whole.size - half),
            SOCK_DUMP_WHOLE);
  sock_table_free(&table);
  return 0;
}
