/* SPDX-License-Identifier: MIT */
/* A number of addresses, the addresses, and a list of symbols. */
#include "fuzz.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kallsyms.h"
#include "sysroot.h"

static struct sysroot root;
static char directory[] = "/tmp/netloss-fuzz.XXXXXX";

static void remove_directory(void) {
  char path[64];
  snprintf(path, sizeof(path), "%s/kallsyms", directory);
  unlink(path);
  rmdir(directory);
  sysroot_free(&root);
}

static void write_file(const struct fuzz_input *input) {
  char path[64];
  if (root.proc == NULL) {
    FUZZ_EXPECT(mkdtemp(directory) != NULL);
    FUZZ_EXPECT(sysroot_init(&root, directory, directory) == 0);
    atexit(remove_directory);
  }
  snprintf(path, sizeof(path), "%s/kallsyms", directory);
  FILE *file = fopen(path, "w");
  FUZZ_EXPECT(file != NULL);
  FUZZ_EXPECT(fwrite(input->data, 1, input->size, file) == input->size);
  FUZZ_EXPECT(fclose(file) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  struct kallsyms_symbol symbols[8];
  size_t count = 1 + fuzz_byte(&input) % 8;
  for (size_t i = 0; i < count; i++)
    symbols[i].address = fuzz_number(&input);
  write_file(&input);
  int r = kallsyms_find(&root, symbols, count);
  FUZZ_EXPECT(r == 0 || r == -EACCES || r == -EBADMSG);
  uint64_t last = 0; /* begin that is known */
  for (size_t i = 0; i < count; i++) {
    FUZZ_EXPECT(i == 0 || symbols[i - 1].address <= symbols[i].address);
    FUZZ_EXPECT(symbols[i].begin == 0 || last <= symbols[i].begin);
    if (symbols[i].begin != 0)
      last = symbols[i].begin;
    FUZZ_EXPECT(symbols[i].begin <= symbols[i].address);
    FUZZ_EXPECT(strnlen(symbols[i].name, KALLSYMS_NAME_SIZE) <
                KALLSYMS_NAME_SIZE);
    FUZZ_EXPECT((symbols[i].begin != 0) >= (symbols[i].name[0] != '\0'));
  }
  return 0;
}
