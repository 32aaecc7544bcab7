/* SPDX-License-Identifier: MIT */
/* The name of a setting, a byte 0, and the content of its file. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysctl.h"
#include "sysroot.h"

static char directory[64];

static void remove_tree(void) {
  char path[96];
  static const char *const below[] = {"/sys/net/value", "/sys/net", "/sys", ""};
  for (size_t i = 0; i < 4; i++) {
    snprintf(path, sizeof(path), "%s%s", directory, below[i]);
    remove(path);
  }
}

/* Makes a tree with one setting, net.value, in memory if possible. Returns its
 * file. */
static int make_tree(void) {
  static int fd = -1;
  if (fd >= 0)
    return fd;
  snprintf(directory, sizeof(directory), "%s/netloss-fuzz-XXXXXX",
           access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  FUZZ_EXPECT(mkdtemp(directory) != NULL);
  atexit(remove_tree);
  char path[96];
  snprintf(path, sizeof(path), "%s/sys", directory);
  mkdir(path, 0700);
  snprintf(path, sizeof(path), "%s/sys/net", directory);
  mkdir(path, 0700);
  snprintf(path, sizeof(path), "%s/sys/net/value", directory);
  fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  FUZZ_EXPECT(fd >= 0);
  return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  int fd = make_tree();
  char name[64];
  fuzz_text(&input, name, sizeof(name));
  FUZZ_EXPECT(ftruncate(fd, 0) == 0);
  FUZZ_EXPECT(pwrite(fd, input.data, input.size, 0) == (ssize_t)input.size);

  struct sysroot root;
  FUZZ_EXPECT(sysroot_init(&root, directory, NULL) == 0);
  char text[SYSCTL_TEXT_SIZE];
  int64_t number;
  sysctl_read_text(&root, name, text, sizeof(text));
  sysctl_read_number(&root, name, &number);
  if (sysctl_read_text(&root, "net.value", text, sizeof(text)) == 0) {
    FUZZ_EXPECT(strlen(text) < sizeof(text));
    FUZZ_EXPECT(strpbrk(text, "\n\t\r") == NULL && strstr(text, "  ") == NULL);
    FUZZ_EXPECT(text[0] != ' ');
  }
  if (sysctl_read_number(&root, "net.value", &number) == 0)
    FUZZ_EXPECT(number == strtoll(text, NULL, 10));
  sysctl_read_number(&root, "net.value[3]", &number);
  sysroot_free(&root);
  return 0;
}
