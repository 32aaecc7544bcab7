/* SPDX-License-Identifier: MIT */
#include "container_id.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "scan.h"
#include "sysroot.h"

#define ID_DIGITS 64

static const char mount[] = "sys/fs/cgroup";

/* Finds the last id among the words of a cgroup's name. */
static const char *find_id(const char *name, const char *end) {
  const char *found = NULL;
  while (name < end) {
    size_t length = 0, digits = 0;
    while (name + length < end && isalnum((unsigned char)name[length]))
      length++;
    while (digits < length && (isdigit((unsigned char)name[digits]) ||
                               (name[digits] >= 'a' && name[digits] <= 'f')))
      digits++;
    if (length == ID_DIGITS && digits == ID_DIGITS)
      found = name;
    name += length + 1;
  }
  return found;
}

static bool read_owner(const struct sysroot *root, const char *path,
                       uid_t *ret) {
  char real[PATH_MAX];
  struct stat status;
  if (sysroot_path(root, path, real, sizeof(real)) < 0 ||
      stat(real, &status) < 0)
    return false;
  *ret = status.st_uid;
  return true;
}

/* Where a hierarchy is mounted: "unified" or nothing for that of version 2,
 * else the names of its controllers. */
static bool is_owned(const struct sysroot *root, const char *hierarchy,
                     struct scan cgroup, uid_t owner) {
  char path[PATH_MAX];
  uid_t found;
  snprintf(path, sizeof(path), "%s%s%.*s", mount, hierarchy,
           (int)(cgroup.end - cgroup.at), cgroup.at);
  return read_owner(root, path, &found) && found == owner;
}

/* Whether the cgroup with this path belongs to the owner of all cgroups. */
static bool is_trusted(const struct sysroot *root, struct scan controllers,
                       struct scan cgroup) {
  static const char above[] = "/..", named[] = "name=";
  char hierarchy[NAME_MAX];
  uid_t owner;
  if (!read_owner(root, mount, &owner))
    return true;
  /* As seen from a cgroup namespace. */
  while ((size_t)(cgroup.end - cgroup.at) > strlen(above) &&
         memcmp(cgroup.at, above, strlen(above)) == 0)
    cgroup.at += strlen(above);
  if (scan_done(&controllers))
    return is_owned(root, "", cgroup, owner) ||
           is_owned(root, "/unified", cgroup, owner);
  if ((size_t)(controllers.end - controllers.at) > strlen(named) &&
      memcmp(controllers.at, named, strlen(named)) == 0)
    controllers.at += strlen(named);
  snprintf(hierarchy, sizeof(hierarchy), "/%.*s",
           (int)(controllers.end - controllers.at), controllers.at);
  return is_owned(root, hierarchy, cgroup, owner);
}

/* Takes the text up to a character, and the character. */
static bool take_field(struct scan *line, char end, struct scan *ret) {
  const char *at = memchr(line->at, end, (size_t)(line->end - line->at));
  if (at == NULL)
    return false;
  *ret = (struct scan){.at = line->at, .end = at};
  line->at = at + 1;
  return true;
}

/* Looks through one line: "0::/docker/ID", "4:memory:/docker/ID". */
static bool find_in_line(const struct sysroot *root, struct scan line,
                         char ret[static CONTAINER_ID_SHOWN + 1]) {
  struct scan number, controllers, cgroup;
  bool is_found = false;
  if (!take_field(&line, ':', &number) || !take_field(&line, ':', &controllers))
    return false;
  cgroup = (struct scan){.at = line.at, .end = line.at};
  while (cgroup.end < line.end) {
    const char *name = cgroup.end + 1;
    const char *slash = memchr(name, '/', (size_t)(line.end - name));
    cgroup.end = slash != NULL ? slash : line.end;
    const char *id = find_id(name, cgroup.end);
    if (id == NULL || !is_trusted(root, controllers, cgroup))
      continue;
    memcpy(ret, id, CONTAINER_ID_SHOWN);
    ret[CONTAINER_ID_SHOWN] = '\0';
    is_found = true;
  }
  return is_found;
}

bool container_id_find(const struct sysroot *root, uint32_t pid,
                       char ret[static CONTAINER_ID_SHOWN + 1]) {
  char path[32], content[4096];
  bool is_found = false;
  snprintf(path, sizeof(path), "proc/%u/cgroup", pid);
  if (sysroot_read_text(root, path, content, sizeof(content)) < 0)
    return false;
  struct scan text = scan_text(content, strlen(content)), line;
  while (scan_line(&text, &line))
    is_found = find_in_line(root, line, ret) || is_found;
  return is_found;
}
