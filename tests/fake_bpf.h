/* SPDX-License-Identifier: MIT */
/* A kernel's bpf(2) in the place of the real one, for programs that are linked
 * with -Wl,--wrap for what bpf.h declares: its maps are here, and the program
 * that is loaded is run here, instruction by instruction, for each packet that
 * a test drops. */
#ifndef FAKE_BPF_H
#define FAKE_BPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf.h"

/* How many CPUs the kernel has. */
#define FAKE_BPF_CPUS 4

/* What the kernel is like. All zero is one that can do everything. */
struct fake_bpf {
  int map_error;      /* what making a map fails with, or 0 */
  int load_error[33]; /* loading a program of this type */
  int helper_error;   /* loading one that calls a helper to read memory */
  int attach_error;
  int read_error;        /* reading a map */
  bool has_no_batches;   /* Linux before 5.6 */
  bool counts_no_misses; /* before 5.12 */
  bool is_busy;          /* maps take no new key at this moment */
  uint64_t misses;
  unsigned cpu; /* on which packets are dropped */

  /* What was done. */
  unsigned lookups; /* of single keys */
  enum bpf_prog_type program_type;
  char tracepoint[32]; /* of a raw tracepoint, "" for one by BTF */
  uint32_t tracepoint_id;
  size_t open; /* descriptors */
};
extern struct fake_bpf fake_bpf;

/* Forgets everything. */
void fake_bpf_reset(void);

/* Runs the program that is attached, if there is one, for what it is given: the
 * arguments of a raw tracepoint, or a tracepoint's record. */
void fake_bpf_event(const void *context);

/* A packet with an ethertype; offset is where its struct has that. */
struct fake_packet {
  uint8_t bytes[256];
};
void fake_packet_make(struct fake_packet *packet, uint16_t ethertype,
                      uint32_t offset);

/* Drops a packet at the raw tracepoint (void *, sk_buff *, void *, reason). */
void fake_bpf_drop(uint32_t reason, uint64_t location, uint16_t ethertype,
                   uint32_t offset);

/* How many instructions the last run of the program took. */
size_t fake_bpf_steps(void);

/* Runs instructions without maps and helpers of the fake kernel's other state;
 * returns r0. Ends the program for what a verifier refuses. */
uint64_t fake_bpf_run(const struct bpf_insn *code, size_t count,
                      const void *context);

#endif
