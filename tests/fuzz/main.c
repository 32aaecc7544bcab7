/* SPDX-License-Identifier: MIT */
/* Runs the inputs in the files given as arguments, in builds without libFuzzer.
 * A finding ends the program by a signal. */
#include "fuzz.h"

#include <errno.h>
#include <sys/stat.h>

/* Reads a file into a block of exactly its size, so that a read past its end is
 * noticed. Returns NULL if it cannot be read. */
static uint8_t *read_file(const char *path, size_t *ret_size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return NULL;
  uint8_t *data = NULL;
  struct stat status;
  if (fstat(fileno(file), &status) == 0) {
    size_t size = (size_t)status.st_size;
    data = malloc(size > 0 ? size : 1);
    if (data != NULL && fread(data, 1, size, file) == size) {
      *ret_size = size;
    } else {
      free(data);
      data = NULL;
    }
  }
  fclose(file);
  return data;
}

static int run_file(const char *path) {
  size_t size;
  uint8_t *data = read_file(path, &size);
  if (data == NULL) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return 1;
  }
  fprintf(stderr, "%s\n", path);
  LLVMFuzzerTestOneInput(data, size);
  free(data);
  return 0;
}

int main(int count, char **paths) {
  int failed = 0;
  for (int i = 1; i < count; i++)
    failed |= run_file(paths[i]);
  return failed;
}
