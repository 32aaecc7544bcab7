/* SPDX-License-Identifier: MIT */
/* A list, walked and tested member by member; and the same text as a mask. */
#include "fuzz.h"

#include "cpulist.h"

static void check(const struct cpulist *list) {
  size_t count = 0;
  uint32_t cpu = 0;
  while (cpulist_next(list, cpu, &cpu)) {
    FUZZ_EXPECT(cpulist_has(list, cpu));
    FUZZ_EXPECT(cpu <= CPULIST_MAX);
    count++;
    cpu++;
  }
  FUZZ_EXPECT(count == list->count);
  FUZZ_EXPECT(!cpulist_has(list, CPULIST_MAX + 1));
}

static void add_mask(struct scan text) {
  struct cpulist list = {0}, united = {0};
  struct scan_error error = {.expected = NULL};
  int r = cpulist_add_mask(&list, text, &error);
  FUZZ_EXPECT(r == 0 || (error.expected != NULL && list.count == 0));
  check(&list);
  size_t count = list.count;
  FUZZ_EXPECT(cpulist_add_mask(&list, text, NULL) == r);
  FUZZ_EXPECT(list.count == count);
  FUZZ_EXPECT(cpulist_unite(&united, &list) == 0 && united.count == count);
  FUZZ_EXPECT(cpulist_unite(&united, &list) == 0 && united.count == count);
  check(&united);
  cpulist_free(&list);
  cpulist_free(&united);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct cpulist list = {0};
  struct scan_error error = {.expected = NULL};
  struct scan text = scan_text((const char *)data, size);
  int r = cpulist_add(&list, text, &error);
  FUZZ_EXPECT(r == 0 || (error.expected != NULL && list.count == 0));
  check(&list);

  /* Adding the same list again changes nothing. */
  size_t count = list.count;
  FUZZ_EXPECT(cpulist_add(&list, text, NULL) == r);
  FUZZ_EXPECT(list.count == count);
  cpulist_clear(&list);
  check(&list);
  cpulist_free(&list);
  add_mask(text);
  return 0;
}
