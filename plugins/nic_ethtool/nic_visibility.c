/* SPDX-License-Identifier: MIT */
#include "nic_visibility.h"

#include <string.h>

#include "nic_meters.h"
#include "nic_state.h"

static bool reports(const struct nic_device *device, unsigned cause) {
  return (device->layout.tally.causes & UINT32_C(1) << cause) != 0 ||
         (cause == NIC_TX_TIMEOUT && device->sysfs.has_timeouts);
}

static void add_key(struct text *text, unsigned cause) {
  if (text->length > 0)
    text_add(text, ", ");
  text_add(text, "%s", meter_key(&nic_meters[cause]));
}

/* Software interfaces come and go: one line for each driver is enough. */
static bool is_logged(struct nic_ethtool *nic,
                      const struct nic_device *device) {
  const char *driver = device->layout.statistics.driver;
  const size_t room =
      sizeof(nic->logged_drivers) / sizeof(nic->logged_drivers[0]);
  if (!device->interface.is_software)
    return false;
  for (size_t i = 0; i < nic->logged_driver_count; i++)
    if (strcmp(nic->logged_drivers[i], driver) == 0)
      return true;
  if (nic->logged_driver_count == room)
    return true;
  memcpy(nic->logged_drivers[nic->logged_driver_count++], driver,
         sizeof(nic->logged_drivers[0]));
  return false;
}

static void log_causes(const struct nic_ethtool *nic,
                       const struct nic_device *device) {
  char reported_buffer[400], missing_buffer[200];
  struct text reported = TEXT_IN(reported_buffer);
  struct text missing = TEXT_IN(missing_buffer);
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++) {
    if (reports(device, cause))
      add_key(&reported, cause);
    else if (nic_meters_is_main((enum nic_cause)cause))
      add_key(&missing, cause);
  }
  const char *driver = device->layout.statistics.driver;
  bool is_known = device->layout.sources.is_known;
  layer_log(nic->context, LAYER_NOTICE, "%s (%s%s) %s %s; it cannot report %s",
            device->interface.name, driver[0] != '\0' ? driver : "no driver",
            driver[0] != '\0' && !is_known ? ", not in the table" : "",
            is_known ? "reports" : "may report",
            reported.length > 0 ? reported_buffer : "nothing",
            missing.length > 0 ? missing_buffer : "nothing else");
}

void nic_visibility_log(struct nic_ethtool *nic, struct nic_device *device) {
  uint32_t causes = device->layout.tally.causes;
  if (device->has_logged_causes && device->logged_causes == causes)
    return;
  device->has_logged_causes = true;
  device->logged_causes = causes;
  if (!is_logged(nic, device))
    log_causes(nic, device);
}
