/* SPDX-License-Identifier: MIT */
#include "bpf.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Converts a pointer to the kernel's form. */
static uint64_t address(const void *pointer) {
  return (uint64_t)(uintptr_t)pointer;
}

static int call(enum bpf_cmd command, union bpf_attr *attributes) {
  long r = syscall(SYS_bpf, command, attributes, sizeof(*attributes));
  return r < 0 ? -errno : (int)r;
}

static void put_name(char *ret, const char *name) {
  size_t length = strnlen(name, BPF_OBJ_NAME_LEN - 1);
  memcpy(ret, name, length);
}

int bpf_map_new(enum bpf_map_type type, uint32_t key_size, uint32_t value_size,
                uint32_t entries, const char *name) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.map_type = type;
  attributes.key_size = key_size;
  attributes.value_size = value_size;
  attributes.max_entries = entries;
  put_name(attributes.map_name, name);
  int r = call(BPF_MAP_CREATE, &attributes);
  struct rlimit before;
  if (r != -EPERM || getrlimit(RLIMIT_MEMLOCK, &before) < 0)
    return r;
  struct rlimit lifted = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  if (setrlimit(RLIMIT_MEMLOCK, &lifted) < 0)
    return r;
  r = call(BPF_MAP_CREATE, &attributes);
  setrlimit(RLIMIT_MEMLOCK, &before);
  return r;
}

int bpf_program_load(enum bpf_prog_type type, uint32_t btf_trace,
                     const struct bpf_insn *code, size_t count,
                     const char *name, char *log, size_t size) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.prog_type = type;
  if (type == BPF_PROG_TYPE_TRACING) {
    attributes.expected_attach_type = BPF_TRACE_RAW_TP;
    attributes.attach_btf_id = btf_trace;
  }
  attributes.insns = address(code);
  attributes.insn_cnt = (uint32_t)count;
  attributes.license = address("Dual MIT/GPL");
  put_name(attributes.prog_name, name);
  if (log != NULL) {
    log[0] = '\0';
    attributes.log_level = 1;
    attributes.log_buf = address(log);
    attributes.log_size = (uint32_t)size;
  }
  return call(BPF_PROG_LOAD, &attributes);
}

int bpf_raw_tracepoint_open(const char *name, int program) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.raw_tracepoint.name = address(name);
  attributes.raw_tracepoint.prog_fd = (uint32_t)program;
  return call(BPF_RAW_TRACEPOINT_OPEN, &attributes);
}

int bpf_tracepoint_open(uint32_t id, int program) {
  struct perf_event_attr event;
  memset(&event, 0, sizeof(event));
  event.type = PERF_TYPE_TRACEPOINT;
  event.size = sizeof(event);
  event.config = id;
  event.sample_period = 1;
  /* The event belongs to CPU 0, but the program runs on all CPUs. */
  int fd = (int)syscall(SYS_perf_event_open, &event, -1, 0, -1,
                        PERF_FLAG_FD_CLOEXEC);
  if (fd < 0)
    return errno == EACCES ? -EPERM : -errno;
  if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, program) < 0 ||
      ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) < 0) {
    int r = -errno;
    close(fd);
    return r;
  }
  return fd;
}

int bpf_program_run(int program, uint64_t argument, uint32_t *ret) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.test.prog_fd = (uint32_t)program;
  attributes.test.ctx_in = address(&argument);
  attributes.test.ctx_size_in = sizeof(argument);
  int r = call(BPF_PROG_TEST_RUN, &attributes);
  if (r == 0)
    *ret = attributes.test.retval;
  return r;
}

int bpf_program_misses(int program, uint64_t *ret) {
  struct bpf_prog_info info;
  union bpf_attr attributes;
  memset(&info, 0, sizeof(info));
  memset(&attributes, 0, sizeof(attributes));
  attributes.info.bpf_fd = (uint32_t)program;
  attributes.info.info_len = sizeof(info);
  attributes.info.info = address(&info);
  int r = call(BPF_OBJ_GET_INFO_BY_FD, &attributes);
  if (r < 0)
    return r;
  size_t needed = offsetof(struct bpf_prog_info, recursion_misses) +
                  sizeof(info.recursion_misses);
  if (attributes.info.info_len < needed)
    return -EOPNOTSUPP;
  *ret = info.recursion_misses;
  return 0;
}

static int call_for_key(enum bpf_cmd command, int map, const void *key,
                        const void *value) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.map_fd = (uint32_t)map;
  attributes.key = address(key);
  attributes.value = address(value);
  return call(command, &attributes);
}

int bpf_map_lookup(int map, const void *key, void *value) {
  return call_for_key(BPF_MAP_LOOKUP_ELEM, map, key, value);
}

int bpf_map_take(int map, const void *key, void *value) {
  return call_for_key(BPF_MAP_LOOKUP_AND_DELETE_ELEM, map, key, value);
}

int bpf_map_set(int map, const void *key, const void *value) {
  return call_for_key(BPF_MAP_UPDATE_ELEM, map, key, value);
}

int bpf_map_next(int map, const void *key, void *ret) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.map_fd = (uint32_t)map;
  attributes.key = address(key);
  attributes.next_key = address(ret);
  return call(BPF_MAP_GET_NEXT_KEY, &attributes);
}

int bpf_map_batch(int map, int from_start, uint32_t *position, void *keys,
                  void *values, uint32_t *count) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.batch.in_batch = from_start ? 0 : address(position);
  attributes.batch.out_batch = address(position);
  attributes.batch.keys = address(keys);
  attributes.batch.values = address(values);
  attributes.batch.count = *count;
  attributes.batch.map_fd = (uint32_t)map;
  int r = call(BPF_MAP_LOOKUP_BATCH, &attributes);
  if (r == 0 || r == -ENOENT)
    *count = attributes.batch.count;
  return r;
}
