/* SPDX-License-Identifier: MIT */
/* irq_affinity, net_steering and irqbalance. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allocations.h"
#include "irq_affinity.h"
#include "irq_tree.h"
#include "irqbalance.h"
#include "net_steering.h"
#include "root_tree.h"
#include "sysroot.h"

struct scene {
  struct temp_tree tree;
  struct sysroot root;
};

static void scene_open(struct scene *scene, const char *text) {
  irq_tree_make(&scene->tree, text);
  assert_int_equal(
      sysroot_init(&scene->root, scene->tree.proc, scene->tree.sys), 0);
}

static void scene_close(struct scene *scene) {
  root_tree_close(&scene->tree, &scene->root);
}

static bool is_list(const struct cpulist *list, const char *text) {
  struct cpulist expected = {0};
  assert_int_equal(cpulist_add(&expected, scan_text(text, strlen(text)), NULL),
                   0);
  bool same = list->count == expected.count;
  uint32_t cpu = 0;
  for (; same && cpulist_next(&expected, cpu, &cpu); cpu++)
    same = cpulist_has(list, cpu);
  cpulist_free(&expected);
  return same;
}

static void affinity_of_an_interrupt(void **state) {
  (void)state;
  struct scene scene;
  struct irq_affinity affinity = {0};
  scene_open(&scene, "file proc/irq/30/smp_affinity_list 644\n|0-3\n"
                     "file proc/irq/30/effective_affinity_list 444\n|2\n"
                     "file proc/irq/30/node 444\n|1\n"
                     "file proc/irq/31/smp_affinity_list 444\n|0,2\n"
                     "file proc/irq/31/node 444\n|-1\n"
                     "file proc/irq/32/smp_affinity_list 644\n|5\n"
                     "file proc/irq/32/effective_affinity_list 444\n|\n"
                     "file proc/irq/33/smp_affinity_list 644\n|x\n"
                     "file proc/irq/34/smp_affinity_list 644\n|1\n"
                     "file proc/irq/34/effective_affinity_list 444\n|x\n");
  assert_int_equal(irq_affinity_read(&scene.root, 30, &affinity), 0);
  assert_true(is_list(&affinity.wanted, "0-3"));
  assert_true(is_list(&affinity.effective, "2"));
  assert_true(is_list(irq_affinity_cpus(&affinity), "2"));
  assert_true(affinity.settable);

  assert_int_equal(irq_affinity_read(&scene.root, 31, &affinity), 0);
  assert_true(is_list(irq_affinity_cpus(&affinity), "0,2"));
  assert_int_equal(affinity.effective.count, 0);
  assert_false(affinity.settable);

  assert_int_equal(irq_affinity_read(&scene.root, 32, &affinity), 0);
  assert_true(is_list(irq_affinity_cpus(&affinity), "5"));

  assert_int_equal(irq_affinity_read(&scene.root, 33, &affinity), -EBADMSG);
  assert_int_equal(affinity.wanted.count, 0);
  assert_int_equal(irq_affinity_read(&scene.root, 34, &affinity), -EBADMSG);
  assert_int_equal(affinity.wanted.count, 0);
  assert_int_equal(irq_affinity_read(&scene.root, 35, &affinity), -ENOENT);

  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += irq_affinity_read(&scene.root, 30, &affinity) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  irq_affinity_free(&affinity);
  scene_close(&scene);
}

static void a_list_can_be_longer_than_a_page(void **state) {
  (void)state;
  struct irq_text text = {0};
  struct scene scene;
  struct irq_affinity affinity = {0};
  irq_text_add(&text, "file proc/irq/7/smp_affinity_list 644\n|0");
  for (unsigned cpu = 2; cpu < 4096; cpu += 2)
    irq_text_add(&text, ",%u", cpu);
  irq_text_add(&text, "\n");
  scene_open(&scene, text.text);
  assert_int_equal(irq_affinity_read(&scene.root, 7, &affinity), 0);
  assert_int_equal(affinity.wanted.count, 2048);
  assert_true(cpulist_has(&affinity.wanted, 4094));
  irq_affinity_free(&affinity);
  scene_close(&scene);
  irq_text_free(&text);
}

#define PCI "sys/devices/pci0000:00/0000:00:02.0/"
#define VIRTIO PCI "virtio0/"
#define ETH0 VIRTIO "net/eth0/"

static const char two_queues[] =
    "link sys/class/net/eth0 ../../devices/pci0000:00/0000:00:02.0/virtio0/net/"
    "eth0\n"
    "link " ETH0 "device ../../../virtio0\n"
    "file " ETH0 "ifindex 444\n|2\n"
    "file " ETH0 "queues/rx-0/rps_cpus 644\n|1,00000003\n"
    "file " ETH0 "queues/rx-1/rps_cpus 644\n|0,00000000\n"
    "file " ETH0 "queues/rx-2/rps_cpus 644\n|00000000,00000004\n"
    "file " ETH0 "queues/tx-0/xps_cpus 644\n|1\n"
    "file " PCI "numa_node 644\n|1\n"
    "file " PCI "local_cpulist 444\n|8-15\n"
    "file " PCI "irq 444\n|10\n"
    "file sys/devices/virtual/net/lo/ifindex 444\n|1\n"
    "file sys/devices/virtual/net/lo/queues/rx-0/rps_cpus 644\n|0\n"
    "file sys/devices/virtual/net/lo/queues/tx-0/tx_timeout 444\n|0\n"
    "link sys/class/net/lo ../../devices/virtual/net/lo\n";

static void rps_masks_are_united_and_local_cpus_found(void **state) {
  (void)state;
  struct scene scene;
  struct net_steering steering = {0};
  scene_open(&scene, two_queues);
  assert_int_equal(net_steering_read(&scene.root, "eth0", 2, &steering), 0);
  assert_true(is_list(&steering.rps, "0-2,32"));
  assert_true(is_list(&steering.local, "8-15"));

  assert_int_equal(net_steering_read(&scene.root, "lo", 1, &steering), 0);
  assert_int_equal(steering.rps.count, 0);
  assert_int_equal(steering.local.count, 0);

  /* Another namespace's interface of that name; no interface. */
  assert_int_equal(net_steering_read(&scene.root, "eth0", 3, &steering),
                   -ENOENT);
  assert_int_equal(net_steering_read(&scene.root, "eth9", 2, &steering),
                   -ENOENT);
  temp_tree_write(&scene.tree, ETH0 "queues/rx-2/rps_cpus", "no mask\n");
  assert_int_equal(net_steering_read(&scene.root, "eth0", 2, &steering),
                   -EBADMSG);
  assert_int_equal(steering.rps.count, 0);
  temp_tree_write(&scene.tree, ETH0 "queues/rx-2/rps_cpus", "0\n");
  temp_tree_write(&scene.tree, PCI "numa_node", "-1\n");
  assert_int_equal(net_steering_read(&scene.root, "eth0", 2, &steering), 0);
  assert_int_equal(steering.local.count, 0);
  net_steering_free(&steering);
  scene_close(&scene);
}

static void irqbalance_is_a_process(void **state) {
  (void)state;
  struct scene scene;
  scene_open(&scene, "file proc/1/comm 644\n|systemd\n"
                     "file proc/2/comm 644\n|kthreadd\n"
                     "file proc/self/comm 644\n|irqbalance\n"
                     "file proc/77/status 644\n|Name: irqbalance\n"
                     "file proc/78/comm 644\n|irqbalance-ui\n");
  assert_int_equal(irqbalance_runs(&scene.root), 0);
  temp_tree_write(&scene.tree, "proc/500/comm", "irqbalance\n");
  assert_int_equal(irqbalance_runs(&scene.root), 1);
  scene_close(&scene);
}

static void hidden_processes_may_include_irqbalance(void **state) {
  (void)state;
  static const char *const trees[] = {
      "file proc/812/comm 644\n|collectd\n",
      "file proc/1/comm 644\n|collectd\nfile proc/2/comm 644\n|sh\n",
      "file proc/1/comm 644\n|systemd\nfile proc/2/status 644\n|x\n",
  };
  for (size_t i = 0; i < COUNT_OF(trees); ++i) {
    struct scene scene;
    scene_open(&scene, trees[i]);
    CHECK(irqbalance_runs(&scene.root) == -ENODATA, "tree %zu", i);
    temp_tree_write(&scene.tree, "proc/900/comm", "irqbalance\n");
    CHECK(irqbalance_runs(&scene.root) == 1, "tree %zu", i);
    scene_close(&scene);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(affinity_of_an_interrupt),
      cmocka_unit_test(a_list_can_be_longer_than_a_page),
      cmocka_unit_test(rps_masks_are_united_and_local_cpus_found),
      cmocka_unit_test(irqbalance_is_a_process),
      cmocka_unit_test(hidden_processes_may_include_irqbalance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
