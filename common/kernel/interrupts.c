/* SPDX-License-Identifier: MIT */
#include "interrupts.h"

#include <errno.h>
#include <string.h>

#include "cpulist.h"

/* How often to read the file if a row does not match the header. */
#define ATTEMPTS 3

static const char expected_header[] = "a header of CPUs: CPU0 CPU1";
static const char expected_order[] = "CPUs in ascending order";

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static const char *skip_blanks(const char *at, const char *end) {
  while (at < end && is_blank(*at))
    at++;
  return at;
}

/* Takes digits, whatever follows them. */
static const char *take_digits(const char *at, const char *end, uint32_t *ret) {
  uint64_t value = 0;
  const char *begin = at;
  for (; at < end && is_digit(*at); at++) {
    value = value * 10 + (uint64_t)(*at - '0');
    if (value > UINT32_MAX)
      return NULL;
  }
  *ret = (uint32_t)value;
  return at != begin ? at : NULL;
}

/* Takes the number at the start of a row, "  24:". */
static bool take_number(struct scan *row, uint32_t *ret) {
  const char *at = skip_blanks(row->at, row->end);
  at = take_digits(at, row->end, ret);
  if (at == NULL || at == row->end || *at != ':')
    return false;
  row->at = at + 1;
  return true;
}

/* Takes a word that consists of digits. */
static const char *take_count(const char *at, const char *end, uint32_t *ret) {
  at = take_digits(skip_blanks(at, end), end, ret);
  return at != NULL && (at == end || is_blank(*at)) ? at : NULL;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* Repeats a number in each of eight bytes. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Joins eight digits, one in each byte, the first in the lowest: to pairs, to
 * fours, to one number. */
static uint32_t join_digits(uint64_t digits) {
  const uint64_t pairs = UINT64_C(0x00ff00ff00ff00ff);
  const uint64_t fours = UINT64_C(0x0000ffff0000ffff);
  digits = (digits * 10 + (digits >> 8)) & pairs;
  digits = (digits * 100 + (digits >> 16)) & fours;
  return (uint32_t)((digits & UINT32_MAX) * 10000 + (digits >> 32));
}

/* Takes a digit or blank before the last eight digits. */
static bool take_high(char c, uint64_t place, uint64_t *sum) {
  if (is_digit(c))
    *sum += place * (uint64_t)(c - '0');
  return is_digit(c) || c == ' ';
}

/* Takes a count in the usual format: a blank, and the number aligned right in
 * ten characters. A large table consists of these, so the last eight characters
 * are parsed together. Returns false for any other format. */
static bool take_cell(const char *at, uint32_t *ret) {
  uint64_t low;
  memcpy(&low, at + 3, sizeof(low));
  /* 0xff for each blank, which lacks a bit that all digits have. */
  uint64_t blanks = (~low >> 4 & EACH(1)) * 0xff;
  uint64_t digits = (low | EACH(0x10)) ^ EACH('0');
  bool is_number = (((digits + EACH(6)) | digits) & EACH(0xf0)) == 0 &&
                   (digits & blanks) == 0;
  bool is_right = (blanks & (blanks + 1)) == 0 && blanks != UINT64_MAX;
  if (at[0] != ' ' || !is_number || !is_right)
    return false;
  uint64_t value = join_digits(digits);
  if (blanks != 0 || at[2] == ' ') {
    if (at[1] != ' ' || at[2] != ' ')
      return false;
  } else if (!take_high(at[2], 100000000, &value) ||
             !take_high(at[1], 1000000000, &value) || value > UINT32_MAX) {
    return false;
  }
  *ret = (uint32_t)value;
  return true;
}

#else

static bool take_cell(const char *at, uint32_t *ret) {
  (void)at;
  (void)ret;
  return false;
}

#endif

/* Width of a cell; a blank must follow it. */
#define CELL_WIDTH 11

/* Takes the counts of a row. Returns false unless the chip's name, or the end,
 * follows the last one. */
static bool take_counts(struct scan row, uint32_t *ret, size_t columns) {
  const char *at = row.at;
  uint32_t more;
  for (size_t i = 0; i < columns; i++) {
    if (row.end - at > CELL_WIDTH && is_blank(at[CELL_WIDTH]) &&
        take_cell(at, &ret[i])) {
      at += CELL_WIDTH;
      continue;
    }
    at = take_count(at, row.end, &ret[i]);
    if (at == NULL)
      return false;
  }
  return take_count(at, row.end, &more) == NULL;
}

static int parse_header(struct scan *text, struct irq_table *table,
                        struct scan_error *error) {
  struct scan header = *text;
  scan_line(text, &header);
  struct scan whole = header;
  uint32_t cpu;
  while (cpulist_take_name(&header, &cpu)) {
    int r = irq_table_add_cpu(table, cpu);
    if (r == -EBADMSG)
      return scan_fail(error, 1, &whole, expected_order);
    if (r < 0)
      return r;
  }
  scan_blanks(&header);
  if (table->columns == 0 || !scan_done(&header))
    return scan_fail(error, 1, &header, expected_header);
  return 0;
}

/* Returns the index of number in numbers, or count. Tries the next one first,
 * as rows are mostly in ascending order. */
static size_t place_of(uint32_t number, const uint32_t *numbers, size_t count,
                       size_t next) {
  if (next < count && numbers[next] == number)
    return next;
  if (next < count && (next == 0 || numbers[next - 1] < number) &&
      number < numbers[next])
    return count;
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (numbers[middle] < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && numbers[low] == number ? low : count;
}

/* Returns true if the row of the interrupt at this index was found. Until then
 * its row has another number. */
static bool is_taken(const struct irq_table *table, const uint32_t *numbers,
                     size_t place) {
  return table->numbers[place] == numbers[place];
}

/* Takes the wanted rows from text, until it has all. Returns how many there
 * were. */
static size_t take_rows(struct scan *text, struct irq_table *table,
                        const uint32_t *numbers, size_t count,
                        size_t *ret_misfits) {
  size_t taken = 0, next = 0;
  while (taken < count && !scan_done(text)) {
    uint32_t number;
    size_t place = count;
    if (take_number(text, &number))
      place = place_of(number, numbers, count, next);
    struct scan row = *text;
    scan_line(text, &row);
    if (place == count || is_taken(table, numbers, place))
      continue;
    next = place + 1;
    if (take_counts(row, table->counts + place * table->columns,
                    table->columns)) {
      table->numbers[place] = number;
      taken++;
    } else {
      ++*ret_misfits;
    }
  }
  return taken;
}

/* Closes the gaps of rows that were not found. */
static void close_gaps(struct irq_table *table, const uint32_t *numbers,
                       size_t count) {
  size_t width = table->columns * sizeof(*table->counts);
  for (size_t i = 0; i < count; i++) {
    if (!is_taken(table, numbers, i))
      continue;
    size_t row = table->rows++;
    table->numbers[row] = numbers[i];
    memmove(table->counts + row * table->columns,
            table->counts + i * table->columns, width);
  }
}

int interrupts_parse(struct scan text, struct interrupts *interrupts,
                     const uint32_t *numbers, size_t count,
                     struct scan_error *error) {
  struct irq_table *next = &interrupts->next;
  const char *begin = text.at;
  size_t misfits = 0;
  irq_table_clear(next);
  int r = parse_header(&text, next, error);
  if (r == 0)
    r = irq_table_reserve(next, count);
  if (r < 0)
    return r;
  for (size_t i = 0; i < count; i++)
    next->numbers[i] = ~numbers[i];
  if (take_rows(&text, next, numbers, count, &misfits) > 0)
    close_gaps(next, numbers, count);

  struct irq_table table = interrupts->table;
  interrupts->table = *next;
  *next = table;
  interrupts->misfits = misfits;
  interrupts->parsed = (size_t)(text.at - begin);
  return 0;
}

/* Returns the text that was read, without a last row that was cut. */
static struct scan whole_rows(const struct sysroot_file *file) {
  struct scan text = sysroot_file_text(file);
  if (sysroot_file_is_cut(file))
    while (!scan_done(&text) && text.end[-1] != '\n')
      text.end--;
  return text;
}

/* Room for rows that grow until the next read. */
static size_t limit_for(size_t parsed) { return parsed + parsed / 16 + 4096; }

int interrupts_read(const struct sysroot *root, struct interrupts *interrupts,
                    const uint32_t *numbers, size_t count,
                    struct scan_error *error) {
  struct sysroot_file *file = &interrupts->file;
  int r = 0;
  for (int i = 0; i < ATTEMPTS; i++) {
    r = sysroot_file_read(root, file);
    if (r == 0)
      r = interrupts_parse(whole_rows(file), interrupts, numbers, count, error);
    bool is_cut = sysroot_file_is_cut(file);
    bool has_all = r == 0 && interrupts->table.rows == count;
    file->limit = has_all ? limit_for(interrupts->parsed) : 0;
    if (!(is_cut && !has_all) && (r < 0 || interrupts->misfits == 0))
      break;
  }
  return r;
}

/* Returns what follows the last two blanks of a row. A row without a handler
 * ends in blanks or in its counts. */
static struct scan names_of(struct scan row) {
  const char *begin = row.end;
  while (begin - row.at >= 2 && !(is_blank(begin[-1]) && is_blank(begin[-2])))
    begin--;
  struct scan names = {.at = begin, .end = row.end};
  uint32_t count;
  const char *end = take_count(names.at, names.end, &count);
  if (begin - row.at < 2 || end == names.end)
    names.at = names.end;
  return names;
}

int interrupts_parse_names(struct scan text,
                           int (*take)(uint32_t number, struct scan names,
                                       void *data),
                           void *data) {
  while (!scan_done(&text)) {
    uint32_t number;
    bool is_numbered = take_number(&text, &number);
    struct scan row = text;
    scan_line(&text, &row);
    int r = is_numbered ? take(number, names_of(row), data) : 0;
    if (r < 0)
      return r;
  }
  return 0;
}

int interrupts_names(const struct sysroot *root, struct interrupts *interrupts,
                     int (*take)(uint32_t number, struct scan names,
                                 void *data),
                     void *data) {
  interrupts->file.limit = 0;
  int r = sysroot_file_read(root, &interrupts->file);
  if (r < 0)
    return r;
  return interrupts_parse_names(sysroot_file_text(&interrupts->file), take,
                                data);
}

void interrupts_free(struct interrupts *interrupts) {
  irq_table_free(&interrupts->table);
  irq_table_free(&interrupts->next);
  sysroot_file_free(&interrupts->file);
  *interrupts = INTERRUPTS_INIT;
}
