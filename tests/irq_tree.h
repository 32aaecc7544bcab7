/* SPDX-License-Identifier: MIT */
/* Makes trees of files, links and modes from what tests/record_irqs.sh writes,
 * and generates tables of interrupts of any size. */
#ifndef IRQ_TREE_H
#define IRQ_TREE_H

#include <stdarg.h>
#include <stdint.h>

#include "fixture.h"

/* A text that grows. */
struct irq_text {
  char *text;
  size_t length, room;
};

__attribute__((format(printf, 2, 3))) static inline void
irq_text_add(struct irq_text *text, const char *format, ...) {
  char piece[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(piece, sizeof(piece), format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof(piece))
    temp_tree_die("a piece of text");
  if (text->length + (size_t)length + 1 > text->room) {
    text->room = 2 * text->room + sizeof(piece);
    text->text = realloc(text->text, text->room);
    if (text->text == NULL)
      temp_tree_die("text");
  }
  memcpy(text->text + text->length, piece, (size_t)length + 1);
  text->length += (size_t)length;
}

static inline void irq_text_free(struct irq_text *text) {
  free(text->text);
  *text = (struct irq_text){0};
}

/* Returns a count of a generated table. */
static inline uint32_t irq_tree_count(uint32_t number, uint32_t cpu) {
  return number * 2654435761u + cpu * 40503u;
}

/* Generates a table as x86 kernels print it, with CPUs cpu_step apart and
 * numbers from first on. */
static inline struct irq_text irq_tree_table(uint32_t cpus, uint32_t cpu_step,
                                             uint32_t first, uint32_t rows) {
  struct irq_text text = {0};
  irq_text_add(&text, "            ");
  for (uint32_t i = 0; i < cpus; i++)
    irq_text_add(&text, "CPU%-8u", i * cpu_step);
  irq_text_add(&text, "\n");
  for (uint32_t i = first; i < first + rows; i++) {
    irq_text_add(&text, "%4u:", i);
    for (uint32_t j = 0; j < cpus; j++)
      irq_text_add(&text, " %10u", irq_tree_count(i, j * cpu_step));
    irq_text_add(&text, "  PCI-MSIX-0000:3b:00.0 %4u-edge      eth0-TxRx-%u\n",
                 i, i - first);
  }
  irq_text_add(&text, " NMI:");
  for (uint32_t j = 0; j < cpus; j++)
    irq_text_add(&text, " %10u", j);
  irq_text_add(&text, "   Non-maskable interrupts\n ERR:          0\n");
  return text;
}

/* Makes a link and the directories above it. */
static inline void irq_tree_link(const struct temp_tree *tree, const char *path,
                                 const char *target) {
  char full[512];
  temp_tree_path(tree, path, full, sizeof(full));
  temp_tree_make_parents(full);
  if (symlink(target, full) != 0)
    temp_tree_die(full);
}

static inline void irq_tree_mode(const struct temp_tree *tree, const char *path,
                                 unsigned mode) {
  char full[512];
  temp_tree_path(tree, path, full, sizeof(full));
  if (chmod(full, (mode_t)mode) != 0)
    temp_tree_die(full);
}

static inline void irq_tree_finish(const struct temp_tree *tree,
                                   const char *path, unsigned mode,
                                   struct irq_text *content) {
  if (path[0] == '\0')
    return;
  temp_tree_write_bytes(tree, path, content->text != NULL ? content->text : "",
                        content->length);
  irq_tree_mode(tree, path, mode);
  irq_text_free(content);
}

/* Makes a tree from a text. */
static inline void irq_tree_make(struct temp_tree *tree, const char *text) {
  struct irq_text content = {0};
  char path[400] = "", target[400];
  unsigned mode = 0;
  temp_tree_make(tree);
  while (*text != '\0') {
    size_t length = strcspn(text, "\n");
    if (*text == '|') {
      for (size_t i = 1; i < length; i++)
        irq_text_add(&content, "%c", text[i]);
      irq_text_add(&content, "\n");
    } else {
      irq_tree_finish(tree, path, mode, &content);
      path[0] = '\0';
      if (sscanf(text, "link %399s %399s", path, target) == 2) {
        irq_tree_link(tree, path, target);
        path[0] = '\0';
      } else if (sscanf(text, "file %399s %o", path, &mode) != 2) {
        if (*text != '#' && *text != '\n')
          temp_tree_die(text);
        path[0] = '\0';
      }
    }
    text += length + (text[length] == '\n');
  }
  irq_tree_finish(tree, path, mode, &content);
}

/* Makes a tree from tests/fixtures/irq_balance/NAME. */
static inline void irq_tree_make_fixture(struct temp_tree *tree,
                                         const char *name) {
  char path[200];
  size_t length;
  snprintf(path, sizeof(path), "irq_balance/%s", name);
  char *text = fixture_read(path, &length);
  irq_tree_make(tree, text);
  free(text);
}

#endif
