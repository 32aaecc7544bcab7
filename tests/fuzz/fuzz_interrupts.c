/* SPDX-License-Identifier: MIT */
/* Four wanted numbers, made of the first bytes, and a table of interrupts. Then
 * a good table into the same reader. */
#include "fuzz.h"

#include <errno.h>

#include "interrupts.h"

#define WANTED 4

static void check(const struct interrupts *interrupts,
                  const uint32_t *numbers) {
  const struct irq_table *table = &interrupts->table;
  FUZZ_EXPECT(table->columns > 0 && table->rows <= WANTED);
  for (size_t i = 1; i < table->columns; i++)
    FUZZ_EXPECT(table->cpus[i - 1] < table->cpus[i]);
  for (size_t i = 0; i < table->rows; i++) {
    FUZZ_EXPECT(i == 0 || table->numbers[i - 1] < table->numbers[i]);
    FUZZ_EXPECT(irq_table_find(table, table->numbers[i]) == (ptrdiff_t)i);
    bool wanted = false;
    for (size_t j = 0; j < WANTED; j++)
      wanted = wanted || numbers[j] == table->numbers[i];
    FUZZ_EXPECT(wanted);
  }
}

static int take_names(uint32_t number, struct scan names, void *data) {
  size_t *rows = data;
  (void)number;
  FUZZ_EXPECT(names.at <= names.end);
  for (const char *at = names.at; at < names.end; at++)
    FUZZ_EXPECT(*at != '\n');
  return ++*rows == 100 ? -ECANCELED : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  uint32_t numbers[WANTED];
  uint32_t number = 0;
  for (size_t i = 0; i < WANTED; i++, number++) {
    number += fuzz_byte(&input);
    numbers[i] = number;
  }
  struct scan text = scan_text((const char *)input.data, input.size);
  struct interrupts interrupts = INTERRUPTS_INIT;
  struct scan_error error = {.expected = NULL};
  int r = interrupts_parse(text, &interrupts, numbers, WANTED, &error);
  if (r == 0)
    check(&interrupts, numbers);
  else
    FUZZ_EXPECT(r == -EBADMSG && error.expected != NULL &&
                interrupts.table.rows == 0);
  size_t rows = 0;
  r = interrupts_parse_names(text, take_names, &rows);
  FUZZ_EXPECT(r == (rows == 100 ? -ECANCELED : 0));

  static const char good[] = "CPU1 CPU3\n 7: 5 4294967295 x   eth0\n";
  static const uint32_t seven[] = {0, 7, 8, 9};
  FUZZ_EXPECT(interrupts_parse(scan_text(good, sizeof(good) - 1), &interrupts,
                               seven, WANTED, NULL) == 0);
  FUZZ_EXPECT(interrupts.table.rows == 1 &&
              irq_table_counts(&interrupts.table, 0)[1] == UINT32_MAX);
  if (interrupts_parse(text, &interrupts, numbers, WANTED, NULL) == 0)
    check(&interrupts, numbers);
  else
    FUZZ_EXPECT(irq_table_find(&interrupts.table, 7) == 0);
  interrupts_free(&interrupts);
  return 0;
}
