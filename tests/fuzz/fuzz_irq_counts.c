/* SPDX-License-Identifier: MIT */
/* The number of CPUs, and the counts of one interrupt, or of two reads. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "irq_counts.h"

/* If the first half is well-formed, changes from it to the second half are
 * parsed like the whole second half. */
static void check_changes(struct scan text, uint32_t *counts, size_t columns) {
  size_t length = (size_t)(text.end - text.at) / 2;
  struct scan before = scan_text(text.at, length);
  struct scan after = scan_text(text.at + length, length);
  if (irq_counts_parse(before, counts, columns) < 0)
    return;
  uint32_t *whole = calloc(columns, sizeof(*whole));
  FUZZ_EXPECT(whole != NULL);
  int r = irq_counts_parse_changes(after, before.at, counts, columns);
  FUZZ_EXPECT(r == irq_counts_parse(after, whole, columns));
  FUZZ_EXPECT(r < 0 || memcmp(counts, whole, columns * sizeof(*whole)) == 0);
  free(whole);
}

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
  check_changes(text, counts, columns);
  free(counts);
  return 0;
}
