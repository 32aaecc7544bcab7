/* SPDX-License-Identifier: MIT */
/* Patterns and a name, each ending at a byte 0. */
#include "fuzz.h"

#include <errno.h>

#include "match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  struct match match = {0};
  /* Long expressions and nested repetitions keep the C library busy for
   * minutes.
   */
  char pattern[24], name[64], reason[64];
  size_t added = 0;
  for (unsigned count = fuzz_byte(&input) % 4; count > 0; count--) {
    fuzz_text(&input, pattern, sizeof(pattern));
    if (strchr(pattern, '{') != strrchr(pattern, '{'))
      continue;
    int r = match_add(&match, pattern, reason, sizeof(reason));
    FUZZ_EXPECT(r == 0 || r == -EINVAL || r == -ENOMEM);
    if (r == 0)
      added++;
    if (r == 0 && pattern[0] != '/')
      FUZZ_EXPECT(match_any(&match, pattern) && match_exact(&match, pattern));
  }
  FUZZ_EXPECT(match.count == added);
  fuzz_text(&input, name, sizeof(name));
  bool fits = match_any(&match, name);
  FUZZ_EXPECT(!match_exact(&match, name) || fits);
  FUZZ_EXPECT(match_selects(&match, false, name) == (fits || added == 0));
  FUZZ_EXPECT(match_selects(&match, true, name) == (!fits || added == 0));
  match_free(&match);
  return 0;
}
