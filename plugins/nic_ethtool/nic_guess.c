/* SPDX-License-Identifier: MIT */
#include "nic_guess.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Where these are part of a name, it is not, or perhaps not, about packets that
 * were lost: checksums that the stack checks again, pause frames, buffers that
 * were allocated later, verdicts of XDP, what the adapter corrected or
 * filtered, how much of something there is. */
static const char *const not_lost[] = {
    "csum",     "chksum",  "checksum", "cksum", "pause",  "pfc",   "xoff",
    "alloc",    "xdp",     "corr",     "filt",  "tstamp", "ptp",   "byte",
    "octet",    "bits",    "no_err",   "noerr", "no_dr",  "cache", "fdir",
    "duration", "percent", "avail",    "admin", "cmd",    "mbox",  "threshold"};

/* What a name that looks like a loss contains. Of those that are also part of
 * other words (missed, transmission; error, interrupt, deferred), only what no
 * letter follows, or these letters. */
static const struct {
  const char *word;
  const char *letters; /* NULL: any */
} losses[] = {
    {"drop", NULL},      {"discard", NULL},  {"lost", NULL},
    {"overrun", NULL},   {"overflow", NULL}, {"ovflow", NULL},
    {"nobuf", NULL},     {"no_buf", NULL},   {"nodesc", NULL},
    {"no_desc", NULL},   {"timeout", NULL},  {"out_of_buf", NULL},
    {"truncated", NULL}, {"fail", "eus"},    {"miss", "e"},
    {"err", "os"},
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

/* Names that do not say are taken for received packets: they are most. */
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
