/* SPDX-License-Identifier: MIT */
/* Where /proc and /sys are, and how their files are read.
 *
 * Paths are written "proc/net/softnet_stat" and "sys/class/net". The first part
 * names the tree, which can be mounted elsewhere: below /host in a container,
 * or in a test's directory. "run/..." is /run; with a foreign /proc it is the
 * /run of that tree's process 1.
 *
 * "proc/net" is a link to the reader's own network namespace. With a foreign
 * /proc that has a process 1, "proc/net/..." is read as "proc/1/net/...", that
 * is, in the namespace of the host's process 1 (fs/proc/proc_net.c). */
#ifndef SYSROOT_H
#define SYSROOT_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan.h"

struct sysroot {
  char *proc;
  char *sys;
  char *run;
  bool net_of_init;   /* "proc/net" means "proc/1/net" */
  char net_owner[16]; /* the directory that "proc/net" is in, below /proc: "",
                         "1/", "thread-self/" or "4711/" */
};

/* NULL stands for "/proc" and "/sys". Returns 0, -ENOMEM, or -ENOENT or
 * -ENOTDIR for a path that is no directory; root is then unchanged. */
int sysroot_init(struct sysroot *root, const char *proc, const char *sys);
void sysroot_free(struct sysroot *root);

/* Returns the same trees for the calling thread, which may have entered another
 * network namespace than its process: "proc/net" is the thread's. Borrows
 * root's memory and must not be freed. */
struct sysroot sysroot_of_thread(const struct sysroot *root);

/* Returns true if "proc/net" shows another network namespace than the caller's;
 * false if it does not, or that cannot be determined. "proc/sys/net" always
 * shows the caller's, whatever the root (net/sysctl_net.c). */
bool sysroot_net_is_foreign(const struct sysroot *root);

/* Writes the real path. Returns 0, -ENAMETOOLONG, or -EINVAL for a path that
 * begins with none of "proc/", "sys/" and "run/". */
int sysroot_path(const struct sysroot *root, const char *path, char *ret,
                 size_t size);

/* Opens for reading, close-on-exec, without waiting for a FIFO's writer.
 * Returns a descriptor or -errno. */
int sysroot_open(const struct sysroot *root, const char *path);

/* Opens a directory; closedir() closes it. Returns 0 or -errno. */
int sysroot_open_directory(const struct sysroot *root, const char *path,
                           DIR **ret);

/* Returns true if the file is in procfs or sysfs, where each read from the
 * start generates the content anew, so that the file can stay open. */
bool sysroot_stays_open(int fd);

/* Reads a small file, such as a setting or a mask, without its last newline.
 * Returns 0, -errno, or -EMSGSIZE if the content does not fit or has 4096 bytes
 * or more; ret is then unchanged. */
int sysroot_read_text(const struct sysroot *root, const char *path, char *ret,
                      size_t size);

/* Reads a file that holds one number and nothing else. Returns 0, -EBADMSG, or
 * another -errno. */
int sysroot_read_number(const struct sysroot *root, const char *path,
                        uint64_t *ret);

/* Reads the number of a file of sysfs by its path from an open directory, which
 * costs the kernel much less than the way from the root. Returns as
 * sysroot_read_number(). */
int sysroot_read_number_at(int directory, const char *path, uint64_t *ret);

/* A file that is read repeatedly. It stays open if the kernel generates its
 * content (procfs, sysfs). An ordinary file is opened for each read, so that
 * its replacement or removal is noticed. All zero is closed and empty. */
struct sysroot_file {
  const char *path; /* as above; not owned */
  bool is_open;
  bool is_foreign; /* belongs to another network namespace, in which it has to
                      be opened: reads use the open file only */
  int fd;          /* while is_open */
  size_t limit;    /* reads stop after this many bytes; 0: at the end */
  char *data;      /* the content, not terminated */
  size_t length;
  size_t capacity;
};

#define SYSROOT_FILE(name)                                                     \
  (struct sysroot_file) { .path = (name) }

/* Reads the content, up to file->limit, into file->data. Allocates
 * nothing once the buffer is large enough. Returns 0; -ENOENT for a foreign
 * file that is not open; or another -errno; length is then 0. */
int sysroot_file_read(const struct sysroot *root, struct sysroot_file *file);

/* Returns true if the last read stopped at the limit. */
static inline bool sysroot_file_is_cut(const struct sysroot_file *file) {
  return file->limit > 0 && file->length == file->limit;
}

/* Returns the content of the last read. */
static inline struct scan sysroot_file_text(const struct sysroot_file *file) {
  return scan_text(file->data, file->length);
}

/* Opens the file for the reads to come, unless it is open. Returns 0 or -errno.
 */
int sysroot_file_open(const struct sysroot *root, struct sysroot_file *file);

/* Closes the file, if it is open, and keeps its memory. */
void sysroot_file_close(struct sysroot_file *file);

/* Closes the file and frees its memory. It can be read again. */
void sysroot_file_free(struct sysroot_file *file);

#endif
