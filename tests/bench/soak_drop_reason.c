/* SPDX-License-Identifier: MIT */
/* drop_reason: reasons and places come one by one, modules are loaded and
 * unloaded, maps cannot be read, programs are skipped. */
#include "soak.h"

#include <errno.h>
#include <stdio.h>

#include "drop_fixture.h"
#include "fake_bpf.h"
#include "layers.h"

/* Of Linux 6.18. */
enum { FIRST_REASON = 2, FULL_RING = 80, OFFSET = 176 };
#define FIRST_PLACE UINT64_C(0xffffffff81000000)
#define MODULE_PLACE UINT64_C(0xffffffffc0000000)

static void lay_symbols(const struct temp_tree *tree, bool has_module) {
  char text[256];
  snprintf(text, sizeof(text),
           "ffffffff81000000 t udp_queue_rcv_one_skb\n"
           "ffffffff81001000 t tcp_data_queue\n"
           "ffffffffc0000000 t %s\t[%s]\n",
           has_module ? "tun_net_xmit" : "vhost_net_tx",
           has_module ? "tun" : "vhost");
  temp_tree_write(tree, "proc/kallsyms", text);
  snprintf(text, sizeof(text), "%s 61440 2 - Live 0xffffffffc0000000\n",
           has_module ? "tun" : "vhost");
  temp_tree_write(tree, "proc/modules", text);
}

static void drop(unsigned count, uint32_t reason, uint64_t place,
                 unsigned cpu) {
  fake_bpf.cpu = cpu;
  for (unsigned i = 0; i < count; i++)
    fake_bpf_drop(reason, place, i % 2 == 0 ? 0x0800 : 0x86dd, OFFSET);
}

static void move(const struct temp_tree *tree, unsigned read, unsigned place) {
  (void)read;
  unsigned which = soak_choice(place, 0, 64);
  drop(2, FIRST_REASON + which, FIRST_PLACE + 64 * which,
       place % FAKE_BPF_CPUS);
  if (soak_loses(place))
    drop(60, FULL_RING, MODULE_PLACE + 16, 0);
  fake_bpf.misses += soak_choice(place, 2, 3);
  fake_bpf.is_busy = soak_choice(place, 3, 30) == 0;
  fake_bpf.read_error = soak_choice(place, 4, 60) == 0 ? -EIO : 0;
  if (place % 50 == 25)
    lay_symbols(tree, soak_choice(place, 5, 2) == 0);
}

static struct sysroot recorded;

static void make(const struct temp_tree *tree) {
  fake_bpf_reset();
  lay_symbols(tree, true);
}

int main(int argc, char **argv) {
  drop_fixture_root("6.18", &recorded);
  const struct config_value sys = {.kind = CONFIG_STRING,
                                   .string = recorded.sys};
  const struct config_node options[] = {
      {.key = "SysRoot", .values = &sys, .value_count = 1}};
  const struct soak soak = {.layer = &drop_reason_layer,
                            .options = options,
                            .option_count = 1,
                            .make = make,
                            .move = move};
  int status = soak_run(&soak, argc, argv);
  sysroot_free(&recorded);
  return status;
}
