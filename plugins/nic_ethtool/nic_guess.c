/* SPDX-License-Identifier: MIT */
#include "nic_guess.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A name with one of these is not, or perhaps not, about lost packets:
 * checksums that the stack checks again, other errors of protocols, pause
 * frames, buffers that are allocated later, verdicts of XDP, what the adapter
 * corrects or filters, interrupts, time stamps, amounts of something. */
static const char *const not_lost[] = {
    "csum",     "chksum",  "checksum",   "cksum",     "pause",   "pfc",
    "xoff",     "alloc",   "xdp",        "corr",      "filt",    "tstamp",
    "ptp",      "byte",    "octet",      "bits",      "no_err",  "noerr",
    "no_dr",    "cache",   "fdir",       "duration",  "percent", "avail",
    "admin",    "cmd",     "mbox",       "threshold", "nomatch", "prun",
    "err_free", "_irq",    "error_free", "timestamp", "hderr",   "hdr_err",
    "proto",    "_l3_err", "_l4_err",    "header_err"};

/* Parts of names that look like a loss. Some are parts of other words too
 * (missed, transmission; error, interrupt; no_dma, no_dmac): they count only
 * before a non-letter or one of these letters. */
static const struct {
  const char *word;
  const char *letters; /* NULL: any */
} losses[] = {
    {"drop", NULL},      {"discard", NULL},  {"lost", NULL},
    {"overrun", NULL},   {"overflow", NULL}, {"ovflow", NULL},
    {"nobuf", NULL},     {"no_buf", NULL},   {"nodesc", NULL},
    {"no_desc", NULL},   {"timeout", NULL},  {"out_of_buf", NULL},
    {"truncated", NULL}, {"fail", "eus"},    {"miss", "e"},
    {"err", "os"},       {"no_dma", ""},     {"no_res", "o"},
    {"reject", NULL},    {"abort", NULL},    {"underrun", NULL},
    {"runt", NULL},      {"jabber", NULL},   {"undersize", NULL},
    {"oversize", NULL},  {"too_long", NULL},
};

static const char *const sent[] = {"tx", "transmit", "xmit", "outpackets"};

static bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

static bool looks_lost(const char *name) {
  for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
    const char *letters = losses[i].letters;
    const char *at = name;
    while ((at = strstr(at, losses[i].word)) != NULL) {
      at += strlen(losses[i].word);
      if (letters == NULL || !is_letter(*at) || strchr(letters, *at) != NULL)
        return true;
    }
  }
  return false;
}

/* Most names that do not say so are about received packets. */
static bool is_sent(const char *name) {
  const char *received = strstr(name, "rx");
  if (strncmp(name, "out", 3) == 0)
    return true;
  for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
    const char *at = strstr(name, sent[i]);
    if (at != NULL && (received == NULL || at < received))
      return true;
  }
  return false;
}

enum nic_cause nic_guess(const char *name) {
  char lower[64];
  size_t length = 0;
  for (; name[length] != '\0' && length + 1 < sizeof(lower); length++)
    lower[length] = (char)tolower((unsigned char)name[length]);
  lower[length] = '\0';
  for (size_t i = 0; i < sizeof(not_lost) / sizeof(not_lost[0]); i++)
    if (strstr(lower, not_lost[i]) != NULL)
      return NIC_CAUSE_COUNT;
  if (!looks_lost(lower))
    return NIC_CAUSE_COUNT;
  return is_sent(lower) ? NIC_TX_UNCLASSIFIED : NIC_RX_UNCLASSIFIED;
}
