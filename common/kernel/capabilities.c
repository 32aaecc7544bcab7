/* SPDX-License-Identifier: MIT */
#include "capabilities.h"

#include <errno.h>

#include "scan.h"
#include "sysroot.h"

static int parse(struct scan text, uint64_t *ret) {
  struct scan line, label;
  while (scan_line(&text, &line))
    if (scan_word(&line, &label) && scan_equals(&label, "CapEff:")) {
      uint64_t found;
      if (!scan_hex64(&line, &found) || !scan_done(&line))
        return -EBADMSG;
      *ret = found;
      return 0;
    }
  return -EBADMSG;
}

int capabilities_read(const struct sysroot *root, uint64_t *ret) {
  struct sysroot_file file = SYSROOT_FILE("proc/self/status");
  int r = sysroot_file_read(root, &file);
  if (r == 0)
    r = parse(sysroot_file_text(&file), ret);
  sysroot_file_free(&file);
  return r;
}
