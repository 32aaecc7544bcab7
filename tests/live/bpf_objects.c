/* SPDX-License-Identifier: MIT */
/* Lists the kernel's BPF objects, one per line:
 *
 *   program ID NAME RUNS NANOSECONDS
 *   map ID NAME
 *   link ID PROGRAM-ID
 *
 * The kernel counts runs and their time only while another bpf_objects --count
 * is running, which ends with its standard input. Needs CAP_SYS_ADMIN. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(enum bpf_cmd command, union bpf_attr *attributes) {
  return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static int get_info(int fd, void *info, uint32_t size) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.info.bpf_fd = (uint32_t)fd;
  attributes.info.info_len = size;
  attributes.info.info = (uint64_t)(uintptr_t)info;
  return call(BPF_OBJ_GET_INFO_BY_FD, &attributes);
}

static void print_program(int fd) {
  struct bpf_prog_info info;
  memset(&info, 0, sizeof(info));
  if (get_info(fd, &info, sizeof(info)) == 0)
    printf("program %u %s %llu %llu\n", info.id, info.name,
           (unsigned long long)info.run_cnt,
           (unsigned long long)info.run_time_ns);
}

static void print_map(int fd) {
  struct bpf_map_info info;
  memset(&info, 0, sizeof(info));
  if (get_info(fd, &info, sizeof(info)) == 0)
    printf("map %u %s\n", info.id, info.name);
}

static void print_link(int fd) {
  struct bpf_link_info info;
  memset(&info, 0, sizeof(info));
  if (get_info(fd, &info, sizeof(info)) == 0)
    printf("link %u %u\n", info.id, info.prog_id);
}

/* Prints all objects of one kind. Returns false, with errno set, if they cannot
 * be listed. */
static bool print_all(enum bpf_cmd next, enum bpf_cmd open,
                      void (*print)(int fd)) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  while (call(next, &attributes) == 0) {
    union bpf_attr one;
    memset(&one, 0, sizeof(one));
    one.prog_id = attributes.next_id;
    int fd = call(open, &one);
    if (fd >= 0) {
      print(fd);
      close(fd);
    }
    attributes.start_id = attributes.next_id;
    attributes.next_id = 0;
  }
  return errno == ENOENT;
}

static bool count_until_end(void) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof(attributes));
  attributes.enable_stats.type = BPF_STATS_RUN_TIME;
  if (call(BPF_ENABLE_STATS, &attributes) < 0)
    return false;
  puts("counting");
  fflush(stdout);
  while (getchar() != EOF)
    continue;
  return true;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--count") == 0 && count_until_end())
    return 0;
  if (print_all(BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, print_program) &&
      print_all(BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, print_map) &&
      print_all(BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, print_link))
    return 0;
  perror("bpf_objects");
  return 1;
}
