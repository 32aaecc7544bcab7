/* SPDX-License-Identifier: MIT */
/* Patterns of counters' names, in which "*" stands for one or more digits. */
#ifndef NIC_MATCH_H
#define NIC_MATCH_H

#include <stdbool.h>
#include <stdint.h>

/* A hash that a pattern shares with every name that it matches. */
uint32_t nic_match_hash(const char *text);

/* Continues a hash with one byte. */
uint32_t nic_match_hash_byte(uint32_t hash, char byte);

bool nic_match(const char *name, const char *pattern);

#endif
