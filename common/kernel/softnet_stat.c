/* SPDX-License-Identifier: MIT */
#include "softnet_stat.h"

#include <errno.h>
#include <stdlib.h>

#include "array.h"

/* Columns that all kernels have, and those that are read. */
#define FEWEST_COLUMNS 9
#define KNOWN_COLUMNS 15

/* How often to read rows and online CPUs whose numbers differ. */
#define ATTEMPTS 3

static const char expected_row[] = "9 or more hexadecimal columns";
static const char expected_hex[] = "a hexadecimal number of 32 bits";
static const char expected_order[] = "CPUs in ascending order";
static const char expected_same[] = "as many columns as in the first row";

/* Takes the columns of a row. Checks and counts unknown ones, but does not keep
 * them. */
static unsigned take_columns(struct scan *row, uint32_t column[KNOWN_COLUMNS]) {
  unsigned count = (unsigned)scan_hex32_columns(row, column, KNOWN_COLUMNS);
  uint32_t ignored;
  while (scan_hex32(row, count < KNOWN_COLUMNS ? &column[count] : &ignored))
    count++;
  scan_blanks(row);
  return count;
}

static struct softnet_cpu
make_cpu(const uint32_t column[static KNOWN_COLUMNS]) {
  return (struct softnet_cpu){
      .processed = column[0],
      .dropped = column[1],
      .time_squeeze = column[2],
      /* 3 to 7 were fastroute counters, 8 cpu_collision: always 0 now. */
      .received_rps = column[9],
      .flow_limited = column[10],
      .backlog = column[11],
      .cpu = column[12],
      .input = column[13],
      .process = column[14],
  };
}

static int add_cpu(struct softnet_stat *stat, size_t count,
                   const struct softnet_cpu *cpu) {
  struct softnet_cpu *next =
      array_room(stat->next, &stat->next_room, count, sizeof(*next));
  if (next == NULL)
    return -ENOMEM;
  stat->next = next;
  next[count] = *cpu;
  return 0;
}

/* Parses all rows into stat->next. */
static int parse_rows(struct scan text, struct softnet_stat *stat,
                      size_t *ret_count, unsigned *ret_columns,
                      struct scan_error *error) {
  size_t count = 0;
  unsigned columns = 0;
  struct scan row;
  while (scan_line(&text, &row)) {
    struct scan whole = row;
    uint32_t column[KNOWN_COLUMNS] = {0};
    unsigned taken = take_columns(&row, column);
    if (!scan_done(&row))
      return scan_fail(error, count + 1, &row, expected_hex);
    if (taken < FEWEST_COLUMNS)
      return scan_fail(error, count + 1, &whole, expected_row);
    if (count > 0 && taken != columns)
      return scan_fail(error, count + 1, &whole, expected_same);
    columns = taken;

    struct softnet_cpu cpu = make_cpu(column);
    if (columns >= SOFTNET_COLUMNS_BACKLOG && count > 0 &&
        cpu.cpu <= stat->next[count - 1].cpu)
      return scan_fail(error, count + 1, &whole, expected_order);
    int r = add_cpu(stat, count, &cpu);
    if (r < 0)
      return r;
    count++;
  }
  if (count == 0)
    return scan_fail(error, 1, &text, expected_row);
  *ret_count = count;
  *ret_columns = columns;
  return 0;
}

/* Numbers the rows of stat->next, whose kernel does not name their CPUs. */
static int number_rows(struct softnet_stat *stat, size_t count,
                       const struct cpulist *online) {
  if (online != NULL && online->count != count)
    return -EAGAIN;
  uint32_t cpu = 0;
  for (size_t i = 0; i < count; i++, cpu++) {
    if (online != NULL)
      cpulist_next(online, cpu, &cpu);
    stat->next[i].cpu = cpu;
  }
  return 0;
}

int softnet_stat_parse(struct scan text, const struct cpulist *online,
                       struct softnet_stat *stat, struct scan_error *error) {
  size_t count = 0;
  unsigned columns = 0;
  int r = parse_rows(text, stat, &count, &columns, error);
  bool names_cpus = columns >= SOFTNET_COLUMNS_BACKLOG;
  if (r == 0 && !names_cpus)
    r = number_rows(stat, count, online);
  if (r < 0)
    return r;

  struct softnet_cpu *cpus = stat->next;
  size_t room = stat->next_room;
  stat->next = stat->cpus;
  stat->next_room = stat->room;
  stat->cpus = cpus;
  stat->room = room;
  stat->count = count;
  stat->columns = columns;
  stat->are_numbered = !names_cpus && online == NULL;
  return 0;
}

/* Returns true if the first row names its CPU. */
static bool names_cpus(struct scan text) {
  uint32_t column[KNOWN_COLUMNS];
  struct scan row;
  return scan_line(&text, &row) &&
         take_columns(&row, column) >= SOFTNET_COLUMNS_BACKLOG;
}

static int read_once(const struct sysroot *root, struct softnet_stat *stat,
                     struct scan_error *error) {
  int r = sysroot_file_read(root, &stat->table);
  if (r < 0)
    return r;
  struct scan text = sysroot_file_text(&stat->table);
  const struct cpulist *online = NULL;
  if (!names_cpus(text))
    online = cpulist_file_read(root, &stat->online);
  return softnet_stat_parse(text, online, stat, error);
}

int softnet_stat_read(const struct sysroot *root, struct softnet_stat *stat,
                      struct scan_error *error) {
  int r = -EAGAIN;
  for (int i = 0; i < ATTEMPTS && r == -EAGAIN; i++)
    r = read_once(root, stat, error);
  /* Numbers the rows, unless they matched a moment ago. */
  if (r == -EAGAIN && !stat->has_matched)
    return softnet_stat_parse(sysroot_file_text(&stat->table), NULL, stat,
                              error);
  stat->has_matched = r == 0 && !stat->are_numbered;
  return r;
}

int softnet_stat_online(const struct softnet_stat *stat, struct cpulist *ret) {
  cpulist_clear(ret);
  int r = 0;
  for (size_t i = 0; r == 0 && !stat->are_numbered && i < stat->count; i++)
    r = cpulist_add_cpu(ret, stat->cpus[i].cpu);
  if (r < 0)
    cpulist_clear(ret);
  return r;
}

void softnet_stat_free(struct softnet_stat *stat) {
  free(stat->cpus);
  free(stat->next);
  sysroot_file_free(&stat->table);
  cpulist_file_free(&stat->online);
  *stat = SOFTNET_STAT_INIT;
}
