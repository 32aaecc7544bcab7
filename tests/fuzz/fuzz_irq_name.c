/* SPDX-License-Identifier: MIT */
/* An interface, its device, its bus address and the name of a handler, with a
 * byte 0 between them. */
#include "fuzz.h"

#include "irq_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  char interface[32], device[64], bus[32], name[256], behind[300];
  const struct irq_name_owner owner = {
      .interface = fuzz_text(&input, interface, sizeof(interface)),
      .device = fuzz_text(&input, device, sizeof(device)),
      .bus = fuzz_text(&input, bus, sizeof(bus)),
  };
  fuzz_text(&input, name, sizeof(name));
  struct irq_meaning meaning = irq_name_meaning(name, &owner);
  FUZZ_EXPECT(meaning.role <= IRQ_OTHER && meaning.direction <= IRQ_TX);
  FUZZ_EXPECT(meaning.role == IRQ_QUEUE || meaning.queue == IRQ_NO_QUEUE);
  FUZZ_EXPECT(meaning.role == IRQ_QUEUE || meaning.direction == IRQ_BOTH);
  irq_name_is_of(name, &owner);

  /* Of several names, one; on a line of its own it is the same again. */
  char chosen[48], again[48];
  bool is_owners = irq_name_choose(scan_text(name, strlen(name)), &owner,
                                   chosen, sizeof(chosen));
  FUZZ_EXPECT(strlen(chosen) < sizeof(chosen) && fuzz_is_printable(chosen));
  FUZZ_EXPECT(strchr(chosen, ',') == NULL);
  irq_name_choose(scan_text(chosen, strlen(chosen)), &owner, again,
                  sizeof(again));
  FUZZ_EXPECT(!is_owners || strlen(again) <= strlen(chosen));

  /* What begins with the interface's name is the interface's. */
  snprintf(behind, sizeof(behind), "%s-%s", owner.interface, name);
  FUZZ_EXPECT(owner.interface[0] == '\0' || irq_name_is_of(behind, &owner));

  static const struct irq_name_owner nobody = {.interface = NULL};
  FUZZ_EXPECT(!irq_name_is_of(name, &nobody));
  irq_name_meaning(name, &nobody);
  return 0;
}
