/* SPDX-License-Identifier: MIT */
/* The kernel's bpf(2), as far as it is needed to run a program at a tracepoint
 * and to read what it counted. Each function that makes something returns a
 * descriptor, close-on-exec, or -errno; what it stands for is gone when its
 * last descriptor is closed, that is, at the latest when the process ends. */
#ifndef COMMON_BPF_H
#define COMMON_BPF_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* A map. Needs CAP_BPF (Linux 5.8) or CAP_SYS_ADMIN; up to 5.10 its memory
 * counts as locked, and the process's limit is lifted while it is made, if that
 * is allowed. name has 15 characters at most. */
int bpf_map_new(enum bpf_map_type type, uint32_t key_size, uint32_t value_size,
                uint32_t entries, const char *name);

/* A program for a tracepoint, which may use what only GPL programs may.
 * btf_trace: of BPF_PROG_TYPE_TRACING (Linux 5.5), the id of the raw
 * tracepoint's typedef in the kernel's BTF; it may then follow the arguments'
 * pointers by itself. What the verifier says of a program that it refuses is
 * put into log (may be NULL). Needs CAP_PERFMON too (5.8). -E2BIG and -EINVAL
 * are its usual words for what it does not know. */
int bpf_program_load(enum bpf_prog_type type, uint32_t btf_trace,
                     const struct bpf_insn *code, size_t count,
                     const char *name, char *log, size_t size);

/* Runs the program at each event of a raw tracepoint (Linux 4.17), as long as
 * the descriptor is open. NULL for one that was loaded for its tracepoint. */
int bpf_raw_tracepoint_open(const char *name, int program);

/* Runs it at each event of the tracepoint with this number, which tracefs
 * tells, on all CPUs. */
int bpf_tracepoint_open(uint32_t id, int program);

/* How often the program was not run although there was an event, because it, or
 * another one, ran on that CPU at that moment. Returns 0, or -EOPNOTSUPP where
 * the kernel does not count that (before 5.12). */
int bpf_program_misses(int program, uint64_t *ret);

/* Of a map by CPU, value is an array: one element of 8 bytes and more for each
 * possible CPU. -ENOENT where there is no such key. */
int bpf_map_lookup(int map, const void *key, void *value);

/* The key behind another one (NULL: the first). -ENOENT at the end. */
int bpf_map_next(int map, const void *key, void *ret);

/* Several keys and their values at once (Linux 5.6): as many as *count, from
 * where the batch before ended, which is kept in *position; from_start begins
 * anew. *count becomes how many there are. Returns 0; -ENOENT with the last
 * ones; -EINVAL where the kernel cannot do that. */
int bpf_map_batch(int map, int from_start, uint32_t *position, void *keys,
                  void *values, uint32_t *count);

#endif
