/* SPDX-License-Identifier: MIT */
/* The number of CPUs, and the counts of one interrupt. */
#include "fuzz.h"

#include <errno.h>

#include "irq_counts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  size_t columns = fuzz_byte(&input) + 1u;
  struct scan text = scan_text((const char *)input.data, input.size);
  uint32_t *counts = malloc(columns * sizeof(*counts));
  FUZZ_EXPECT(counts != NULL);
  int r = irq_counts_parse(text, counts, columns);
  FUZZ_EXPECT(r == 0 || r == -EMSGSIZE || r == -EBADMSG);
  bool ends = input.size > 0 && input.data[input.size - 1] == '\n';
  FUZZ_EXPECT((r == -EMSGSIZE) == !ends);

  /* The same text does not fit another number of CPUs. */
  if (r == 0)
    FUZZ_EXPECT(columns == 1 ||
                irq_counts_parse(text, counts, columns - 1) == -EBADMSG);
  free(counts);
  return 0;
}
