/* SPDX-License-Identifier: MIT */
#include "irq_counts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpulist.h"
#include "text.h"

/* The largest page of any architecture, and one byte. */
#define TEXT_SIZE (65536 + 1)

/* Takes the digits of one count, whatever follows them. */
static const char *take_count(const char *at, const char *end, uint32_t *ret) {
  uint64_t value = 0;
  const char *begin = at;
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    value = value * 10 + (uint64_t)(*at - '0');
    if (value > UINT32_MAX)
      return NULL;
  }
  *ret = (uint32_t)value;
  return at != begin ? at : NULL;
}

int irq_counts_parse(struct scan text, uint32_t *ret, size_t columns) {
  /* A text that was cut off lacks the newline at its end. */
  if (scan_done(&text) || text.end[-1] != '\n')
    return -EMSGSIZE;
  const char *at = text.at, *end = text.end - 1;
  for (size_t i = 0; i < columns; i++) {
    if (i > 0 && (at == end || *at++ != ','))
      return -EBADMSG;
    at = take_count(at, end, &ret[i]);
    if (at == NULL)
      return -EBADMSG;
  }
  return at == end ? 0 : -EBADMSG;
}

/* Returns how many of the first bytes are equal. */
static size_t equal_length(const char *a, const char *b, size_t length) {
  size_t i = 0;
  for (size_t block = 512; block >= 64; block /= 8)
    while (length - i >= block && memcmp(a + i, b + i, block) == 0)
      i += block;
  while (i < length && a[i] == b[i])
    i++;
  return i;
}

static size_t count_commas(const char *at, const char *end) {
  size_t count = 0;
  for (; at < end; at++)
    count += *at == ',';
  return count;
}

int irq_counts_parse_changes(struct scan text, const char *before,
                             uint32_t *ret, size_t columns) {
  if (scan_done(&text) || text.end[-1] != '\n')
    return -EMSGSIZE;
  const char *word = text.at, *end = text.end - 1;
  size_t column = 0, column_before = 0;
  for (;;) {
    const char *old = before + (word - text.at);
    size_t equal = equal_length(word, old, (size_t)(end - word));
    if (word + equal == end)
      return 0;
    /* Goes to the word with the difference. */
    for (const char *at = word, *to = word + equal; at < to; at++)
      if (*at == ',') {
        word = at + 1;
        column++;
        column_before++;
      }
    /* Takes words until one begins where the same column began before. */
    bool is_aligned;
    do {
      const char *at =
          column < columns ? take_count(word, end, &ret[column]) : NULL;
      if (at == NULL || (at < end && *at != ','))
        return -EBADMSG;
      if (at == end)
        return column + 1 == columns ? 0 : -EBADMSG;
      old = before + (word - text.at);
      column_before += count_commas(old, old + (at + 1 - word));
      column++;
      word = at + 1;
      is_aligned = column == column_before && before[word - 1 - text.at] == ',';
    } while (!is_aligned);
  }
}

static void close_file(struct irq_counts_file *file) {
  if (file->is_open)
    close(file->fd);
  file->is_open = false;
}

static void free_file(struct irq_counts_file *file) {
  close_file(file);
  free(file->text);
  file->text = NULL;
}

static bool is_same(const struct irq_counts *counts, const uint32_t *numbers,
                    size_t count) {
  if (counts->file_count != count)
    return false;
  for (size_t i = 0; i < count; i++)
    if (counts->files[i].number != numbers[i])
      return false;
  return true;
}

/* Keeps the files that are still wanted and closes the others. */
static int change_files(struct irq_counts *counts, const uint32_t *numbers,
                        size_t count) {
  struct irq_counts_file *files = calloc(count + 1, sizeof(*files));
  if (files == NULL)
    return -ENOMEM;
  size_t old = 0;
  for (size_t i = 0; i < count; i++) {
    files[i] = (struct irq_counts_file){.number = numbers[i]};
    while (old < counts->file_count && counts->files[old].number < numbers[i])
      free_file(&counts->files[old++]);
    if (old < counts->file_count && counts->files[old].number == numbers[i])
      files[i] = counts->files[old++];
  }
  while (old < counts->file_count)
    free_file(&counts->files[old++]);
  free(counts->files);
  counts->files = files;
  counts->file_count = count;
  return 0;
}

/* Reads a whole file in one piece, as sysfs returns it. */
static ssize_t read_once(int fd, char *text) {
  ssize_t n;
  do
    n = pread(fd, text, TEXT_SIZE, 0);
  while (n < 0 && errno == EINTR);
  return n < 0 ? -errno : n;
}

/* Opens the directory of all interrupts for the rest of a read: the way from
 * there to each file is short. */
static int open_directory(const struct sysroot *root,
                          struct irq_counts *counts) {
  if (counts->has_directory)
    return 0;
  int fd = sysroot_open(root, "sys/kernel/irq");
  if (fd < 0)
    return fd;
  counts->directory = fd;
  counts->has_directory = true;
  counts->can_stay_open = sysroot_stays_open(fd);
  return 0;
}

static void close_directory(struct irq_counts *counts) {
  if (counts->has_directory)
    close(counts->directory);
  counts->has_directory = false;
}

static int open_counts(const struct sysroot *root, struct irq_counts *counts,
                       uint32_t number) {
  char path[32];
  int r = open_directory(root, counts);
  if (r < 0)
    return r;
  snprintf(path, sizeof(path), "%u/per_cpu_count", number);
  int fd = openat(counts->directory, path,
                  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  return fd < 0 ? -errno : fd;
}

/* Reads one file, and leaves it open if keep is set. */
static ssize_t read_file(const struct sysroot *root, struct irq_counts *counts,
                         struct irq_counts_file *file, bool keep) {
  if (file->is_open) {
    ssize_t n = read_once(file->fd, counts->text);
    if (n >= 0)
      return n;
    /* The interrupt was freed; a new one may have its number. */
    close_file(file);
  }
  int fd = open_counts(root, counts, file->number);
  if (fd < 0)
    return fd;
  ssize_t n = read_once(fd, counts->text);
  if (keep && n >= 0 && counts->can_stay_open) {
    file->fd = fd;
    file->is_open = true;
  } else {
    close(fd);
  }
  return n;
}

/* Reads the possible CPUs, which are the columns and never change. */
static int take_cpus(const struct sysroot *root, struct irq_counts *counts) {
  struct irq_table *next = &counts->next;
  next->rows = 0;
  if (next->columns > 0)
    return 0;
  struct cpulist possible = {0};
  int r = cpulist_read(root, "sys/devices/system/cpu/possible", &possible);
  if (r == 0 && possible.count == 0)
    r = -EBADMSG;
  uint32_t cpu = 0;
  while (r == 0 && cpulist_next(&possible, cpu, &cpu))
    r = irq_table_add_cpu(next, cpu++);
  cpulist_free(&possible);
  if (r < 0)
    irq_table_clear(next);
  return r;
}

static int prepare(const struct sysroot *root, struct irq_counts *counts,
                   const uint32_t *numbers, size_t count) {
  int r = take_cpus(root, counts);
  if (r == 0)
    r = irq_table_reserve(&counts->next, count);
  if (r == 0 && !is_same(counts, numbers, count))
    r = change_files(counts, numbers, count);
  if (r == 0 && counts->text == NULL) {
    counts->text = malloc(TEXT_SIZE);
    if (counts->text == NULL)
      r = -ENOMEM;
  }
  return r;
}

/* Returns true if the interrupt does not exist. */
static bool is_gone(ssize_t result) {
  return result == -ENOENT || result == -ENODEV;
}

/* Keeps a text for the next read. The longest one has ten digits and a
 * separator for each column. */
static void keep_text(struct irq_counts_file *file, const char *text,
                      size_t length, size_t columns) {
  size_t room = 11 * columns;
  if (file->text == NULL)
    file->text = malloc(room);
  file->length = 0;
  if (file->text == NULL || length > room)
    return;
  memcpy(file->text, text, length);
  file->length = length;
}

/* Parses a text into the next row. Takes over the counts of the last read if
 * the text has the same length. */
static int parse_row(struct irq_counts *counts, struct irq_counts_file *file,
                     struct scan text, bool keep) {
  struct irq_table *next = &counts->next;
  uint32_t *ret = next->counts + next->rows * next->columns;
  size_t length = (size_t)(text.end - text.at);
  ptrdiff_t row = irq_table_find(&counts->table, file->number);
  if (row < 0 || file->length == 0 || file->length != length) {
    int r = irq_counts_parse(text, ret, next->columns);
    if (r == 0 && keep)
      keep_text(file, text.at, length, next->columns);
    return r;
  }
  memcpy(ret, irq_table_counts(&counts->table, (size_t)row),
         next->columns * sizeof(*ret));
  int r = irq_counts_parse_changes(text, file->text, ret, next->columns);
  if (r == 0)
    memcpy(file->text, text.at, length);
  return r;
}

static int read_rows(const struct sysroot *root, struct irq_counts *counts) {
  struct irq_table *next = &counts->next;
  for (size_t i = 0; i < counts->file_count; i++) {
    struct irq_counts_file *file = &counts->files[i];
    bool keep = i < IRQ_COUNTS_OPEN;
    ssize_t n = read_file(root, counts, file, keep);
    if (is_gone(n)) {
      file->length = 0;
      continue;
    }
    if (n < 0)
      return (int)n;
    int r = parse_row(counts, file, scan_text(counts->text, (size_t)n), keep);
    if (r < 0)
      return r;
    next->numbers[next->rows++] = file->number;
  }
  return next->rows == 0 && open_directory(root, counts) < 0 ? -ENOENT : 0;
}

/* The texts are those of the table's rows only after a whole read. */
static void forget_texts(struct irq_counts *counts) {
  for (size_t i = 0; i < counts->file_count; i++)
    counts->files[i].length = 0;
}

int irq_counts_read(const struct sysroot *root, struct irq_counts *counts,
                    const uint32_t *numbers, size_t count) {
  int r = prepare(root, counts, numbers, count);
  if (r < 0)
    return r;
  r = read_rows(root, counts);
  close_directory(counts);
  if (r < 0) {
    forget_texts(counts);
    return r;
  }
  struct irq_table table = counts->table;
  counts->table = counts->next;
  counts->next = table;
  return 0;
}

int irq_counts_actions(const struct sysroot *root, uint32_t number, char *ret,
                       size_t size) {
  char path[64], actions[4096];
  snprintf(path, sizeof(path), "sys/kernel/irq/%u/actions", number);
  int r = sysroot_read_text(root, path, actions, sizeof(actions));
  if (r < 0)
    return r;
  struct text text = text_in(ret, size);
  text_add(&text, "%s", actions);
  return 0;
}

void irq_counts_free(struct irq_counts *counts) {
  for (size_t i = 0; i < counts->file_count; i++)
    free_file(&counts->files[i]);
  free(counts->files);
  free(counts->text);
  irq_table_free(&counts->table);
  irq_table_free(&counts->next);
  *counts = (struct irq_counts){0};
}
