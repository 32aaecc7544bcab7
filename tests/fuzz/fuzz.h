/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: a way to end with a finding, and the input taken
 * apart piece by piece. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that must hold for every input. */
#define FUZZ_EXPECT(condition)                                                 \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                 \
    }                                                                          \
  } while (0)

/* What is left of an input. */
struct fuzz_input {
  const uint8_t *data;
  size_t size;
};

static inline struct fuzz_input fuzz_input(const uint8_t *data, size_t size) {
  return (struct fuzz_input){.data = data, .size = size};
}

/* The next byte, or 0 when nothing is left. */
static inline uint8_t fuzz_byte(struct fuzz_input *input) {
  if (input->size == 0)
    return 0;
  input->size--;
  return *input->data++;
}

/* The next eight bytes as a number. */
static inline uint64_t fuzz_number(struct fuzz_input *input) {
  uint64_t number = 0;
  for (int i = 0; i < 8; i++)
    number = number << 8 | fuzz_byte(input);
  return number;
}

/* Text up to a byte 0 or the end, at most size - 1 bytes; always terminated. */
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

/* One line of printable ASCII. */
static inline bool fuzz_is_printable(const char *text) {
  for (; *text != '\0'; text++)
    if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
      return false;
  return true;
}

#endif
