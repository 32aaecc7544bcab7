/* SPDX-License-Identifier: MIT */
#include "modules.h"

#include <errno.h>

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

int modules_read(const struct sysroot *root, struct modules *modules) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  modules->file.path = "proc/modules";
  int r = sysroot_file_read(root, &modules->file);
  if (r < 0)
    return r;
  struct scan text = sysroot_file_text(&modules->file), line;
  while (r == 0 && scan_line(&text, &line))
    r = add_line(line, &hash);
  if (r == 0)
    modules->fingerprint = hash;
  return r;
}

void modules_free(struct modules *modules) {
  sysroot_file_free(&modules->file);
  *modules = (struct modules){0};
}
