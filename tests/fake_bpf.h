/* SPDX-License-Identifier: MIT */
/* A fake of the kernel's bpf(2), for programs linked with -Wl,--wrap for the
 * functions of bpf.h. It keeps the maps and interprets the loaded program for
 * each packet that a test drops. */
#ifndef FAKE_BPF_H
#define FAKE_BPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf.h"

/* Number of CPUs of the fake kernel. */
#define FAKE_BPF_CPUS 4

/* The bit that makes an address of this process one of the fake kernel. */
#define FAKE_KERNEL (UINT64_C(1) << 63)

/* Abilities of the fake kernel and a record of its calls. All zero can do
 * everything. */
struct fake_bpf {
  int map_error;      /* of creating a map; 0: it succeeds */
  int load_error[33]; /* of loading a program of this type */
  int helper_error;   /* of loading one that calls a helper to read memory */
  int attach_error;
  int run_error;         /* of running a program once */
  const void *task;      /* the process's struct; NULL: no program runs once */
  int read_error;        /* of reading a map */
  bool has_no_batches;   /* Linux before 5.6 */
  bool counts_no_misses; /* before 5.12 */
  bool takes_nothing;    /* before 5.14: no key is read and removed at once */
  bool is_busy;          /* maps accept no new key */
  uint64_t misses;
  unsigned cpu; /* on which packets are dropped */

  /* Record of calls. */
  unsigned lookups; /* of single keys */
  enum bpf_prog_type program_type;
  char tracepoint[32]; /* of a raw tracepoint, "" for one by BTF */
  uint32_t tracepoint_id;
  size_t open; /* descriptors */
};
extern struct fake_bpf fake_bpf;

/* Resets everything to zero. */
void fake_bpf_reset(void);

/* Runs the attached program, if any. context holds the arguments of a raw
 * tracepoint, or a tracepoint's record. */
void fake_bpf_event(const void *context);

/* A struct sk_buff with an ethertype at an offset. */
struct fake_packet {
  uint8_t bytes[256];
};
void fake_packet_make(struct fake_packet *packet, uint16_t ethertype,
                      uint32_t offset);

/* Drops a packet at the raw tracepoint (void *, sk_buff *, void *, reason). */
void fake_bpf_drop(uint32_t reason, uint64_t location, uint16_t ethertype,
                   uint32_t offset);

/* A process, a device and a socket in one network namespace. */
struct fake_owner {
  uint8_t task[16384], spaces[256], net[8192], device[4096], socket[1024];
};

/* The address of netns_operations in the fake kernel. */
#define FAKE_OPERATIONS (FAKE_KERNEL | 0x123456789000)

struct drop_owner;

/* Makes them, with the device's index. */
void fake_owner_make(struct fake_owner *owner, const struct drop_owner *offsets,
                     uint32_t inode, uint32_t index);

/* Writes the fake kernel's address of something into a struct; NULL stays. */
void fake_point(uint8_t *bytes, uint32_t offset, const void *target);

/* Returns the number of instructions of the last run. */
size_t fake_bpf_steps(void);

/* Runs instructions and returns r0. Ends the program at an instruction that a
 * verifier would refuse. */
uint64_t fake_bpf_run(const struct bpf_insn *code, size_t count,
                      const void *context);

#endif
