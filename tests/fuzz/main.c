/* SPDX-License-Identifier: MIT */
/* For builds without libFuzzer: runs the inputs in the files that are named. A
 * finding ends the program by a signal. */
#include "fuzz.h"

#include <errno.h>

static int run_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return 1;
  }
  uint8_t *data = NULL;
  size_t size = 0, room = 0, got;
  do {
    if (size == room) {
      room = room == 0 ? 4096 : 2 * room;
      data = realloc(data, room);
      FUZZ_EXPECT(data != NULL);
    }
    got = fread(data + size, 1, room - size, file);
    size += got;
  } while (got > 0);
  fclose(file);
  /* A copy of just this size, so that reading past its end is noticed. */
  uint8_t *input = malloc(size > 0 ? size : 1);
  FUZZ_EXPECT(input != NULL);
  memcpy(input, data, size);
  free(data);
  fprintf(stderr, "%s\n", path);
  LLVMFuzzerTestOneInput(input, size);
  free(input);
  return 0;
}

int main(int count, char **paths) {
  int failed = 0;
  for (int i = 1; i < count; i++)
    failed |= run_file(paths[i]);
  return failed;
}
