/* SPDX-License-Identifier: MIT */
/* A number of online CPUs and a table, which is read twice. */
#include "fuzz.h"

#include <errno.h>

#include "softnet_stat.h"

static void check(const struct softnet_stat *stat) {
  FUZZ_EXPECT(stat->count > 0 && stat->columns >= 9);
  for (size_t i = 1; i < stat->count; i++)
    FUZZ_EXPECT(stat->cpus[i - 1].cpu < stat->cpus[i].cpu);
}

static void parse(struct scan text, const struct cpulist *online) {
  struct softnet_stat stat = SOFTNET_STAT_INIT;
  struct scan_error error = {.expected = NULL};
  int r = softnet_stat_parse(text, online, &stat, &error);
  if (r == 0)
    check(&stat);
  else
    FUZZ_EXPECT(stat.count == 0);
  FUZZ_EXPECT(r != -EBADMSG || error.expected != NULL);

  static const char other[] = "1 2 3 4 5 6 7 8 9 a b c 5\n";
  struct scan another = scan_text(other, sizeof(other) - 1);
  FUZZ_EXPECT(softnet_stat_parse(another, NULL, &stat, NULL) == 0);
  FUZZ_EXPECT(stat.count == 1 && stat.cpus[0].cpu == 5);
  if (softnet_stat_parse(text, online, &stat, NULL) < 0)
    FUZZ_EXPECT(stat.count == 1 && stat.cpus[0].cpu == 5);
  else
    check(&stat);
  softnet_stat_free(&stat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  struct cpulist online = {0};
  char list[32];
  int length = snprintf(list, sizeof(list), "1-%u", fuzz_byte(&input) + 1u);
  cpulist_add(&online, scan_text(list, (size_t)length), NULL);
  struct scan text = scan_text((const char *)input.data, input.size);
  parse(text, &online);
  parse(text, NULL);
  cpulist_free(&online);
  return 0;
}
