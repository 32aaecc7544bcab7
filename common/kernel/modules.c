/* SPDX-License-Identifier: MIT */
#include "modules.h"

#include <errno.h>

#include "scan.h"
#include "sysroot.h"

/* The words of a line: name, size, references, users, state, address. */
enum { WORD_NAME = 0, WORD_SIZE = 1, WORD_ADDRESS = 5, WORDS };

/* Adds a word to a hash (FNV-1a). */
static uint64_t add_word(uint64_t hash, struct scan word) {
  for (const char *at = word.at; at <= word.end; at++) {
    /* A blank ends the word. */
    unsigned char c = at < word.end ? (unsigned char)*at : ' ';
    hash = (hash ^ c) * UINT64_C(0x100000001b3);
  }
  return hash;
}

/* "tun 61440 2 - Live 0xffffffffc0a00000" */
static int add_line(struct scan line, uint64_t *hash) {
  struct scan words[WORDS];
  for (size_t i = 0; i < WORDS; i++)
    if (!scan_word(&line, &words[i]))
      return -EBADMSG;
  *hash = add_word(*hash, words[WORD_NAME]);
  *hash = add_word(*hash, words[WORD_SIZE]);
  *hash = add_word(*hash, words[WORD_ADDRESS]);
  return 0;
}

int modules_fingerprint(const struct sysroot *root, uint64_t *ret) {
  struct sysroot_file file = SYSROOT_FILE("proc/modules");
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  int r = sysroot_file_read(root, &file);
  if (r == 0) {
    struct scan text = sysroot_file_text(&file), line;
    while (r == 0 && scan_line(&text, &line))
      r = add_line(line, &hash);
  }
  if (r == 0)
    *ret = hash;
  sysroot_file_free(&file);
  return r;
}
