/* SPDX-License-Identifier: MIT */
#include "kallsyms.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"
#include "sysroot.h"

/* Far longer than any line. */
#define BUFFER_SIZE (64 * 1024)

/* Far longer than any function. What is further behind one was in a module that
 * is unloaded. */
#define FUNCTION_SIZE (1024 * 1024)

struct search {
  struct kallsyms_symbol *symbols; /* by address */
  size_t count;
  bool has_addresses;
};

static int compare(const void *a, const void *b) {
  const struct kallsyms_symbol *one = a, *other = b;
  return one->address < other->address ? -1 : one->address > other->address;
}

static bool is_code(const struct scan *type) {
  return type->end - type->at == 1 && strchr("tTwW", *type->at) != NULL;
}

/* Returns the index of the first symbol at or above an address. */
static size_t find_above(const struct search *search, uint64_t address) {
  size_t low = 0, high = search->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (search->symbols[middle].address < address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Assigns a function to the first symbol at or above its start, unless that has
 * a closer one. */
static void assign(struct search *search, uint64_t begin, struct scan name,
                   bool in_module) {
  size_t i = find_above(search, begin);
  if (i == search->count || search->symbols[i].begin >= begin)
    return;
  struct kallsyms_symbol *symbol = &search->symbols[i];
  size_t length = (size_t)(name.end - name.at);
  if (length >= sizeof(symbol->name))
    length = sizeof(symbol->name) - 1;
  symbol->begin = begin;
  symbol->in_module = in_module;
  memcpy(symbol->name, name.at, length);
  symbol->name[length] = '\0';
}

/* Copies a function to the symbols above the one it was assigned to, up to the
 * start of the next function. */
static void spread(struct search *search) {
  for (size_t i = 1; i < search->count; i++) {
    const struct kallsyms_symbol *below = &search->symbols[i - 1];
    struct kallsyms_symbol *symbol = &search->symbols[i];
    if (symbol->begin < below->begin) {
      symbol->begin = below->begin;
      symbol->in_module = below->in_module;
      memcpy(symbol->name, below->name, sizeof(symbol->name));
    }
  }
}

static void clear(struct kallsyms_symbol *symbol) {
  symbol->begin = 0;
  symbol->in_module = false;
  symbol->name[0] = '\0';
}

static void clear_distant(struct search *search) {
  for (size_t i = 0; i < search->count; i++)
    if (search->symbols[i].address - search->symbols[i].begin >= FUNCTION_SIZE)
      clear(&search->symbols[i]);
}

/* Takes "ffffffff81000000 T _stext"; a module's symbols end in "	[name]".
 */
static void take_line(struct search *search, struct scan line) {
  uint64_t address;
  struct scan type, name, module;
  if (!scan_hex64(&line, &address) || address == 0)
    return;
  search->has_addresses = true;
  if (scan_word(&line, &type) && scan_word(&line, &name) && is_code(&type))
    assign(search, address, name, scan_word(&line, &module));
}

/* Takes the complete lines in a buffer. Returns their length in bytes. */
static size_t take_lines(struct search *search, const char *buffer,
                         size_t length) {
  const char *last = memrchr(buffer, '\n', length);
  if (last == NULL)
    return 0;
  struct scan text = scan_text(buffer, (size_t)(last + 1 - buffer)), line;
  while (scan_line(&text, &line))
    take_line(search, line);
  return (size_t)(last + 1 - buffer);
}

static int take_file(struct search *search, int fd, char *buffer) {
  size_t have = 0;
  for (;;) {
    ssize_t n = read(fd, buffer + have, BUFFER_SIZE - have);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -errno;
    have += (size_t)n;
    size_t taken = take_lines(search, buffer, have);
    have -= taken;
    memmove(buffer, buffer + taken, have);
    if (n == 0)
      return 0;
    if (have == BUFFER_SIZE)
      return -EBADMSG;
  }
}

int kallsyms_find(const struct sysroot *root, struct kallsyms_symbol *symbols,
                  size_t count) {
  struct search search = {.symbols = symbols, .count = count};
  for (size_t i = 0; i < count; i++)
    clear(&symbols[i]);
  qsort(symbols, count, sizeof(*symbols), compare);
  int fd = sysroot_open(root, "proc/kallsyms");
  if (fd < 0)
    return fd;
  char *buffer = malloc(BUFFER_SIZE);
  int r = buffer != NULL ? take_file(&search, fd, buffer) : -ENOMEM;
  if (r == 0 && !search.has_addresses)
    r = -EACCES;
  spread(&search);
  clear_distant(&search);
  free(buffer);
  close(fd);
  return r;
}
