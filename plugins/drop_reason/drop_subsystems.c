/* SPDX-License-Identifier: MIT */
#include "drop_subsystems.h"

#include <errno.h>
#include <string.h>

#include "btf.h"
#include "sysroot.h"

/* Whether the same modules are loaded as at the last look. */
static bool is_unchanged(struct drop_subsystems *subsystems,
                         const struct sysroot *root) {
  uint64_t before = subsystems->modules.fingerprint;
  bool is_same = modules_read(root, &subsystems->modules) < 0 ||
                 subsystems->modules.fingerprint == before;
  return is_same && subsystems->has_looked;
}

static int learn_module(struct drop_names *names, const struct sysroot *root,
                        const struct btf *kernel, const char *module) {
  struct btf btf;
  int r = btf_load_module(&btf, kernel, root, module, NULL);
  if (r < 0)
    return r == -ENOMEM ? r : 0;
  r = drop_names_add_subsystems(names, &btf);
  btf_free(&btf);
  return r;
}

static int learn_all(struct drop_names *names, const struct sysroot *root,
                     const struct btf *kernel) {
  DIR *directory;
  int r = sysroot_open_directory(root, "sys/kernel/btf", &directory);
  if (r < 0)
    return r;
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux") != 0)
      r = learn_module(names, root, kernel, entry->d_name);
  closedir(directory);
  return r;
}

int drop_subsystems_learn(struct drop_subsystems *subsystems,
                          const struct sysroot *root,
                          struct drop_names *names) {
  struct btf kernel;
  if (is_unchanged(subsystems, root))
    return 0;
  subsystems->has_looked = true;
  int r = btf_load(&kernel, root, NULL);
  if (r < 0)
    return r;
  r = learn_all(names, root, &kernel);
  btf_free(&kernel);
  return r;
}

void drop_subsystems_free(struct drop_subsystems *subsystems) {
  modules_free(&subsystems->modules);
  *subsystems = (struct drop_subsystems){.has_looked = false};
}
