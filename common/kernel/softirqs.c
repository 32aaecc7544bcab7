/* SPDX-License-Identifier: MIT */
#include "softirqs.h"

#include <errno.h>
#include <stdlib.h>

#include "array.h"

static const char expected_header[] = "a header of CPUs: CPU0 CPU1";
static const char expected_order[] = "CPUs in ascending order";
static const char expected_rows[] = "rows NET_TX and NET_RX";
static const char expected_counts[] = "a number of 32 bits for each CPU";

static int add_cpu(struct softirqs *softirqs, size_t count,
                   const struct softirqs_cpu *cpu) {
  struct softirqs_cpu *next =
      array_room(softirqs->next, &softirqs->next_room, count, sizeof(*next));
  if (next == NULL)
    return -ENOMEM;
  softirqs->next = next;
  next[count] = *cpu;
  return 0;
}

/* A row without its label. */
struct row {
  struct scan counts;
  size_t line; /* 0: not found */
};

/* Finds the rows NET_TX and NET_RX. */
static void find_rows(struct scan text, struct row *ret_tx,
                      struct row *ret_rx) {
  struct scan row, label;
  for (size_t line = 2; scan_line(&text, &row); line++) {
    if (!scan_word(&row, &label))
      continue;
    if (scan_equals(&label, "NET_TX:") && ret_tx->line == 0)
      *ret_tx = (struct row){.counts = row, .line = line};
    else if (scan_equals(&label, "NET_RX:") && ret_rx->line == 0)
      *ret_rx = (struct row){.counts = row, .line = line};
    if (ret_tx->line != 0 && ret_rx->line != 0)
      return;
  }
}

/* Takes one column of a row. */
static int take_count(struct row *row, uint32_t *ret,
                      struct scan_error *error) {
  if (!scan_u32(&row->counts, ret))
    return scan_fail(error, row->line, &row->counts, expected_counts);
  return 0;
}

static int check_end(struct row *row, struct scan_error *error) {
  scan_blanks(&row->counts);
  if (!scan_done(&row->counts))
    return scan_fail(error, row->line, &row->counts, expected_counts);
  return 0;
}

static bool is_wanted(const struct softirqs_cpu *cpu,
                      const struct cpulist *online) {
  return online != NULL ? cpulist_has(online, cpu->cpu)
                        : cpu->net_rx != 0 || cpu->net_tx != 0;
}

/* Parses the wanted columns into softirqs->next. */
static int take_columns(struct scan header, struct row *tx, struct row *rx,
                        const struct cpulist *online, struct softirqs *softirqs,
                        size_t *ret_count, struct scan_error *error) {
  struct scan whole = header;
  size_t columns = 0, count = 0;
  uint32_t last = 0;
  struct softirqs_cpu cpu;
  for (; cpulist_take_name(&header, &cpu.cpu); columns++) {
    int r = take_count(tx, &cpu.net_tx, error);
    if (r == 0)
      r = take_count(rx, &cpu.net_rx, error);
    if (r == 0 && columns > 0 && cpu.cpu <= last)
      r = scan_fail(error, 1, &whole, expected_order);
    last = cpu.cpu;
    if (r == 0 && !is_wanted(&cpu, online))
      continue;
    if (r == 0)
      r = add_cpu(softirqs, count, &cpu);
    if (r < 0)
      return r;
    count++;
  }
  scan_blanks(&header);
  if (columns == 0 || !scan_done(&header))
    return scan_fail(error, 1, &header, expected_header);
  *ret_count = count;
  return 0;
}

int softirqs_parse(struct scan text, const struct cpulist *online,
                   struct softirqs *softirqs, struct scan_error *error) {
  struct scan header = text;
  scan_line(&text, &header);
  struct row tx = {.line = 0}, rx = {.line = 0};
  find_rows(text, &tx, &rx);
  if (tx.line == 0 || rx.line == 0)
    return scan_fail(error, 1, &header, expected_rows);
  size_t count = 0;
  int r = take_columns(header, &tx, &rx, online, softirqs, &count, error);
  if (r == 0)
    r = check_end(&tx, error);
  if (r == 0)
    r = check_end(&rx, error);
  if (r < 0)
    return r;

  struct softirqs_cpu *cpus = softirqs->next;
  size_t room = softirqs->next_room;
  softirqs->next = softirqs->cpus;
  softirqs->next_room = softirqs->room;
  softirqs->cpus = cpus;
  softirqs->room = room;
  softirqs->count = count;
  return 0;
}

int softirqs_read(const struct sysroot *root, const struct cpulist *online,
                  struct softirqs *softirqs, struct scan_error *error) {
  int r = sysroot_file_read(root, &softirqs->table);
  if (r < 0)
    return r;
  return softirqs_parse(sysroot_file_text(&softirqs->table), online, softirqs,
                        error);
}

void softirqs_free(struct softirqs *softirqs) {
  free(softirqs->cpus);
  free(softirqs->next);
  sysroot_file_free(&softirqs->table);
  *softirqs = SOFTIRQS_INIT;
}
