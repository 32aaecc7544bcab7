/* SPDX-License-Identifier: MIT */
#include "nic_vfs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nic_meters.h"
#include "nic_state.h"

void nic_vfs_find(const struct nic_ethtool *nic, struct nic_device *device) {
  const struct interface_entry *interface = &device->interface;
  const struct sysroot *root = nic->context->root;
  char path[64];
  uint64_t count = 0;
  snprintf(path, sizeof(path), "sys/class/net/%s/device/sriov_numvfs",
           interface->name);
  device->has_vfs = net_sysfs_shows(root, interface->name, interface->index) &&
                    sysroot_read_number(root, path, &count) == 0 && count > 0;
}

static void report_one(const struct nic_device *device,
                       const struct vf_stats_one *vf, struct report *report) {
  char number[16];
  snprintf(number, sizeof(number), "%" PRIu32, vf->vf);
  const struct labels labels = {.device = device->interface.name, .vf = number};
  struct report_object *object = report_object(report, NULL, &labels, false);
  report_counter(report, object, NIC_VF_RX_DROPPED, vf->rx_dropped);
  report_counter(report, object, NIC_VF_TX_DROPPED, vf->tx_dropped);
}

static void note_problem(const struct nic_ethtool *nic,
                         struct nic_device *device, int r) {
  if (r < 0)
    layer_problem_begin(&device->vf_problem, nic->context,
                        "%s: virtual functions cannot be read: %s; their drops "
                        "are not reported until that ends",
                        device->interface.name, strerror(-r));
  else
    layer_problem_end(&device->vf_problem, nic->context,
                      "%s: virtual functions can be read again",
                      device->interface.name);
}

void nic_vfs_report(struct nic_ethtool *nic, struct nic_device *device,
                    struct report *report) {
  if (!device->has_vfs)
    return;
  int r =
      vf_stats_read(&nic->list.route, device->interface.index, &device->vfs);
  if (r < 0)
    report_set_incomplete(report);
  /* The next list will show that the interface is gone. */
  if (r != -ENODEV)
    note_problem(nic, device, r);
  for (size_t i = 0; i < device->vfs.count; i++)
    report_one(device, &device->vfs.items[i], report);
}
