/* SPDX-License-Identifier: MIT */
/* bpf(2), as far as needed to run a program at a tracepoint and to read its
 * counts. Functions that create something return a descriptor, close-on-exec,
 * or -errno. The object goes away with its last descriptor, at the latest when
 * the process ends. */
#ifndef COMMON_BPF_H
#define COMMON_BPF_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* Creates a map. Needs CAP_BPF (Linux 5.8) or CAP_SYS_ADMIN. Up to 5.10 its
 * memory counts as locked; the process's limit is raised for the call, if that
 * is allowed. name is cut to 15 characters. */
int bpf_map_new(enum bpf_map_type type, uint32_t key_size, uint32_t value_size,
                uint32_t entries, const char *name);

/* Loads a program for a tracepoint; it may call GPL-only helpers. For
 * BPF_PROG_TYPE_TRACING (Linux 5.5), btf_trace is the id of the raw
 * tracepoint's typedef in the kernel's BTF; such a program may follow the
 * pointers in its arguments directly. The verifier's message goes to log (may
 * be NULL). Needs CAP_PERFMON too (5.8). A kernel that does not know the type
 * or an instruction returns -E2BIG or -EINVAL. */
int bpf_program_load(enum bpf_prog_type type, uint32_t btf_trace,
                     const struct bpf_insn *code, size_t count,
                     const char *name, char *log, size_t size);

/* Runs the program at each event of a raw tracepoint (Linux 4.17) while the
 * descriptor is open. name is NULL for BPF_PROG_TYPE_TRACING, whose tracepoint
 * was given at load time. */
int bpf_raw_tracepoint_open(const char *name, int program);

/* Runs the program at each event of the tracepoint with this id from tracefs,
 * on all CPUs. */
int bpf_tracepoint_open(uint32_t id, int program);

/* Runs a program of BPF_PROG_TYPE_RAW_TRACEPOINT once (Linux 5.10), in this
 * process, with this argument. Returns 0 and its result, or -errno: -EINVAL or
 * -ENOTSUPP (524) before 5.10. */
int bpf_program_run(int program, uint64_t argument, uint32_t *ret);

/* Reads how many events the program missed because it, or another program, was
 * running on that CPU. Returns 0, or -EOPNOTSUPP if the kernel does not count
 * them (before 5.12). */
int bpf_program_misses(int program, uint64_t *ret);

/* Reads the value of a key. For a per-CPU map, value is an array with an
 * element, padded to 8 bytes, for each possible CPU. Returns 0 or -errno:
 * -ENOENT if there is no such key. */
int bpf_map_lookup(int map, const void *key, void *value);

/* The same, and removes the key (Linux 5.14 for a per-CPU hash). Returns
 * -EINVAL or -ENOTSUPP (524) if the kernel cannot do that. */
int bpf_map_take(int map, const void *key, void *value);

/* Sets the value of a key, for all CPUs as bpf_map_lookup() reads it. Returns 0
 * or -errno. */
int bpf_map_set(int map, const void *key, const void *value);

/* Finds the key after another one (NULL: the first). Returns 0 or -errno:
 * -ENOENT at the end. */
int bpf_map_next(int map, const void *key, void *ret);

/* Reads up to *count keys and their values at once (Linux 5.6), from *position,
 * where the batch before ended, or from the start; *count becomes their number.
 * Returns 0; -ENOENT with the last batch; -EINVAL if the kernel cannot do that;
 * or another -errno. */
int bpf_map_batch(int map, int from_start, uint32_t *position, void *keys,
                  void *values, uint32_t *count);

#endif
