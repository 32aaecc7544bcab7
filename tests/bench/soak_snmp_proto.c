/* SPDX-License-Identifier: MIT */
/* snmp_proto: a namespace ends and another begins before each read, counters
 * are reset, new ones appear, tables break and vanish. */
#include "soak.h"

#include <stdint.h>
#include <stdio.h>

#include "fake_netns.h"
#include "layers.h"

enum { SPACES = 6 };

static struct {
  uint64_t received, lost;
  unsigned named; /* the read in which it got its name; 0: it has none */
} spaces[SPACES];
static uint64_t received, lost;

static void lay_tables(const struct temp_tree *tree, const char *net,
                       uint64_t all, uint64_t bad) {
  char path[64], text[512];
  snprintf(path, sizeof(path), "%s/snmp", net);
  snprintf(text, sizeof(text),
           "Tcp: PassiveOpens InSegs OutSegs RetransSegs\n"
           "Tcp: %ju %ju %ju %ju\n"
           "Udp: InDatagrams InErrors RcvbufErrors\nUdp: %ju %ju %ju\n",
           (uintmax_t)all, (uintmax_t)all, (uintmax_t)all, (uintmax_t)bad,
           (uintmax_t)all, (uintmax_t)bad, (uintmax_t)bad);
  temp_tree_write(tree, path, text);
  snprintf(path, sizeof(path), "%s/netstat", net);
  snprintf(text, sizeof(text),
           "TcpExt: ListenOverflows ListenDrops TCPBacklogDrop\n"
           "TcpExt: %ju %ju %ju\n",
           (uintmax_t)bad, (uintmax_t)bad, (uintmax_t)bad);
  temp_tree_write(tree, path, text);
  snprintf(path, sizeof(path), "%s/sockstat", net);
  temp_tree_write(tree, path,
                  "sockets: used 9\nTCP: inuse 5 orphan 3 tw 7 alloc 8 mem 4\n"
                  "UDP: inuse 2 mem 3\n");
}

static void name_of(unsigned read, char ret[static 32]) {
  snprintf(ret, 32, "web-%010u", read);
}

/* Replaces a namespace by another. */
static void replace(const struct temp_tree *tree, unsigned i, unsigned read) {
  char space[16], file[32], name[32];
  snprintf(space, sizeof(space), "s%u", i);
  snprintf(file, sizeof(file), "spaces/%s/file", space);
  if (spaces[i].named > 0) {
    name_of(spaces[i].named, name);
    fake_netns_unname(tree, name);
    temp_tree_unlink(tree, file);
    spaces[i].received = spaces[i].lost = 0;
  }
  spaces[i].named = read + 1;
  name_of(spaces[i].named, name);
  fake_netns_name(tree, space, name);
}

static void move_space(const struct temp_tree *tree, unsigned i,
                       unsigned place) {
  char net[32], path[48];
  snprintf(net, sizeof(net), "spaces/s%u/net", i);
  spaces[i].received += 1000;
  spaces[i].lost += soak_loses(place) ? 3000 : 0;
  lay_tables(tree, net, spaces[i].received, spaces[i].lost);
  snprintf(path, sizeof(path), "%s/snmp", net);
  if (soak_choice(place, i, 40) == 0)
    temp_tree_write(tree, path, "Udp: InErrors\n");
}

static void move_host(const struct temp_tree *tree, unsigned place) {
  received += 4000;
  lost += soak_loses(place) ? 5000 : 0;
  if (soak_choice(place, 100, 100) == 0)
    received = lost = 0;
  lay_tables(tree, "proc/net", received, lost);
  if (soak_choice(place, 101, 50) == 0)
    temp_tree_write(tree, "proc/net/netstat",
                    "TcpExt: ListenDrops NewCounter\n"
                    "TcpExt: 7 5\n");
  if (soak_choice(place, 102, 50) == 0)
    temp_tree_unlink(tree, "proc/net/snmp");
}

static void move(const struct temp_tree *tree, unsigned read, unsigned place) {
  /* Not in every read, so that alerts can be raised first. */
  if (place % 25 < 3)
    replace(tree, soak_choice(place, 103, SPACES), read);
  for (unsigned i = 0; i < SPACES; i++)
    move_space(tree, i, place);
  move_host(tree, place);
}

static void make(const struct temp_tree *tree) {
  fake_netns_reset(tree);
  for (unsigned i = 0; i < SPACES; i++)
    replace(tree, i, UINT32_MAX - 100 - i);
  lay_tables(tree, "proc/net", 0, 0);
  temp_tree_write(tree, "proc/sys/net/core/rmem_max", "212992\n");
}

int main(int argc, char **argv) {
  static const struct config_value web = {.kind = CONFIG_STRING,
                                          .string = "/^web-/"};
  static const struct config_node options[] = {
      {.key = "Namespace", .values = &web, .value_count = 1}};
  static const struct soak soak = {.layer = &snmp_proto_layer,
                                   .options = options,
                                   .option_count = 1,
                                   .make = make,
                                   .move = move};
  return soak_run(&soak, argc, argv);
}
