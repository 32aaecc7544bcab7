/* SPDX-License-Identifier: MIT */
/* Names, each ending at a byte 0: alone, and in a set where all must differ. */
#include "fuzz.h"

#include "metric_name.h"
#include "name_set.h"

enum { NAMES = 8 };

static void check(const char *safe, const char *name) {
  FUZZ_EXPECT(strlen(safe) < METRIC_NAME_SIZE);
  FUZZ_EXPECT((safe[0] == '\0') == (name[0] == '\0'));
  FUZZ_EXPECT(strspn(safe, "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_.-") == strlen(safe));
  FUZZ_EXPECT(strstr(safe, "__") == NULL || strstr(name, "__") != NULL);
  FUZZ_EXPECT(strcmp(safe, ".") != 0 && strcmp(safe, "..") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  struct name_set *set = NULL;
  char names[NAMES][100], safe[NAMES][METRIC_NAME_SIZE];
  for (size_t i = 0; i < NAMES; i++) {
    fuzz_text(&input, names[i], sizeof(names[i]));
    metric_name(safe[i], names[i]);
    check(safe[i], names[i]);

    /* A safe name stays as it is. */
    char again[METRIC_NAME_SIZE];
    metric_name(again, safe[i]);
    FUZZ_EXPECT(strcmp(again, safe[i]) == 0);
  }
  for (size_t i = 0; i < NAMES; i++) {
    FUZZ_EXPECT(name_set_add(&set, "scope", names[i], safe[i]) == 0);
    for (size_t j = 0; j < i; j++)
      FUZZ_EXPECT((strcmp(safe[i], safe[j]) == 0) ==
                  (strcmp(names[i], names[j]) == 0));
  }
  name_set_remove(&set, "scope", safe[0]);
  name_set_remove(&set, "another", safe[1]);
  name_set_free(&set);
  return 0;
}
