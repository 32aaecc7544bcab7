/* SPDX-License-Identifier: MIT */
/* A driver's name, the attributes of qstats-get, and the names of the adapter's
 * counters, one a line. */
#include "fuzz.h"

#include "nic_counters.h"
#include "nic_names.h"
#include "nic_tally.h"

enum { MOST = 512 };

static size_t take_names(struct fuzz_input *input, char *raw) {
  size_t count = 0;
  for (; input->size > 0 && count < MOST; count++) {
    char *name = raw + count * NIC_NAME_RAW;
    memset(name, 0, NIC_NAME_RAW);
    for (size_t i = 0; input->size > 0; i++) {
      char c = (char)fuzz_byte(input);
      if (c == '\n')
        break;
      if (i < NIC_NAME_RAW)
        name[i] = c;
    }
  }
  return count;
}

static void check_names(const struct nic_names *names) {
  for (size_t i = 0; i < names->count; i++) {
    const struct nic_name *name = &names->items[i];
    FUZZ_EXPECT(name->name[0] != '\0' && fuzz_is_printable(name->name));
    FUZZ_EXPECT(name->queue.queue >= -1 && name->queue.queue <= 99999);
    FUZZ_EXPECT(strchr("rt?", name->queue.direction) != NULL);
    FUZZ_EXPECT(name->queue.rest[0] != '\0');
    FUZZ_EXPECT(strlen(name->queue.rest) <= strlen(name->name));
    for (size_t j = 0; j < i; j++)
      FUZZ_EXPECT(strcmp(names->items[j].name, name->name) != 0);
  }
}

static bool has_condition(const struct nic_source *source) {
  return source->rule == NIC_MINUS || source->rule == NIC_UNLESS;
}

static void check_sources(const struct nic_sources *sources,
                          const struct nic_names *names, uint64_t qstats) {
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    FUZZ_EXPECT(source->bits == 16 || source->bits == 32 || source->bits == 64);
    FUZZ_EXPECT(source->cause < NIC_CAUSE_COUNT);
    if (source->place == NIC_PLACE_ETHTOOL)
      FUZZ_EXPECT(source->index < names->count &&
                  !names->items[source->index].is_number);
    else if (source->place == NIC_PLACE_LINK)
      FUZZ_EXPECT(nic_sources_link_member(source->index) != NULL);
    else
      FUZZ_EXPECT(source->index < 64 && (qstats >> source->index & 1) != 0);
    if (sources->is_known)
      FUZZ_EXPECT(source->cause != NIC_RX_UNCLASSIFIED &&
                  source->cause != NIC_TX_UNCLASSIFIED);
    bool is_minus = source->rule == NIC_MINUS;
    bool is_summed = !is_minus || !source->is_counted;
    for (size_t j = 0; j < i; j++) {
      const struct nic_source *other = &sources->items[j];
      bool is_same =
          other->place == source->place && other->index == source->index;
      FUZZ_EXPECT(!is_same || other->cause != source->cause);
      FUZZ_EXPECT(!is_same || !other->is_counted || !source->is_counted ||
                  has_condition(other) || has_condition(source));
      is_summed = is_summed || (other->cause == source->cause &&
                                other->is_counted && other->rule != NIC_MINUS);
    }
    FUZZ_EXPECT(is_summed);
  }
}

/* Takes two reads, in which every number is its index, then twice that. */
static void check_tally(const struct nic_sources *sources) {
  static uint64_t values[2][UINT16_MAX + 1];
  struct nic_tally tally = {.last = NULL};
  struct nic_sum before[NIC_CAUSE_COUNT];
  FUZZ_EXPECT(nic_tally_new(&tally, sources) == 0);
  for (unsigned read = 0; read < 2; read++) {
    struct nic_reading reading = {.now = read};
    for (size_t i = 0; i <= UINT16_MAX; i++)
      values[read][i] = (read + 1) * i;
    for (unsigned i = 0; i < NIC_PLACES; i++)
      reading.places[i] = (struct nic_numbers){values[read], UINT16_MAX + 1};
    memcpy(before, tally.sums, sizeof(before));
    nic_tally_take(&tally, sources, &reading);
    for (unsigned i = 0; i < NIC_CAUSE_COUNT; i++)
      FUZZ_EXPECT(tally.sums[i].value >= before[i].value);
  }
  nic_tally_free(&tally);
}

static void check_again(const char *driver, const char *raw, size_t count,
                        uint64_t qstats, const struct nic_names *names,
                        const struct nic_sources *sources) {
  struct nic_names again = {.count = 0};
  struct nic_sources found = {.count = 0};
  FUZZ_EXPECT(nic_names_set(&again, raw, count) == 0);
  FUZZ_EXPECT(nic_counters_find(driver, &again, qstats, &found) == 0);
  for (size_t i = 0; i < count; i++)
    FUZZ_EXPECT(strcmp(again.items[i].name, names->items[i].name) == 0);
  FUZZ_EXPECT(found.count == sources->count);
  for (size_t i = 0; i < found.count; i++) {
    const struct nic_source *one = &found.items[i];
    const struct nic_source *other = &sources->items[i];
    FUZZ_EXPECT(one->place == other->place && one->index == other->index &&
                one->cause == other->cause && one->bits == other->bits &&
                one->is_counted == other->is_counted &&
                one->rule == other->rule);
  }
  nic_names_free(&again);
  nic_sources_free(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  char driver[32];
  fuzz_text(&input, driver, sizeof(driver));
  uint64_t qstats = fuzz_number(&input);
  char *raw = malloc(MOST * NIC_NAME_RAW);
  FUZZ_EXPECT(raw != NULL);
  size_t count = take_names(&input, raw);
  /* Exactly its size, so that a read past the last name is noticed. */
  char *exact = malloc(count > 0 ? count * NIC_NAME_RAW : 1);
  FUZZ_EXPECT(exact != NULL);
  memcpy(exact, raw, count * NIC_NAME_RAW);
  free(raw);

  struct nic_names names = {.count = 0};
  struct nic_sources sources = {.count = 0};
  FUZZ_EXPECT(nic_names_set(&names, exact, count) == 0);
  FUZZ_EXPECT(names.count == count);
  check_names(&names);
  FUZZ_EXPECT(nic_counters_find(driver, &names, qstats, &sources) == 0);
  check_sources(&sources, &names, qstats);
  check_tally(&sources);
  check_again(driver, exact, count, qstats, &names, &sources);
  nic_names_free(&names);
  nic_sources_free(&sources);
  free(exact);
  return 0;
}
