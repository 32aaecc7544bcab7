/* SPDX-License-Identifier: MIT */
#include "drop_causes.h"

#include <stdio.h>
#include <string.h>

#include "drop_functions.h"
#include "sysroot.h"

unsigned drop_causes_release(const struct sysroot *root) {
  char text[128];
  unsigned major, minor;
  if (sysroot_read_text(root, "proc/sys/kernel/osrelease", text, sizeof(text)) <
          0 ||
      sscanf(text, "%3u.%3u", &major, &minor) != 2)
    return 0;
  return DROP_RELEASE(major, minor);
}

const char *drop_causes_find(const char *function, unsigned release) {
  for (const struct drop_function *known = drop_functions; known->name != NULL;
       known++)
    if (strcmp(known->name, function) == 0 && release >= known->from &&
        release <= known->until)
      return known->reason;
  return NULL;
}
