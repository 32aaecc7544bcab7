/* SPDX-License-Identifier: MIT */
/* Assertions for fuzz targets, and functions that take an input apart. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Asserts what must hold for every input. */
#define FUZZ_EXPECT(condition)                                                 \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                 \
    }                                                                          \
  } while (0)

/* The rest of an input. */
struct fuzz_input {
  const uint8_t *data;
  size_t size;
};

static inline struct fuzz_input fuzz_input(const uint8_t *data, size_t size) {
  return (struct fuzz_input){.data = data, .size = size};
}

/* Takes a byte; 0 at the end. */
static inline uint8_t fuzz_byte(struct fuzz_input *input) {
  if (input->size == 0)
    return 0;
  input->size--;
  return *input->data++;
}

/* Takes eight bytes as a number. */
static inline uint64_t fuzz_number(struct fuzz_input *input) {
  uint64_t number = 0;
  for (int i = 0; i < 8; i++)
    number = number << 8 | fuzz_byte(input);
  return number;
}

/* Takes text up to a byte 0 or the end, at most size - 1 bytes; terminates it.
 */
static inline const char *fuzz_text(struct fuzz_input *input, char *text,
                                    size_t size) {
  size_t length = 0;
  while (input->size > 0 && length + 1 < size) {
    char c = (char)fuzz_byte(input);
    if (c == '\0')
      break;
    text[length++] = c;
  }
  text[length] = '\0';
  return text;
}

/* Returns true for one line of printable ASCII. */
static inline bool fuzz_is_printable(const char *text) {
  for (; *text != '\0'; text++)
    if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
      return false;
  return true;
}

#endif
