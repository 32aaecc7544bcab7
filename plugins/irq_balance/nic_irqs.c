/* SPDX-License-Identifier: MIT */
#include "nic_irqs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "irq_counts.h"
#include "irq_napi.h"
#include "irq_neighbours.h"
#include "net_device.h"
#include "text.h"

/* State of one search for an interface's interrupts. */
struct search {
  const struct sysroot *root;
  struct nic_irqs *irqs;
  const struct netdev_napi *napi; /* or NULL */
  uint32_t index;
  struct irq_name_owner owner;
  char bus[NAME_MAX + 1]; /* owner.bus */
  bool has_device;
  struct net_device device; /* of the interface */
  struct net_device holder; /* the device with the interrupts: the same, or one
                               that contains it */
  bool by_name;             /* sysfs lists no interrupts of the device */
  bool knows_names;
  struct irq_neighbours neighbours;
};

static struct nic_irq *find(const struct nic_irqs *irqs, uint32_t number) {
  for (size_t i = 0; i < irqs->count; i++)
    if (irqs->items[i].number == number)
      return &irqs->items[i];
  return NULL;
}

/* Adds an interrupt unless a better source has added it. */
static int add(struct nic_irqs *irqs, uint32_t number,
               enum nic_irqs_source source, struct nic_irq **ret) {
  struct nic_irq *item = find(irqs, number);
  if (item == NULL) {
    struct nic_irq *items =
        array_room(irqs->items, &irqs->room, irqs->count, sizeof(*items));
    if (items == NULL)
      return -ENOMEM;
    irqs->items = items;
    item = &irqs->items[irqs->count++];
    *item = (struct nic_irq){
        .number = number,
        .source = source,
        .meaning = {.direction = IRQ_BOTH, .queue = IRQ_NO_QUEUE}};
  }
  if (ret != NULL)
    *ret = item;
  return 0;
}

static int add_napi(struct search *search) {
  int r = 0;
  size_t count = search->napi != NULL ? search->napi->count : 0;
  for (size_t i = 0; i < count && r == 0; i++) {
    const struct netdev_napi_one *one = &search->napi->items[i];
    struct nic_irq *item;
    if (one->index != search->index || one->irq == NETDEV_NAPI_NONE)
      continue;
    r = add(search->irqs, one->irq, NIC_IRQS_NAPI, &item);
    if (r == 0)
      irq_napi_unite(&item->meaning, irq_napi_meaning(one));
  }
  return r;
}

static int add_number(struct search *search, const char *text,
                      enum nic_irqs_source source) {
  struct scan scan = scan_text(text, strlen(text));
  uint32_t number;
  if (!scan_u32(&scan, &number) || !scan_done(&scan) ||
      irq_napi_is_of_another(search->napi, number, search->index))
    return 0;
  return add(search->irqs, number, source, NULL);
}

static int add_messages(struct search *search) {
  char path[PATH_MAX];
  DIR *directory;
  int r = net_device_file(&search->holder, "msi_irqs", path);
  if (r == 0)
    r = sysroot_open_directory(search->root, path, &directory);
  if (r < 0)
    return r == -ENOENT ? 0 : r;
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    r = add_number(search, entry->d_name, NIC_IRQS_MSI);
  closedir(directory);
  return r;
}

static int add_line(struct search *search) {
  char path[PATH_MAX], text[16];
  int r = net_device_file(&search->holder, "irq", path);
  if (r < 0)
    return r;
  /* 0: it has none. */
  if (sysroot_read_text(search->root, path, text, sizeof(text)) < 0 ||
      strcmp(text, "0") == 0)
    return 0;
  return add_number(search, text, NIC_IRQS_LINE);
}

static void take_bus(struct search *search) {
  struct text bus = TEXT_IN(search->bus);
  text_add(&bus, "%s", net_device_name(&search->holder));
  search->owner.bus = search->bus;
}

/* Adds the interrupts of the first device, from the interface's upwards, that
 * has any. Those of the devices above it belong to others. */
static int add_device(struct search *search) {
  do {
    if (search->owner.bus == NULL && net_device_is_pci(&search->holder))
      take_bus(search);
    if (net_device_has(search->root, &search->holder, "msi_irqs"))
      return add_messages(search);
    if (net_device_has(search->root, &search->holder, "irq"))
      return add_line(search);
  } while (net_device_up(search->root, &search->holder));
  return 0;
}

/* Takes a row of /proc/interrupts. */
static int take_names(uint32_t number, struct scan names, void *data) {
  struct search *search = data;
  struct nic_irq *item = find(search->irqs, number);
  char name[sizeof(item->name)];
  bool is_owners = irq_name_choose(names, &search->owner, name, sizeof(name));
  if (item == NULL && search->by_name && is_owners) {
    int r = add(search->irqs, number, NIC_IRQS_NAME, &item);
    if (r < 0)
      return r;
  }
  if (item != NULL)
    memcpy(item->name, name, sizeof(name));
  return 0;
}

/* Reads the names from each interrupt's file. */
static void read_actions(struct search *search) {
  for (size_t i = 0; i < search->irqs->count; i++) {
    struct nic_irq *item = &search->irqs->items[i];
    char actions[512];
    if (irq_counts_actions(search->root, item->number, actions,
                           sizeof(actions)) < 0)
      continue;
    search->knows_names = true;
    irq_name_choose(scan_text(actions, strlen(actions)), &search->owner,
                    item->name, sizeof(item->name));
  }
}

static int read_names(struct search *search, struct interrupts *interrupts) {
  search->by_name = search->irqs->count == 0 && search->has_device;
  read_actions(search);
  if (search->knows_names || (!search->by_name && search->irqs->count == 0))
    return 0;
  int r = interrupts_names(search->root, interrupts, take_names, search);
  search->knows_names = r == 0;
  return r == -ENOENT ? 0 : r;
}

/* Whether an interrupt's name says nothing of the interface or its device. */
static bool is_unnamed(const struct search *search, const struct nic_irq *irq) {
  return irq->source != NIC_IRQS_NAPI && irq->name[0] != '\0' &&
         !irq_name_is_of(irq->name, &search->owner);
}

/* Removes vectors that are named after another port of the same device. */
static int drop_neighbours(struct search *search) {
  struct nic_irqs *irqs = search->irqs;
  bool is_needed = false;
  for (size_t i = 0; i < irqs->count; i++)
    is_needed = is_needed || is_unnamed(search, &irqs->items[i]);
  if (!is_needed || !search->has_device)
    return 0;
  int r = irq_neighbours_read(search->root, &search->device,
                              search->owner.interface, &search->neighbours);
  size_t kept = 0;
  for (size_t i = 0; i < irqs->count; i++)
    if (!is_unnamed(search, &irqs->items[i]) ||
        !irq_neighbours_own(&search->neighbours, irqs->items[i].name))
      irqs->items[kept++] = irqs->items[i];
  irqs->count = kept;
  return r;
}

/* If the names of some queues contain the interface's, removes queues without
 * any name of it: they belong to a port that was renamed or is in another
 * network namespace. */
static void drop_other_queues(const struct search *search) {
  const struct irq_name_owner owner = {.interface = search->owner.interface};
  struct nic_irqs *irqs = search->irqs;
  bool are_named = false;
  for (size_t i = 0; i < irqs->count; i++)
    are_named = are_named || (irqs->items[i].meaning.role == IRQ_QUEUE &&
                              irq_name_is_of(irqs->items[i].name, &owner));
  size_t kept = 0;
  for (size_t i = 0; i < irqs->count; i++)
    if (!are_named || irqs->items[i].meaning.role != IRQ_QUEUE ||
        !is_unnamed(search, &irqs->items[i]))
      irqs->items[kept++] = irqs->items[i];
  irqs->count = kept;
}

/* Removes vectors without a handler: they are allocated, but not in use. */
static void drop_unused(const struct search *search) {
  struct nic_irqs *irqs = search->irqs;
  size_t kept = 0;
  for (size_t i = 0; i < irqs->count; i++)
    if (irqs->items[i].name[0] != '\0' || !search->knows_names ||
        irqs->items[i].source == NIC_IRQS_NAPI)
      irqs->items[kept++] = irqs->items[i];
  irqs->count = kept;
}

static void parse_names(const struct search *search) {
  for (size_t i = 0; i < search->irqs->count; i++) {
    struct nic_irq *item = &search->irqs->items[i];
    struct irq_meaning named = irq_name_meaning(item->name, &search->owner);
    if (item->meaning.role == IRQ_UNKNOWN ||
        (item->meaning.queue == IRQ_NO_QUEUE && named.role == IRQ_QUEUE))
      item->meaning = named;
  }
}

/* Decides what vectors without a known role are, and which ones work. */
static void choose_working(struct nic_irqs *irqs) {
  bool has_queues = false, receives = false;
  for (size_t i = 0; i < irqs->count; i++)
    has_queues = has_queues || irqs->items[i].meaning.role == IRQ_QUEUE;
  for (size_t i = 0; i < irqs->count; i++) {
    struct irq_meaning *meaning = &irqs->items[i].meaning;
    if (meaning->role == IRQ_UNKNOWN)
      meaning->role = has_queues ? IRQ_OTHER : IRQ_QUEUE;
    receives = receives ||
               (meaning->role == IRQ_QUEUE && meaning->direction != IRQ_TX);
  }
  for (size_t i = 0; i < irqs->count; i++) {
    const struct irq_meaning *meaning = &irqs->items[i].meaning;
    irqs->items[i].works = meaning->role == IRQ_QUEUE &&
                           (meaning->direction != IRQ_TX || !receives);
  }
}

static int compare(const void *a, const void *b) {
  uint32_t one = ((const struct nic_irq *)a)->number;
  uint32_t other = ((const struct nic_irq *)b)->number;
  return (one > other) - (one < other);
}

int nic_irqs_read(const struct sysroot *root, struct interrupts *interrupts,
                  const struct netdev_napi *napi, const char *interface,
                  uint32_t index, struct nic_irqs *irqs) {
  struct search search = {.root = root,
                          .irqs = irqs,
                          .napi = napi,
                          .index = index,
                          .owner = {.interface = interface}};
  irqs->count = 0;
  int r = add_napi(&search);
  if (r == 0 && net_device_find(root, interface, index, &search.device) == 0) {
    search.has_device = true;
    search.owner.device = net_device_name(&search.device);
    search.holder = search.device;
    r = add_device(&search);
  }
  if (r == 0)
    r = read_names(&search, interrupts);
  if (r == 0)
    r = drop_neighbours(&search);
  irq_neighbours_free(&search.neighbours);
  if (r < 0) {
    irqs->count = 0;
    return r;
  }
  drop_unused(&search);
  parse_names(&search);
  drop_other_queues(&search);
  choose_working(irqs);
  if (irqs->count > 0)
    qsort(irqs->items, irqs->count, sizeof(*irqs->items), compare);
  return 0;
}

size_t nic_irqs_queues(const struct nic_irqs *irqs) {
  size_t queues = 0;
  for (size_t i = 0; i < irqs->count; i++)
    queues += irqs->items[i].works;
  return queues;
}

const struct nic_irq *nic_irqs_first_working(const struct nic_irqs *irqs) {
  for (size_t i = 0; i < irqs->count; i++)
    if (irqs->items[i].works)
      return &irqs->items[i];
  return NULL;
}

void nic_irqs_free(struct nic_irqs *irqs) {
  free(irqs->items);
  *irqs = (struct nic_irqs){0};
}
