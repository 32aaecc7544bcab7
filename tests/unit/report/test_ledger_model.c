/* SPDX-License-Identifier: MIT */
/* Layers that read at random times while packets are lost at random, against a
 * model that knows where each packet was lost. */
#include "ledger_scene.h"

#include "random.h"

enum { SCENARIOS = 400, SPACES = 2 };

/* A step of time, in seconds. */
#define STEP 0.1

/* Intervals of a layer, in steps. */
static const int intervals[] = {10, 50, 100, 600};

/* Packets lost in a namespace until now. */
struct losses {
  uint64_t seen;   /* at objects that are watched */
  uint64_t unseen; /* elsewhere in the namespace */
};

struct reader {
  struct ledger_teller *teller;
  int interval, phase;
  uint64_t read[SPACES + 1]; /* at the last read */
  uint64_t found[SPACES + 1];
};

struct model {
  struct random random;
  struct ledger *ledger;
  struct losses spaces[SPACES];
  uint64_t elsewhere; /* in namespaces that nobody watches */
  struct reader objects, host, kernel;
  uint64_t rate_seen, rate_unseen, rate_elsewhere; /* a step */
  int longest;                                     /* interval */
};

static const char *const names[SPACES] = {NULL, "web"};

static void begin_reader(struct model *model, struct reader *reader) {
  size_t choice = random_below(&model->random, COUNT_OF(intervals));
  reader->interval = intervals[choice];
  reader->phase = (int)random_below(&model->random, (size_t)reader->interval);
  assert_int_equal(ledger_join(model->ledger, &reader->teller), 0);
  if (reader->interval > model->longest)
    model->longest = reader->interval;
}

static uint64_t gain_of(struct reader *reader, size_t index, uint64_t total) {
  uint64_t gain = total - reader->read[index];
  reader->read[index] = total;
  return gain;
}

static void enter_read(struct reader *reader, int step,
                       struct ledger_posting *postings, size_t count) {
  struct ledger_read read = {.begin = 1 + step * STEP,
                             .end = 1 + step * STEP + READ_SECONDS,
                             .interval = reader->interval * STEP,
                             .postings = postings,
                             .count = count};
  ledger_post(reader->teller, &read);
  for (size_t i = 0; i < count; i++)
    reader->found[i] += postings[i].rest;
}

static bool is_due(const struct reader *reader, int step) {
  return step % reader->interval == reader->phase;
}

static void read_objects(struct model *model, int step) {
  struct ledger_posting postings[SPACES];
  for (size_t i = 0; i < SPACES; i++)
    postings[i] = (struct ledger_posting){
        .bucket = LEDGER_UDP_RECEIVE,
        .exactness = LEDGER_OBJECT,
        .netns = names[i],
        .gain = gain_of(&model->objects, i, model->spaces[i].seen)};
  enter_read(&model->objects, step, postings, SPACES);
}

static void read_host(struct model *model, int step) {
  struct ledger_posting postings[SPACES];
  for (size_t i = 0; i < SPACES; i++)
    postings[i] = (struct ledger_posting){
        .bucket = LEDGER_UDP_RECEIVE,
        .exactness = LEDGER_HOST,
        .netns = names[i],
        .meter = "Udp:RcvbufErrors",
        .gain = gain_of(&model->host, i,
                        model->spaces[i].seen + model->spaces[i].unseen)};
  enter_read(&model->host, step, postings, SPACES);
}

static void read_kernel(struct model *model, int step) {
  uint64_t total = model->elsewhere;
  for (size_t i = 0; i < SPACES; i++)
    total += model->spaces[i].seen + model->spaces[i].unseen;
  struct ledger_posting posting = {.bucket = LEDGER_UDP_RECEIVE,
                                   .exactness = LEDGER_KERNEL,
                                   .meter = "socket_rcvbuff",
                                   .gain = gain_of(&model->kernel, 0, total)};
  enter_read(&model->kernel, step, &posting, 1);
}

static uint64_t random_rate(struct model *model) {
  return random_below(&model->random, 2) == 0
             ? 0
             : random_below(&model->random, 1000);
}

static void lose(struct model *model, bool is_quiet) {
  if (random_below(&model->random, 200) == 0) {
    model->rate_seen = random_rate(model);
    model->rate_unseen = random_rate(model);
    model->rate_elsewhere = random_rate(model);
  }
  /* Packets come in bursts. */
  if (is_quiet || random_below(&model->random, 3) == 0)
    return;
  for (size_t i = 0; i < SPACES; i++) {
    model->spaces[i].seen += model->rate_seen;
    model->spaces[i].unseen += model->rate_unseen;
  }
  model->elsewhere += model->rate_elsewhere;
}

/* No rest exceeds what nothing more exact can have counted. */
static void nothing_is_found_twice(const struct model *model) {
  for (size_t i = 0; i < SPACES; i++)
    CHECK(model->host.found[i] <= model->spaces[i].unseen, "%llu of %llu",
          (unsigned long long)model->host.found[i],
          (unsigned long long)model->spaces[i].unseen);
  CHECK(model->kernel.found[0] <= model->elsewhere, "%llu of %llu",
        (unsigned long long)model->kernel.found[0],
        (unsigned long long)model->elsewhere);
}

static void all_is_found(const struct model *model) {
  uint64_t lost = model->elsewhere;
  for (size_t i = 0; i < SPACES; i++) {
    lost += model->spaces[i].seen + model->spaces[i].unseen;
    CHECK(model->host.found[i] == model->spaces[i].unseen, "%llu of %llu",
          (unsigned long long)model->host.found[i],
          (unsigned long long)model->spaces[i].unseen);
  }
  CHECK(model->kernel.found[0] == model->elsewhere, "%llu of %llu",
        (unsigned long long)model->kernel.found[0],
        (unsigned long long)model->elsewhere);
  assert_int_equal(lost_in(model->ledger, LEDGER_UDP_RECEIVE), lost);
}

/* Quiet, a time of losses, and quiet again. */
static void run(uint64_t seed) {
  struct model model = {.random = {seed}};
  assert_int_equal(ledger_new(&model.ledger), 0);
  begin_reader(&model, &model.objects);
  begin_reader(&model, &model.host);
  begin_reader(&model, &model.kernel);
  int quiet = 4 * model.longest;
  int steps = quiet + 10 * model.longest + quiet;
  for (int step = 0; step < steps; step++) {
    lose(&model, step < quiet || step >= steps - quiet);
    /* In any order. */
    for (size_t i = 0, first = random_below(&model.random, 3); i < 3; i++)
      switch ((first + i) % 3) {
      case 0:
        if (is_due(&model.objects, step))
          read_objects(&model, step);
        break;
      case 1:
        if (is_due(&model.host, step))
          read_host(&model, step);
        break;
      default:
        if (is_due(&model.kernel, step))
          read_kernel(&model, step);
      }
    nothing_is_found_twice(&model);
  }
  all_is_found(&model);
  ledger_leave(model.objects.teller);
  ledger_leave(model.host.teller);
  ledger_leave(model.kernel.teller);
  ledger_free(model.ledger);
}

static void each_packet_is_found_once(void **state) {
  (void)state;
  for (uint64_t i = 1; i <= SCENARIOS; i++)
    run(i);
}

/* Both read for a while at the same time, and which of a packet's counters is
 * read first differs. */
static void overlapping_reads_find_nothing_twice(void **state) {
  (void)state;
  struct random random = {7};
  struct ledger *ledger;
  struct ledger_teller *objects, *host;
  assert_int_equal(ledger_new(&ledger), 0);
  assert_int_equal(ledger_join(ledger, &objects), 0);
  assert_int_equal(ledger_join(ledger, &host), 0);
  uint64_t object_total = 0, host_total = 0, found = 0;
  for (int i = 0; i < 1000; i++) {
    /* 1000 packets a second, each read somewhere within 50 ms. */
    double now = 10.0 * (i + 1);
    uint64_t lost = i < 5 ? 0 : 10000 * (uint64_t)(i - 5);
    uint64_t object_now = lost + random_below(&random, 50) * (i >= 5);
    uint64_t host_now = lost + random_below(&random, 50) * (i >= 5);
    struct ledger_posting by_object = {.bucket = LEDGER_UDP_RECEIVE,
                                       .exactness = LEDGER_OBJECT,
                                       .gain = object_now - object_total};
    struct ledger_posting by_host = {.bucket = LEDGER_UDP_RECEIVE,
                                     .exactness = LEDGER_HOST,
                                     .meter = "Udp:RcvbufErrors",
                                     .gain = host_now - host_total};
    struct ledger_read object_read = {.begin = now,
                                      .end = now + 0.05,
                                      .interval = 10,
                                      .postings = &by_object,
                                      .count = 1};
    struct ledger_read host_read = {.begin = now,
                                    .end = now + 0.05,
                                    .interval = 10,
                                    .postings = &by_host,
                                    .count = 1};
    object_total = object_now;
    host_total = host_now;
    bool is_object_first = random_below(&random, 2) == 0;
    if (is_object_first)
      ledger_post(objects, &object_read);
    ledger_post(host, &host_read);
    if (!is_object_first)
      ledger_post(objects, &object_read);
    found += by_host.rest;
  }
  assert_int_equal(found, 0);
  ledger_leave(objects);
  ledger_leave(host);
  ledger_free(ledger);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_packet_is_found_once),
      cmocka_unit_test(overlapping_reads_find_nothing_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
