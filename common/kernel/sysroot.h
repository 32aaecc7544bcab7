/* SPDX-License-Identifier: MIT */
/* Where /proc and /sys are, and how their files are read.
 *
 * Paths are written "proc/net/softnet_stat" and "sys/class/net": the first
 * part names the tree, and each tree can live elsewhere (a container with the
 * host's trees mounted below /host, a recorded tree in the tests). "run/..." is
 * /run or, below a foreign root, what its process 1 sees as that.
 *
 * "proc/net" is a link to the reader's own network namespace. Below a foreign
 * root which has a process 1, "proc/net/..." is read as "proc/1/net/...", that
 * is, in the namespace of the host's process 1 (fs/proc/proc_net.c). */
#ifndef SYSROOT_H
#define SYSROOT_H

#include <stdbool.h>
#include <stddef.h>

struct sysroot {
  char *proc;
  char *sys;
  char *run;
  bool net_of_init;   /* "proc/net" means "proc/1/net" */
  bool net_of_thread; /* "proc/net" means "proc/thread-self/net" */
};

/* NULL stands for "/proc" and "/sys". Returns 0, -ENOMEM, or, for a path which
 * cannot be such a tree, -ENOENT or -ENOTDIR; root is then unchanged. */
int sysroot_init(struct sysroot *root, const char *proc, const char *sys);
void sysroot_free(struct sysroot *root);

/* The same trees for a thread that is in another network namespace than its
 * process: "proc/net" is its own. It lives as long as root does, and is not to
 * be freed. */
struct sysroot sysroot_of_thread(const struct sysroot *root);

/* True if "proc/net" is another network namespace than the caller's. The
 * settings below "proc/sys/net" are always the caller's, whatever the root
 * (net/sysctl_net.c). False where that cannot be told. */
bool sysroot_net_is_foreign(const struct sysroot *root);

/* Writes where path really is. Returns 0, -ENAMETOOLONG, or -EINVAL when path
 * begins with none of "proc/", "sys/" and "run/". */
int sysroot_path(const struct sysroot *root, const char *path, char *ret,
                 size_t size);

/* Opens for reading, close-on-exec. Returns a descriptor or -errno. */
int sysroot_open(const struct sysroot *root, const char *path);

/* True where the kernel makes the content of a file anew at each read (procfs,
 * sysfs): only there an open file is as good as a fresh one. */
bool sysroot_stays_open(int fd);

/* Reads a small file (a setting, a mask) as text without its last newline.
 * Returns 0, -errno, or -EMSGSIZE when the content does not fit, or has 4096
 * bytes or more; ret is then unchanged. */
int sysroot_read_text(const struct sysroot *root, const char *path, char *ret,
                      size_t size);

/* A file that is read again and again. It stays open where the kernel makes
 * its content anew at each read (procfs, sysfs); an ordinary file is opened
 * each time, so that one which was replaced or removed is noticed. */
struct sysroot_file {
  const char *path; /* as above; not owned */
  int fd;
  bool is_lent; /* here, its path means another file: it is read only while it
                   is open, and others open it */
  char *data;   /* the content, not terminated */
  size_t length;
  size_t capacity;
};

#define SYSROOT_FILE(name)                                                     \
  (struct sysroot_file) { .path = (name), .fd = -1 }

/* Reads the whole content into file->data, however long it is. Returns 0,
 * -ENOENT for a lent file that is not open, or another -errno; file->length is
 * then 0. Never allocates once the buffer has its
 * size. */
int sysroot_file_read(const struct sysroot *root, struct sysroot_file *file);

/* Opens the file if it is not, to stay open. Returns 0 or -errno. */
int sysroot_file_open(const struct sysroot *root, struct sysroot_file *file);

/* Closes it and keeps its memory. */
void sysroot_file_shut(struct sysroot_file *file);

/* Accepts a file which was never read. It can be read again afterwards. */
void sysroot_file_close(struct sysroot_file *file);

#endif
