/* SPDX-License-Identifier: MIT */
#include "sysctl.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "scan.h"
#include "sysroot.h"

static const char directory[] = "proc/sys/";

/* Writes the path of a setting's file. */
static int make_path(const char *name, char *ret, size_t size) {
  bool has_slash = strchr(name, '/') != NULL;
  char separator = has_slash ? '/' : '.';
  if (name[0] == '\0' || name[0] == separator || strstr(name, "..") != NULL)
    return -EINVAL;
  int length = snprintf(ret, size, "%s%s", directory, name);
  if (length < 0 || (size_t)length >= size)
    return -ENAMETOOLONG;
  if (!has_slash)
    for (char *c = ret + strlen(directory); *c != '\0'; c++)
      if (*c == '.')
        *c = '/';
  return 0;
}

/* Makes each run of white space one blank, and removes it at both ends. */
static void squeeze(char *text) {
  char *to = text;
  for (const char *from = text; *from != '\0'; from++) {
    if (!isspace((unsigned char)*from))
      *to++ = *from;
    else if (to > text && to[-1] != ' ')
      *to++ = ' ';
  }
  if (to > text && to[-1] == ' ')
    to--;
  *to = '\0';
}

int sysctl_read_text(const struct sysroot *root, const char *name, char *ret,
                     size_t size) {
  char path[PATH_MAX];
  int r = make_path(name, path, sizeof(path));
  if (r == 0)
    r = sysroot_read_text(root, path, ret, size);
  if (r < 0)
    return r;
  squeeze(ret);
  return 0;
}

/* Splits "net.ipv4.tcp_rmem[2]" into name and field, by default 0. */
static int split_field(const char *name, char *ret_name, size_t size,
                       uint32_t *ret_field) {
  const char *bracket = strchr(name, '[');
  size_t length = bracket != NULL ? (size_t)(bracket - name) : strlen(name);
  *ret_field = 0;
  if (bracket != NULL) {
    struct scan field = scan_text(bracket + 1, strlen(bracket + 1));
    if (!scan_u32(&field, ret_field) || !scan_equals(&field, "]"))
      return -EINVAL;
  }
  if (length >= size)
    return -ENAMETOOLONG;
  memcpy(ret_name, name, length);
  ret_name[length] = '\0';
  return 0;
}

int sysctl_read_number(const struct sysroot *root, const char *name,
                       int64_t *ret) {
  char setting[128];
  uint32_t field;
  int r = split_field(name, setting, sizeof(setting), &field);
  if (r < 0)
    return r;
  char value[SYSCTL_TEXT_SIZE];
  r = sysctl_read_text(root, setting, value, sizeof(value));
  if (r < 0)
    return r;

  struct scan text = scan_text(value, strlen(value));
  struct scan word;
  do {
    if (!scan_word(&text, &word))
      return -EBADMSG;
  } while (field-- > 0);
  int64_t number;
  if (!scan_i64(&word, &number) || !scan_done(&word))
    return -EBADMSG;
  *ret = number;
  return 0;
}
