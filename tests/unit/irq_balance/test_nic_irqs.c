/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irq_counts.h"
#include "irq_tree.h"
#include "nic_irqs_merge.h"
#include "root_tree.h"

struct scene {
  struct temp_tree tree;
  struct sysroot root;
  struct interrupts interrupts;
};

static void scene_start(struct scene *scene) {
  assert_int_equal(
      sysroot_init(&scene->root, scene->tree.proc, scene->tree.sys), 0);
  scene->interrupts = INTERRUPTS_INIT;
}

static void scene_open(struct scene *scene, const char *fixture) {
  irq_tree_make_fixture(&scene->tree, fixture);
  scene_start(scene);
}

static void scene_close(struct scene *scene) {
  interrupts_free(&scene->interrupts);
  root_tree_close(&scene->tree, &scene->root);
}

static const char *direction_name(enum irq_direction direction) {
  return direction == IRQ_RX ? "rx" : direction == IRQ_TX ? "tx" : "both";
}

/* "24 other, 25 rx 0, 26 tx 0" */
static const char *summary(const struct nic_irqs *irqs) {
  static char text[4000];
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 0; i < irqs->count; ++i) {
    const struct nic_irq *irq = &irqs->items[i];
    length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%u %s",
                               i > 0 ? ", " : "", irq->number,
                               irq->meaning.role == IRQ_OTHER
                                   ? "other"
                                   : direction_name(irq->meaning.direction));
    assert_true(irq->meaning.role != IRQ_UNKNOWN);
    if (irq->meaning.queue != IRQ_NO_QUEUE)
      length += (size_t)snprintf(text + length, sizeof(text) - length, " %u",
                                 irq->meaning.queue);
    if (irq->is_repeated)
      length +=
          (size_t)snprintf(text + length, sizeof(text) - length, " again");
    else if (irq->is_shared)
      length +=
          (size_t)snprintf(text + length, sizeof(text) - length, " shared");
    assert_true(length < sizeof(text));
  }
  return text;
}

static void read_irqs(struct scene *scene, const struct netdev_napi *napi,
                      const char *interface, uint32_t index,
                      struct nic_irqs *irqs) {
  assert_int_equal(nic_irqs_read(&scene->root, &scene->interrupts, napi,
                                 interface, index, irqs),
                   0);
}

/* Merges lists and returns the numbers: "10 11". */
static const char *merge(struct nic_irqs *const *lists, size_t count) {
  static char text[400];
  size_t length = 0, number_count;
  uint32_t *numbers;
  text[0] = '\0';
  assert_int_equal(nic_irqs_merge(lists, count, &numbers, &number_count), 0);
  for (size_t i = 0; i < number_count; ++i)
    length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%u",
                               i > 0 ? " " : "", numbers[i]);
  free(numbers);
  return text;
}

static void recorded_machines(void **state) {
  (void)state;
  static const struct {
    const char *fixture, *interface;
    uint32_t index;
    size_t queues;
    enum nic_irqs_source source;
    const char *irqs, *first_name;
  } rows[] = {
      {"virtio-linux-6.18.txt", "eth0", 4, 1, NIC_IRQS_MSI,
       "37 other, 38 rx 0, 39 tx 0", "virtio2-config"},
      {"adapters-linux-6.1.txt", "eth0", 2, 4, NIC_IRQS_MSI,
       "24 other, 25 rx 0, 26 tx 0, 27 rx 1, 28 tx 1, 29 rx 2, 30 tx 2, "
       "31 rx 3, 32 tx 3",
       "virtio0-config"},
      {"adapters-linux-6.1.txt", "eth1", 3, 1, NIC_IRQS_MSI,
       "33 rx 0, 34 tx 0, 35 other", "eth1-rx-0"},
      {"adapters-linux-6.1.txt", "eth2", 4, 4, NIC_IRQS_MSI,
       "36 both 0, 37 both 1, 38 both 2, 39 both 3, 40 other", "eth2-rxtx-0"},
      {"adapters-linux-6.1.txt", "eth3", 5, 1, NIC_IRQS_LINE, "10 both",
       "eth3"},
      {"adapters-linux-6.1.txt", "eth4", 6, 1, NIC_IRQS_LINE, "10 both",
       "eth4"},
      {"adapters-linux-6.1.txt", "eth5", 7, 1, NIC_IRQS_LINE, "11 both",
       "eth5"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scene scene;
    struct nic_irqs irqs = {0};
    scene_open(&scene, rows[i].fixture);
    read_irqs(&scene, NULL, rows[i].interface, rows[i].index, &irqs);
    CHECK(strcmp(summary(&irqs), rows[i].irqs) == 0, "%s %s: %s",
          rows[i].fixture, rows[i].interface, summary(&irqs));
    CHECK(nic_irqs_queues(&irqs) == rows[i].queues, "%s %s", rows[i].fixture,
          rows[i].interface);
    CHECK(irqs.items[0].source == rows[i].source, "%s %s", rows[i].fixture,
          rows[i].interface);
    assert_string_equal(irqs.items[0].name, rows[i].first_name);

    /* Another namespace's interface of that name. */
    read_irqs(&scene, NULL, rows[i].interface, 99, &irqs);
    assert_int_equal(irqs.count, 0);
    nic_irqs_free(&irqs);
    scene_close(&scene);
  }
}

static void recorded_counts(void **state) {
  (void)state;
  static const uint32_t numbers[] = {31, 33, 36};
  /* Some interrupts arrived between the two readings. */
  static const uint32_t expected[][4] = {
      {0, 0, 1, 1202}, {3896, 0, 0, 0}, {0, 0, 0, 1933}};
  static const uint32_t later[][4] = {
      {0, 0, 1, 1202}, {3899, 0, 0, 0}, {0, 0, 0, 1933}};
  struct scene scene;
  struct irq_counts counts = {0};
  scene_open(&scene, "adapters-linux-6.1.txt");
  assert_int_equal(
      interrupts_read(&scene.root, &scene.interrupts, numbers, 3, NULL), 0);
  assert_int_equal(irq_counts_read(&scene.root, &counts, numbers, 3), 0);
  assert_int_equal(scene.interrupts.table.rows, 3);
  assert_int_equal(counts.table.rows, 3);
  for (size_t i = 0; i < 3; ++i) {
    assert_memory_equal(irq_table_counts(&scene.interrupts.table, i),
                        expected[i], sizeof(expected[i]));
    assert_memory_equal(irq_table_counts(&counts.table, i), later[i],
                        sizeof(later[i]));
  }
  irq_counts_free(&counts);
  scene_close(&scene);
}

static void two_devices_share_a_line(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs lists[3] = {{0}, {0}, {0}};
  struct nic_irqs *const all[] = {&lists[0], &lists[1], &lists[2]};
  scene_open(&scene, "adapters-linux-6.1.txt");
  read_irqs(&scene, NULL, "eth3", 5, &lists[0]);
  read_irqs(&scene, NULL, "eth4", 6, &lists[1]);
  read_irqs(&scene, NULL, "eth5", 7, &lists[2]);
  /* It calls a handler for each. */
  assert_string_equal(merge(all, 3), "10 11");
  assert_string_equal(summary(&lists[0]), "10 both");
  assert_string_equal(summary(&lists[1]), "10 both");
  assert_string_equal(summary(&lists[2]), "11 both");
  assert_string_equal(merge(all, 0), "");
  for (size_t i = 0; i < 3; ++i)
    nic_irqs_free(&lists[i]);
  scene_close(&scene);
}

static void remove_files(struct scene *scene, const char *path) {
  char command[700];
  snprintf(command, sizeof(command), "rm -rf '%s'/%s", scene->tree.root, path);
  assert_int_equal(system(command), 0);
}

static void without_the_files_of_interrupts(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs irqs = {0};
  scene_open(&scene, "adapters-linux-6.1.txt");
  remove_files(&scene, "sys/kernel/irq");
  read_irqs(&scene, NULL, "eth2", 4, &irqs);
  assert_string_equal(summary(&irqs), "36 both 0, 37 both 1, 38 both 2, "
                                      "39 both 3, 40 other");
  read_irqs(&scene, NULL, "eth4", 6, &irqs);
  assert_string_equal(irqs.items[0].name, "eth4");

  /* Without any names, all vectors count as queues'. */
  remove_files(&scene, "proc/interrupts");
  read_irqs(&scene, NULL, "eth1", 3, &irqs);
  assert_string_equal(summary(&irqs), "33 both, 34 both, 35 both");
  nic_irqs_free(&irqs);
  scene_close(&scene);
}

static void by_name(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs irqs = {0};
  scene_open(&scene, "adapters-linux-6.1.txt");
  remove_files(&scene, "'sys/devices/pci0000:00'/*/msi_irqs");
  remove_files(&scene, "'sys/devices/pci0000:00'/*/irq");
  read_irqs(&scene, NULL, "eth0", 2, &irqs);
  assert_string_equal(summary(&irqs),
                      "24 other, 25 rx 0, 26 tx 0, 27 rx 1, 28 tx 1, 29 rx 2, "
                      "30 tx 2, 31 rx 3, 32 tx 3");
  assert_int_equal(irqs.items[8].source, NIC_IRQS_NAME);
  read_irqs(&scene, NULL, "eth1", 3, &irqs);
  assert_string_equal(summary(&irqs), "33 rx 0, 34 tx 0, 35 other");
  read_irqs(&scene, NULL, "eth4", 6, &irqs);
  assert_string_equal(summary(&irqs), "10 both");
  read_irqs(&scene, NULL, "lo", 1, &irqs);
  assert_int_equal(irqs.count, 0);
  nic_irqs_free(&irqs);
  scene_close(&scene);
}

static void an_interface_that_is_down(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs irqs = {0};
  scene_open(&scene, "adapters-linux-6.1.txt");
  for (unsigned i = 36; i <= 40; ++i) {
    char path[64];
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/actions", i);
    irq_tree_mode(&scene.tree, path, 0644);
    temp_tree_write(&scene.tree, path, "");
  }
  read_irqs(&scene, NULL, "eth2", 4, &irqs);
  assert_int_equal(irqs.count, 0);
  assert_int_equal(nic_irqs_queues(&irqs), 0);
  nic_irqs_free(&irqs);
  scene_close(&scene);
}

/* Makes an adapter whose ports share the PCI function 0000:3b:00.0: interfaces
 * with indexes from 2 on, and interrupts with numbers from 100 on. */
static void make_ports(struct scene *scene, const char *const *ports,
                       size_t port_count, const char *const *vectors,
                       size_t vector_count) {
  static const char device[] = "sys/devices/pci0000:3a/0000:3b:00.0";
  struct irq_text text = {0};
  for (size_t i = 0; i < port_count; ++i)
    irq_text_add(&text,
                 "link sys/class/net/%s "
                 "../../devices/pci0000:3a/0000:3b:00.0/net/%s\n"
                 "link %s/net/%s/device ../../../0000:3b:00.0\n"
                 "file %s/net/%s/ifindex 444\n|%zu\n",
                 ports[i], ports[i], device, ports[i], device, ports[i], i + 2);
  irq_text_add(&text, "file %s/irq 444\n|100\n", device);
  for (size_t i = 0; i < vector_count; ++i)
    irq_text_add(&text,
                 "file %s/msi_irqs/%zu 444\n|msix\n"
                 "file sys/kernel/irq/%zu/actions 444\n|%s\n",
                 device, 100 + i, 100 + i, vectors[i]);
  irq_tree_make(&scene->tree, text.text);
  irq_text_free(&text);
  scene_start(scene);
}

/* mlx5: interrupt 100 is for asynchronous events, the others are queues'. */
static void make_mlx5(struct scene *scene, size_t ports, size_t vectors) {
  static const char *const names[] = {"eth0", "eth1"};
  static char texts[64][48];
  const char *pointers[64];
  for (size_t i = 0; i < vectors; ++i) {
    if (i == 0)
      strcpy(texts[i], "mlx5_async0@pci:0000:3b:00.0");
    else
      snprintf(texts[i], sizeof(texts[i]), "mlx5_comp%zu@pci:0000:3b:00.0",
               i - 1);
    pointers[i] = texts[i];
  }
  make_ports(scene, names, ports, pointers, vectors);
}

static void mlx5_with_63_vectors(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs irqs = {0};
  make_mlx5(&scene, 1, 64);
  read_irqs(&scene, NULL, "eth0", 2, &irqs);
  assert_int_equal(irqs.count, 64);
  assert_int_equal(nic_irqs_queues(&irqs), 63);
  assert_int_equal(irqs.items[0].meaning.role, IRQ_OTHER);
  for (uint32_t i = 1; i < 64; ++i) {
    assert_int_equal(irqs.items[i].number, 100 + i);
    assert_int_equal(irqs.items[i].meaning.queue, i - 1);
    assert_int_equal(irqs.items[i].meaning.direction, IRQ_BOTH);
  }
  nic_irqs_free(&irqs);
  scene_close(&scene);
}

static void ports_share_a_pool_of_vectors(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs one = {0}, two = {0};
  struct nic_irqs *const all[] = {&one, &two};
  make_mlx5(&scene, 2, 4);
  read_irqs(&scene, NULL, "eth0", 2, &one);
  read_irqs(&scene, NULL, "eth1", 3, &two);
  assert_string_equal(merge(all, 2), "100 101 102 103");
  assert_string_equal(summary(&one), "100 other shared, 101 both 0 shared, "
                                     "102 both 1 shared, 103 both 2 shared");
  assert_string_equal(summary(&two), "100 other again, 101 both 0 again, "
                                     "102 both 1 again, 103 both 2 again");
  assert_int_equal(nic_irqs_queues(&two), 3);
  assert_true(nic_irqs_first_working(&two)->is_repeated);
  assert_string_equal(merge(&all[1], 1), "100 101 102 103");
  assert_string_equal(summary(&two),
                      "100 other, 101 both 0, 102 both 1, 103 both 2");

  /* netlink knows which port has which vector. */
  struct netdev_napi_one items[] = {
      {.index = 2, .id = 8, .irq = 101, .rx_queue = 0, .tx_queue = 0},
      {.index = 3, .id = 9, .irq = 102, .rx_queue = 0, .tx_queue = 0},
      {.index = 3,
       .id = 10,
       .irq = 103,
       .rx_queue = 1,
       .tx_queue = NETDEV_NAPI_NONE},
  };
  struct netdev_napi napi = {.items = items, .count = COUNT_OF(items)};
  read_irqs(&scene, &napi, "eth0", 2, &one);
  read_irqs(&scene, &napi, "eth1", 3, &two);
  assert_string_equal(merge(all, 2), "100 101 102 103");
  assert_string_equal(summary(&one), "100 other shared, 101 both 0");
  assert_string_equal(summary(&two), "100 other again, 102 both 0, 103 rx 1");
  assert_int_equal(two.items[1].source, NIC_IRQS_NAPI);
  nic_irqs_free(&one);
  nic_irqs_free(&two);
  scene_close(&scene);
}

struct port {
  const char *name, *irqs;
  size_t queues;
};

/* Ports of one PCI function whose drivers name vectors after the interfaces. */
static void names_choose_the_port(void **state) {
  (void)state;
  static const struct {
    const char *vectors[8];
    struct port ports[2];
  } rows[] = {
      /* cxgb4 */
      {{"enp5s0f4", "enp5s0f4-FWeventq", "enp5s0f4-Rx0", "enp5s0f4-Rx1",
        "enp5s0f4d1-Rx0", "enp5s0f4d1-Rx1"},
       {{"enp5s0f4", "100 other, 101 other, 102 rx 0, 103 rx 1", 2},
        {"enp5s0f4d1", "104 rx 0, 105 rx 1", 2}}},
      /* cxgb4 outside the kernel */
      {{"0000:3b:00.0", "0000:3b:00.0-FWeventq", "enp5s0f4 (queue 0)",
        "enp5s0f4 (queue 1)", "enp5s0f4d1 (queue 0)", "enp5s0f4d1 (queue 1)"},
       {{"enp5s0f4",
         "100 other shared, 101 other shared, 102 both 0, 103 both 1", 2},
        {"enp5s0f4d1",
         "100 other again, 101 other again, 104 both 0, 105 both 1", 2}}},
      /* mlx4 */
      {{"mlx4-async@pci:0000:3b:00.0", "mlx4-1@0000:3b:00.0",
        "mlx4-2@0000:3b:00.0"},
       {{"eth0", "100 other shared, 101 both 1 shared, 102 both 2 shared", 2},
        {"eth1", "100 other again, 101 both 1 again, 102 both 2 again", 2}}},
      /* The second port was renamed, or the first. */
      {{"eth0-rx-0", "eth0-rx-1", "old1-rx-0", "old1-rx-1"},
       {{"eth0", "100 rx 0, 101 rx 1", 2}, {"eth1", "102 rx 0, 103 rx 1", 2}}},
      {{"old0-rx-0", "eth1-rx-0", "old0-rx-1", "eth1-rx-1"},
       {{"eth0", "100 rx 0, 102 rx 1", 2}, {"eth1", "101 rx 0, 103 rx 1", 2}}},
      /* A single vector each. */
      {{"eth0", "eth1"}, {{"eth0", "100 both", 1}, {"eth1", "101 both", 1}}},
      /* The other port is in another network namespace. */
      {{"eth0-0", "eth0-1", "lan7-0", "lan7-1"},
       {{"eth0", "100 both 0, 101 both 1", 2}}},
      /* Some drivers name only the queues. */
      {{"nic-mbx", "eth0-0"}, {{"eth0", "100 other, 101 both 0", 1}}},
      /* iwlwifi */
      {{"iwlwifi:default_queue", "iwlwifi:queue_1", "iwlwifi:queue_2",
        "iwlwifi:exception"},
       {{"wlan0", "100 both 0, 101 both 1, 102 both 2, 103 other", 3}}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scene scene;
    struct nic_irqs lists[2] = {{0}, {0}};
    struct nic_irqs *const all[] = {&lists[0], &lists[1]};
    const char *names[2];
    size_t ports = 0, vectors = 0;
    while (ports < 2 && rows[i].ports[ports].name != NULL) {
      names[ports] = rows[i].ports[ports].name;
      ++ports;
    }
    while (vectors < 8 && rows[i].vectors[vectors] != NULL)
      ++vectors;
    make_ports(&scene, names, ports, rows[i].vectors, vectors);
    for (size_t j = 0; j < ports; ++j)
      read_irqs(&scene, NULL, names[j], (uint32_t)j + 2, &lists[j]);
    merge(all, ports);
    for (size_t j = 0; j < ports; ++j) {
      const struct port *port = &rows[i].ports[j];
      CHECK(strcmp(summary(&lists[j]), port->irqs) == 0, "row %zu, %s: %s", i,
            port->name, summary(&lists[j]));
      CHECK(nic_irqs_queues(&lists[j]) == port->queues, "row %zu, %s: %zu", i,
            port->name, nic_irqs_queues(&lists[j]));
      nic_irqs_free(&lists[j]);
    }
    scene_close(&scene);
  }
}

/* Of a pool, netlink reports one vector for both ports and one for eth1. */
static void a_port_with_queues_of_its_own_leaves_shared_ones(void **state) {
  (void)state;
  struct scene scene;
  struct nic_irqs one = {0}, two = {0};
  struct nic_irqs *const all[] = {&one, &two};
  struct netdev_napi_one items[] = {
      {.index = 2, .id = 8, .irq = 101, .rx_queue = 0, .tx_queue = 0},
      {.index = 3, .id = 9, .irq = 101, .rx_queue = 0, .tx_queue = 0},
      {.index = 3, .id = 10, .irq = 102, .rx_queue = 1, .tx_queue = 1},
  };
  struct netdev_napi napi = {.items = items, .count = COUNT_OF(items)};
  make_mlx5(&scene, 2, 3);
  read_irqs(&scene, &napi, "eth0", 2, &one);
  read_irqs(&scene, &napi, "eth1", 3, &two);
  assert_string_equal(merge(all, 2), "100 101 102");
  assert_string_equal(summary(&two),
                      "100 other again, 101 both 0 again, 102 both 1");
  assert_int_equal(nic_irqs_queues(&two), 1);
  assert_int_equal(nic_irqs_first_working(&two)->number, 102);
  nic_irqs_free(&one);
  nic_irqs_free(&two);
  scene_close(&scene);
}

static void netlink_takes_precedence(void **state) {
  (void)state;
  struct netdev_napi_one items[] = {
      {.index = 3, .id = 8, .irq = 35, .rx_queue = 4, .tx_queue = 4},
      {.index = 3,
       .id = 9,
       .irq = 34,
       .rx_queue = NETDEV_NAPI_NONE,
       .tx_queue = NETDEV_NAPI_NONE},
      {.index = 3,
       .id = 10,
       .irq = NETDEV_NAPI_NONE,
       .rx_queue = 1,
       .tx_queue = 1},
      /* Two NAPI instances poll this one. */
      {.index = 9,
       .id = 11,
       .irq = 77,
       .rx_queue = 3,
       .tx_queue = NETDEV_NAPI_NONE},
      {.index = 9,
       .id = 12,
       .irq = 77,
       .rx_queue = NETDEV_NAPI_NONE,
       .tx_queue = 2},
  };
  struct netdev_napi napi = {.items = items, .count = COUNT_OF(items)};
  struct scene scene;
  struct nic_irqs irqs = {0};
  scene_open(&scene, "adapters-linux-6.1.txt");
  read_irqs(&scene, &napi, "eth1", 3, &irqs);
  assert_string_equal(summary(&irqs), "33 rx 0, 34 tx 0, 35 both 4");

  /* An interface that sysfs does not show. */
  read_irqs(&scene, &napi, "far0", 9, &irqs);
  assert_string_equal(summary(&irqs), "77 both 2");
  assert_string_equal(irqs.items[0].name, "");
  nic_irqs_free(&irqs);
  scene_close(&scene);
}

static void interrupts_of_devices_above_belong_to_others(void **state) {
  (void)state;
  static const char text[] =
      /* An adapter without interrupts below a bridge that has some. */
      "file sys/devices/pci0000:00/0000:00:1c.0/msi_irqs/40 444\n|msi\n"
      "file sys/devices/pci0000:00/0000:00:1c.0/irq 444\n|40\n"
      "file sys/kernel/irq/40/actions 444\n|PCIe PME\n"
      "file sys/devices/pci0000:00/0000:00:1c.0/0000:02:00.0/irq 444\n|0\n"
      "file sys/devices/pci0000:00/0000:00:1c.0/0000:02:00.0/net/eth0/ifindex "
      "444\n|2\n"
      "link sys/devices/pci0000:00/0000:00:1c.0/0000:02:00.0/net/eth0/device "
      "../../../0000:02:00.0\n"
      "link sys/class/net/eth0 "
      "../../devices/pci0000:00/0000:00:1c.0/0000:02:00.0/net/eth0\n"
      /* A USB adapter; the host controller serves many devices. */
      "file sys/bus/usb/uevent 200\n"
      "file sys/devices/pci0000:00/0000:00:14.0/msi_irqs/41 444\n|msi\n"
      "file sys/devices/pci0000:00/0000:00:14.0/irq 444\n|41\n"
      "file sys/kernel/irq/41/actions 444\n|xhci_hcd\n"
      "file sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/net/eth1/ifindex 444\n"
      "|3\n"
      "link sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/net/eth1/device "
      "../../../1-1\n"
      "link sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/subsystem "
      "../../../../../bus/usb\n"
      "link sys/class/net/eth1 "
      "../../devices/pci0000:00/0000:00:14.0/usb1/1-1/net/eth1\n";
  struct scene scene;
  struct nic_irqs irqs = {0};
  irq_tree_make(&scene.tree, text);
  scene_start(&scene);
  read_irqs(&scene, NULL, "eth0", 2, &irqs);
  assert_string_equal(summary(&irqs), "");
  read_irqs(&scene, NULL, "eth1", 3, &irqs);
  assert_string_equal(summary(&irqs), "");
  nic_irqs_free(&irqs);
  scene_close(&scene);
}

static int count_row(uint32_t number, struct scan names, void *data) {
  (void)number;
  (void)names;
  ++*(size_t *)data;
  return 0;
}

static void the_recorders_output_can_be_read(void **state) {
  (void)state;
  char fixtures[400], command[1000], recorded[300];
  struct temp_tree tree;
  struct scene scene;
  size_t rows = 0;
  fixture_path(".", fixtures, sizeof(fixtures));
  temp_tree_make(&tree);
  temp_tree_path(&tree, "recorded", recorded, sizeof(recorded));
  snprintf(command, sizeof(command),
           "'%s/../record_irqs.sh' 'this machine' >'%s'", fixtures, recorded);
  assert_int_equal(system(command), 0);

  FILE *file = fopen(recorded, "r");
  struct irq_text text = {0};
  char line[256];
  assert_non_null(file);
  while (fgets(line, sizeof(line), file) != NULL)
    irq_text_add(&text, "%s", line);
  fclose(file);
  assert_int_equal(strncmp(text.text, "# recorded from Linux ", 22), 0);
  irq_tree_make(&scene.tree, text.text);
  scene_start(&scene);
  assert_int_equal(
      interrupts_names(&scene.root, &scene.interrupts, count_row, &rows), 0);
  assert_true(rows > 0);
  irq_text_free(&text);
  scene_close(&scene);
  temp_tree_remove(&tree);
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct scene scene = {.interrupts = INTERRUPTS_INIT};
  struct nic_irqs irqs = {0};
  assert_int_equal(sysroot_init(&scene.root, NULL, NULL), 0);
  assert_int_equal(
      nic_irqs_read(&scene.root, &scene.interrupts, NULL, "lo", 1, &irqs), 0);
  assert_int_equal(irqs.count, 0);
  nic_irqs_free(&irqs);
  interrupts_free(&scene.interrupts);
  sysroot_free(&scene.root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(recorded_machines),
      cmocka_unit_test(recorded_counts),
      cmocka_unit_test(two_devices_share_a_line),
      cmocka_unit_test(without_the_files_of_interrupts),
      cmocka_unit_test(by_name),
      cmocka_unit_test(an_interface_that_is_down),
      cmocka_unit_test(mlx5_with_63_vectors),
      cmocka_unit_test(ports_share_a_pool_of_vectors),
      cmocka_unit_test(names_choose_the_port),
      cmocka_unit_test(a_port_with_queues_of_its_own_leaves_shared_ones),
      cmocka_unit_test(netlink_takes_precedence),
      cmocka_unit_test(interrupts_of_devices_above_belong_to_others),
      cmocka_unit_test(the_recorders_output_can_be_read),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
