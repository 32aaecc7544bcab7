/* SPDX-License-Identifier: MIT */
/* A number of online CPUs and a table of soft interrupts. Then a good table
 * into the same reader. */
#include "fuzz.h"

#include <errno.h>

#include "softirqs.h"

static void check(const struct softirqs *softirqs,
                  const struct cpulist *online) {
  for (size_t i = 0; i < softirqs->count; i++) {
    FUZZ_EXPECT(i == 0 || softirqs->cpus[i - 1].cpu < softirqs->cpus[i].cpu);
    FUZZ_EXPECT(online == NULL || cpulist_has(online, softirqs->cpus[i].cpu));
  }
}

static void parse(struct scan text, const struct cpulist *online) {
  struct softirqs softirqs = SOFTIRQS_INIT;
  struct scan_error error = {.expected = NULL};
  int r = softirqs_parse(text, online, &softirqs, &error);
  if (r == 0)
    check(&softirqs, online);
  else
    FUZZ_EXPECT(r == -EBADMSG && error.expected != NULL && error.line > 0 &&
                softirqs.count == 0);

  static const char good[] = "CPU1 CPU3\nNET_TX: 5 6\nNET_RX: 7 8\n";
  FUZZ_EXPECT(softirqs_parse(scan_text(good, sizeof(good) - 1), NULL, &softirqs,
                             NULL) == 0);
  FUZZ_EXPECT(softirqs.count == 2 && softirqs.cpus[1].net_rx == 8);
  if (softirqs_parse(text, online, &softirqs, NULL) == 0)
    check(&softirqs, online);
  else
    FUZZ_EXPECT(softirqs.count == 2 && softirqs.cpus[0].net_tx == 5);
  softirqs_free(&softirqs);
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
