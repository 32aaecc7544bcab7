/* SPDX-License-Identifier: MIT */
/* <Plugin> blocks: correct lines take effect, mistakes are logged. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "fake_layer.h"
#include "recording_frontend.h"
#include "temp_tree.h"

/* Configures a recording from one block and starts it. */
static int start_with(struct recording *recording,
                      const struct config_node *block) {
  recording_open(recording, &fake_layer);
  recording_configure(recording, block);
  return recording_start(recording);
}

/* Fails unless it starts and logs nothing. */
static void start_quietly_with(struct recording *recording,
                               const struct config_node *block) {
  int result = start_with(recording, block);
  CHECK(result == 0 && recording->line_count == 0, "%d, %s", result,
        recording_all_lines(recording));
}

/* A faulty line or <Threshold> and the words that its one message contains. */
struct fault {
  struct config_node line;
  const char *words[5];
};

static const struct fault faults[] = {
    {LINE("Flag", NUMBER(5)), {"\"Flag\"", "true or false", "5"}},
    {LINE("Flag", STRING("maybe")), {"\"Flag\"", "true or false", "maybe"}},
    {LINE("Flag"), {"\"Flag\"", "true or false", "nothing"}},
    {LINE("Flag", BOOLEAN(true), BOOLEAN(true)),
     {"\"Flag\"", "true or false", "true true"}},
    {{.key = "Flag", CONFIG_CHILDREN(LINE("x", NUMBER(1)))},
     {"\"Flag\"", "true or false", "block"}},
    {LINE("Level", STRING("high")),
     {"\"Level\"", "number", "-5", "10", "high"}},
    {LINE("Level", BOOLEAN(true)), {"\"Level\"", "number", "true"}},
    {LINE("Level", NUMBER(10.5)), {"\"Level\"", "number", "-5", "10", "10.5"}},
    {LINE("Level", NUMBER(-5.5)), {"\"Level\"", "number", "-5", "10", "-5.5"}},
    {LINE("Level", NUMBER(NAN)), {"\"Level\"", "number", "nan"}},
    {LINE("Level", NUMBER(INFINITY)), {"\"Level\"", "number", "inf"}},
    {LINE("Level", NUMBER(1), NUMBER(2)), {"\"Level\"", "number", "1 2"}},
    {LINE("Level"), {"\"Level\"", "number", "nothing"}},
    {LINE("Limit", STRING("some")), {"\"Limit\"", "none", "number", "some"}},
    {LINE("Limit", NUMBER(-1)), {"\"Limit\"", "number", "0", "1000", "-1"}},
    {LINE("Count", NUMBER(1.5)), {"\"Count\"", "whole number", "1.5"}},
    {LINE("Count", NUMBER(0)), {"\"Count\"", "whole number", "1", "50", "0"}},
    {LINE("Count", NUMBER(-3)), {"\"Count\"", "whole number", "-3"}},
    {LINE("Count", NUMBER(51)), {"\"Count\"", "whole number", "51"}},
    {LINE("Count", NUMBER(1e300)), {"\"Count\"", "whole number", "1e+300"}},
    {LINE("Count", STRING("2 of")), {"\"Count\"", "whole number", "2 of"}},
    {LINE("Name", BOOLEAN(false)), {"\"Name\"", "string", "false"}},
    {LINE("Name", STRING("a"), STRING("b")),
     {"\"Name\"", "string", "\"a\" \"b\""}},
    {LINE("Mode", STRING("medium")), {"\"Mode\"", "fast", "slow", "medium"}},
    {LINE("Mode", NUMBER(1)), {"\"Mode\"", "fast", "slow", "1"}},
    {LINE("Lane", STRING("/[/")), {"\"Lane\"", "regular expression", "/[/"}},
    {LINE("Lane", BOOLEAN(true)), {"\"Lane\"", "true"}},
    {LINE("Lane"), {"\"Lane\"", "nothing"}},
    {LINE("Parsed", STRING("bad")), {"\"Parsed\"", "anything else", "bad"}},
    {LINE("Parsed"), {"\"Parsed\"", "string", "nothing"}},
    {LINE("Notifications", STRING("perhaps")),
     {"\"Notifications\"", "true or false", "perhaps"}},
    {LINE("ReportSettings", NUMBER(2)),
     {"\"ReportSettings\"", "true or false", "2"}},
    {LINE("ProcRoot", NUMBER(1)), {"\"ProcRoot\"", "string", "1"}},
    {LINE("SysRoot", BOOLEAN(true)), {"\"SysRoot\"", "string", "true"}},

    {LINE("Threshold"), {"Threshold", "name", "nothing"}},
    {LINE("Threshold", BOOLEAN(true)), {"Threshold", "name", "true"}},
    {LINE("Threshold", STRING("lost"), STRING("fill")),
     {"Threshold", "name", "\"lost\" \"fill\""}},
    {THRESHOLD("missing", LINE("WarningMax", NUMBER(1))),
     {"\"missing\"", "lost", "traffic", "fill"}},
    {THRESHOLD("seen", LINE("WarningMax", NUMBER(1))),
     {"\"seen\"", "lost", "traffic", "fill"}},
    {THRESHOLD("Lost", LINE("WarningMax", NUMBER(1))),
     {"\"Lost\"", "lost", "traffic", "fill"}},
    {THRESHOLD("lost", LINE("WarningMax", STRING("much"))),
     {"\"lost\"", "\"WarningMax\"", "number", "much"}},
    {THRESHOLD("lost", LINE("FailureMax", BOOLEAN(true))),
     {"\"lost\"", "\"FailureMax\"", "number", "true"}},
    {THRESHOLD("lost", LINE("WarningMin")),
     {"\"lost\"", "\"WarningMin\"", "number", "nothing"}},
    {THRESHOLD("lost", LINE("FailureMin", NUMBER(NAN))),
     {"\"lost\"", "\"FailureMin\"", "number", "nan"}},
    {THRESHOLD("lost", LINE("Hysteresis", NUMBER(-1))),
     {"\"lost\"", "\"Hysteresis\"", "number", "0", "-1"}},
    {THRESHOLD("lost", LINE("Hits", NUMBER(0))),
     {"\"lost\"", "\"Hits\"", "whole number", "1", "0"}},
    {THRESHOLD("lost", LINE("Hits", NUMBER(-2))),
     {"\"lost\"", "\"Hits\"", "whole number", "-2"}},
    {THRESHOLD("lost", LINE("Hits", NUMBER(2.5))),
     {"\"lost\"", "\"Hits\"", "whole number", "2.5"}},
    {THRESHOLD("lost", LINE("ClearHits", NUMBER(-1))),
     {"\"lost\"", "\"ClearHits\"", "whole number", "-1"}},
    {THRESHOLD("lost", LINE("ClearHits", STRING("six"))),
     {"\"lost\"", "\"ClearHits\"", "whole number", "six"}},
    {THRESHOLD("lost", LINE("Persist", STRING("always"))),
     {"\"lost\"", "\"Persist\"", "true or false", "always"}},
    {THRESHOLD("lost", LINE("PersistOK", NUMBER(1))),
     {"\"lost\"", "\"PersistOK\"", "true or false", "1"}},
    {THRESHOLD("lost", LINE("Instance", STRING("/(/"))),
     {"\"lost\"", "\"Instance\"", "regular expression", "/(/"}},
    {THRESHOLD("lost", LINE("Instance")),
     {"\"lost\"", "\"Instance\"", "nothing"}},

    /* These contradict each other, or the built-in limits, 1 and 100. */
    {THRESHOLD("lost", LINE("WarningMax", NUMBER(30)),
               LINE("FailureMax", NUMBER(20))),
     {"\"lost\"", "WarningMax", "30", "FailureMax", "20"}},
    {THRESHOLD("lost", LINE("WarningMax", NUMBER(200))),
     {"\"lost\"", "WarningMax", "200", "FailureMax", "100"}},
    {THRESHOLD("lost", LINE("FailureMax", NUMBER(0.5))),
     {"\"lost\"", "WarningMax", "1", "FailureMax", "0.5"}},
    {THRESHOLD("fill", LINE("WarningMin", NUMBER(5)),
               LINE("FailureMin", NUMBER(6))),
     {"\"fill\"", "FailureMin", "6", "WarningMin", "5"}},
    {THRESHOLD("fill", LINE("WarningMin", NUMBER(50)),
               LINE("WarningMax", NUMBER(40))),
     {"\"fill\"", "WarningMin", "50", "WarningMax", "40"}},
};

static void assert_one_line_has(const struct recording *recording,
                                enum layer_severity severity,
                                const struct fault *fault) {
  assert_true(recording->line_count > 0);
  const struct recorded_line *line = &recording->lines[0];
  CHECK(line->severity == severity, "%s", recording_all_lines(recording));
  CHECK(strpbrk(line->message, "\r\n") == NULL, "not one line: %s",
        line->message);
  for (size_t i = 0; i < COUNT_OF(fault->words) && fault->words[i] != NULL; ++i)
    CHECK(strstr(line->message, fault->words[i]) != NULL, "no %s in: %s",
          fault->words[i], line->message);
}

static void each_fault_is_one_line(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(faults); ++i) {
    struct recording recording;
    int starts = fake_starts;
    int result = start_with(&recording, PLUGIN(faults[i].line));
    CHECK(result < 0, "fault %zu is accepted", i);
    assert_one_line_has(&recording, LAYER_ERROR, &faults[i]);
    /* The fault, and its consequence. */
    CHECK(recording.line_count == 2, "fault %zu: %s", i,
          recording_all_lines(&recording));
    assert_int_equal(recording.lines[1].severity, LAYER_ERROR);
    assert_int_equal(fake_starts, starts);
    recording_close(&recording);
  }
}

/* A rate is never below 0, so that an alert could never clear. */
static void a_hysteresis_above_the_limit_is_a_fault(void **state) {
  (void)state;
  struct recording recording;
  assert_true(start_with(&recording,
                         PLUGIN(THRESHOLD("lost", LINE("WarningMax", NUMBER(0)),
                                          LINE("FailureMax", STRING("none")),
                                          LINE("Hysteresis", NUMBER(1))))) < 0);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "Hysteresis"), 1);
  recording_close(&recording);
}

/* A later block can correct an earlier one. */
static void blocks_are_checked_together(void **state) {
  (void)state;
  struct recording recording;
  assert_int_equal(
      start_with(&recording,
                 PLUGIN(THRESHOLD("lost", LINE("WarningMax", NUMBER(1e5))),
                        THRESHOLD("lost", LINE("FailureMax", NUMBER(1e6))))),
      0);
  assert_int_equal(recording.line_count, 0);
  recording_close(&recording);
}

static void all_faults_at_once_are_logged(void **state) {
  (void)state;
  struct config_node lines[COUNT_OF(faults)];
  for (size_t i = 0; i < COUNT_OF(faults); ++i)
    lines[i] = faults[i].line;
  const struct config_node block = {
      .key = "Plugin", .children = lines, .child_count = COUNT_OF(lines)};
  struct recording recording;
  assert_true(start_with(&recording, &block) < 0);
  /* Blocks for the same meter are checked as one. */
  CHECK(recording.line_count + 8 >= COUNT_OF(faults), "%zu lines",
        recording.line_count);
  recording_close(&recording);
}

static void an_unknown_option_is_only_a_warning(void **state) {
  (void)state;
  const struct fault unknown[] = {
      {LINE("Nonsense", NUMBER(1)), {"\"Nonsense\""}},
      {LINE("Nonsense"), {"\"Nonsense\""}},
      {{.key = "Block", CONFIG_CHILDREN(LINE("Flag", BOOLEAN(true)))},
       {"\"Block\""}},
      {LINE("WarningMax", NUMBER(1)), {"\"WarningMax\""}},
      {THRESHOLD("lost", LINE("Interesting", BOOLEAN(true))),
       {"\"lost\"", "\"Interesting\""}},
      {THRESHOLD("lost", LINE("Flag", BOOLEAN(true))),
       {"\"lost\"", "\"Flag\""}},
      {LINE("", NUMBER(1)), {"\"\""}},
      {LINE("two\nlines \x01\xff", NUMBER(1)), {"two?lines"}},
  };
  for (size_t i = 0; i < COUNT_OF(unknown); ++i) {
    struct recording recording;
    int result = start_with(&recording, PLUGIN(unknown[i].line));
    CHECK(result == 0, "row %zu: %s", i, recording_all_lines(&recording));
    assert_one_line_has(&recording, LAYER_WARNING, &unknown[i]);
    assert_int_equal(recording.line_count, 1);
    assert_false(fake_started.flag);
    recording_close(&recording);
  }
}

static void lines_with_long_names_are_cut(void **state) {
  (void)state;
  static char name[5000];
  memset(name, 'n', sizeof(name) - 1);
  struct recording recording;
  recording_open(&recording, &fake_layer);
  recording_configure(
      &recording, PLUGIN(LINE(name, NUMBER(1)), LINE("Flag", STRING(name)),
                         LINE("Lane", STRING(name)), LINE("Mode", STRING(name)),
                         THRESHOLD(name, LINE("Hits", NUMBER(1)))));
  assert_int_equal(recording_lines(&recording, LAYER_WARNING, "nnnn"), 1);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "\"Flag\""), 1);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "\"Mode\""), 1);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "Threshold"), 1);
  assert_int_equal(recording.line_count, 4);
  recording_close(&recording);
}

static void options_take_effect(void **state) {
  (void)state;
  struct recording recording;
  start_quietly_with(
      &recording,
      PLUGIN(LINE("Flag", BOOLEAN(true)), LINE("Level", NUMBER(-2.5)),
             LINE("Limit", NUMBER(12)), LINE("Count", NUMBER(50)),
             LINE("Name", STRING("a name")), LINE("Mode", STRING("slow")),
             LINE("Lane", STRING("left")), LINE("Lane", STRING("/^r/")),
             LINE("Lane", NUMBER(3)), LINE("Parsed", STRING("x")),
             LINE("Parsed", NUMBER(8))));
  assert_true(fake_started.flag);
  assert_true(fake_started.level == -2.5);
  assert_true(fake_started.limit == 12);
  assert_int_equal(fake_started.count, 50);
  assert_string_equal(fake_started.name, "a name");
  assert_int_equal(fake_started.mode, 1);
  assert_true(match_any(&fake_started.lanes, "left"));
  assert_true(match_any(&fake_started.lanes, "right"));
  assert_true(match_any(&fake_started.lanes, "3"));
  assert_false(match_any(&fake_started.lanes, "4"));
  assert_int_equal(fake_started.parsed, 2);
  recording_close(&recording);
}

static void options_take_effect_despite_faults(void **state) {
  (void)state;
  struct recording recording;
  assert_int_equal(start_with(&recording, PLUGIN(LINE("Level", NUMBER(4)),
                                                 LINE("Nonsense", NUMBER(1)),
                                                 LINE("Count", NUMBER(9)))),
                   0);
  assert_true(fake_started.level == 4);
  assert_int_equal(fake_started.count, 9);
  recording_close(&recording);
}

static void defaults_apply_without_configuration(void **state) {
  (void)state;
  struct recording recording;
  recording_open(&recording, &fake_layer);
  assert_int_equal(recording_start(&recording), 0);
  assert_int_equal(recording.line_count, 0);
  assert_false(fake_started.flag);
  assert_true(fake_started.level == 3);
  assert_int_equal(fake_started.count, 7);
  assert_null(fake_started.name);
  assert_int_equal(fake_started.mode, 0);
  recording_close(&recording);
}

static void an_empty_block_changes_nothing(void **state) {
  (void)state;
  static const struct config_node empty = {.key = "Plugin"};
  struct recording recording;
  start_quietly_with(&recording, &empty);
  assert_true(fake_started.level == 3);
  recording_close(&recording);
}

static void booleans_are_the_words_of_collectd(void **state) {
  (void)state;
  static const struct {
    const char *word;
    bool truth;
  } words[] = {{"true", true},   {"yes", true}, {"on", true},
               {"false", false}, {"no", false}, {"off", false},
               {"TRUE", true},   {"Yes", true}, {"oN", true},
               {"False", false}, {"NO", false}, {"Off", false}};
  for (size_t i = 0; i < COUNT_OF(words); ++i) {
    struct recording recording;
    start_quietly_with(&recording,
                       PLUGIN(LINE("Flag", BOOLEAN(!words[i].truth)),
                              LINE("Flag", STRING(words[i].word))));
    CHECK(fake_started.flag == words[i].truth, "%s", words[i].word);
    recording_close(&recording);
  }
  static const char *const others[] = {"", "1", "0", "tru", "truee", "y"};
  for (size_t i = 0; i < COUNT_OF(others); ++i) {
    struct recording recording;
    CHECK(start_with(&recording, PLUGIN(LINE("Flag", STRING(others[i])))) < 0,
          "\"%s\"", others[i]);
    recording_close(&recording);
  }
}

static void case_does_not_matter(void **state) {
  (void)state;
  struct recording recording;
  start_quietly_with(
      &recording,
      PLUGIN(LINE("FLAG", BOOLEAN(true)), LINE("level", NUMBER(1)),
             LINE("mode", STRING("SLOW")), LINE("notifications", STRING("NO")),
             LINE("limit", STRING("None")),
             {.key = "threshold",
              CONFIG_VALUES(STRING("lost")),
              CONFIG_CHILDREN(LINE("warningmax", NUMBER(5)),
                              LINE("HITS", NUMBER(2)))}));
  assert_true(fake_started.flag);
  assert_true(fake_started.level == 1);
  assert_int_equal(fake_started.mode, 1);
  assert_true(isnan(fake_started.limit));
  recording_close(&recording);
}

static void blocks_add_up(void **state) {
  (void)state;
  struct recording recording;
  recording_open(&recording, &fake_layer);
  recording_configure(&recording, PLUGIN(LINE("Level", NUMBER(1)),
                                         LINE("Lane", STRING("left")),
                                         LINE("Name", STRING("first"))));
  recording_configure(&recording, PLUGIN(LINE("Count", NUMBER(2)),
                                         LINE("Lane", STRING("right"))));
  recording_configure(&recording, PLUGIN(LINE("Level", NUMBER(9)),
                                         LINE("Name", STRING("second"))));
  assert_int_equal(recording_start(&recording), 0);
  assert_true(fake_started.level == 9);
  assert_int_equal(fake_started.count, 2);
  assert_string_equal(fake_started.name, "second");
  assert_true(match_any(&fake_started.lanes, "left"));
  assert_true(match_any(&fake_started.lanes, "right"));
  recording_close(&recording);
}

static void a_fault_in_any_block_counts(void **state) {
  (void)state;
  struct recording recording;
  recording_open(&recording, &fake_layer);
  recording_configure(&recording, PLUGIN(LINE("Level", STRING("x"))));
  recording_configure(&recording, PLUGIN(LINE("Level", NUMBER(1))));
  assert_true(recording_start(&recording) < 0);
  recording_close(&recording);
}

static void consistent_limits_are_accepted(void **state) {
  (void)state;
  const struct config_node rows[] = {
      THRESHOLD("lost", LINE("WarningMax", NUMBER(100))),
      THRESHOLD("lost", LINE("WarningMax", NUMBER(50)),
                LINE("FailureMax", NUMBER(50))),
      THRESHOLD("lost", LINE("WarningMax", NUMBER(1000)),
                LINE("FailureMax", STRING("none"))),
      THRESHOLD("lost", LINE("WarningMax", NUMBER(1000)),
                LINE("FailureMax", NUMBER(5000))),
      THRESHOLD("lost", LINE("WarningMax", STRING("none")),
                LINE("FailureMax", NUMBER(0))),
      THRESHOLD("fill", LINE("WarningMin", NUMBER(6)),
                LINE("FailureMin", NUMBER(5)), LINE("WarningMax", NUMBER(90)),
                LINE("FailureMax", NUMBER(95))),
      THRESHOLD("fill", LINE("FailureMin", NUMBER(-1e9))),
      THRESHOLD("traffic", LINE("WarningMin", NUMBER(1))),
      THRESHOLD("fill", LINE("Instance", NUMBER(0)),
                LINE("Instance", STRING("/^a/"))),
      THRESHOLD("lost", LINE("Hits", NUMBER(1)),
                LINE("ClearHits", NUMBER(1000)), LINE("Hysteresis", NUMBER(0)),
                LINE("Persist", STRING("on")), LINE("PersistOK", BOOLEAN(0))),
      LINE("Threshold", STRING("lost")),
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct recording recording;
    int result = start_with(&recording, PLUGIN(rows[i]));
    CHECK(result == 0 && recording.line_count == 0, "row %zu: %s", i,
          recording_all_lines(&recording));
    recording_close(&recording);
  }
}

static void limits_are_checked_after_the_last_block(void **state) {
  (void)state;
  struct recording recording;
  recording_open(&recording, &fake_layer);
  recording_configure(&recording,
                      PLUGIN(THRESHOLD("lost", LINE("FailureMax", NUMBER(9)))));
  recording_configure(
      &recording, PLUGIN(THRESHOLD("lost", LINE("WarningMax", NUMBER(20)))));
  assert_int_equal(recording.line_count, 0);
  assert_true(recording_start(&recording) < 0);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "WarningMax"), 1);
  recording_close(&recording);
}

static void a_rule_for_one_object_is_checked_with_those_for_all(void **state) {
  (void)state;
  struct recording recording;
  assert_true(
      start_with(&recording,
                 PLUGIN(THRESHOLD("lost", LINE("FailureMax", NUMBER(9))),
                        THRESHOLD("lost", LINE("WarningMax", NUMBER(20)),
                                  LINE("Instance", STRING("a"))))) < 0);
  recording_close(&recording);
  start_quietly_with(&recording,
                     PLUGIN(THRESHOLD("lost", LINE("FailureMax", NUMBER(9)),
                                      LINE("Instance", STRING("b"))),
                            THRESHOLD("lost", LINE("WarningMax", NUMBER(20)),
                                      LINE("Instance", STRING("a")))));
  recording_close(&recording);
}

static void roots_that_are_no_directories_are_logged(void **state) {
  (void)state;
  struct temp_tree tree;
  char missing[400], file[400];
  temp_tree_make(&tree);
  temp_tree_write(&tree, "file", "x");
  temp_tree_path(&tree, "missing", missing, sizeof(missing));
  temp_tree_path(&tree, "file", file, sizeof(file));

  struct recording recording;
  int starts = fake_starts;
  assert_int_equal(
      start_with(&recording, PLUGIN(LINE("ProcRoot", STRING(missing)))),
      -ENOENT);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "ProcRoot"), 1);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, missing), 1);
  recording_close(&recording);
  assert_int_equal(
      start_with(&recording, PLUGIN(LINE("ProcRoot", STRING(tree.proc)),
                                    LINE("SysRoot", STRING(file)))),
      -ENOTDIR);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, "SysRoot"), 1);
  assert_int_equal(recording_lines(&recording, LAYER_ERROR, file), 1);
  recording_close(&recording);
  assert_int_equal(fake_starts, starts);
  temp_tree_remove(&tree);
}

static void later_rules_override_earlier_ones(void **state) {
  (void)state;
  struct temp_tree tree;
  struct recording recording;
  temp_tree_make(&tree);
  start_quietly_with(
      &recording, PLUGIN(LINE("ProcRoot", STRING(tree.proc)),
                         THRESHOLD("fill", LINE("WarningMax", NUMBER(50)),
                                   LINE("FailureMax", NUMBER(90))),
                         THRESHOLD("fill", LINE("Instance", STRING("/^[ab]$/")),
                                   LINE("WarningMax", NUMBER(20))),
                         THRESHOLD("fill", LINE("Instance", STRING("b")),
                                   LINE("FailureMax", NUMBER(60)))));
  temp_tree_write(&tree, "proc/net/lanes", "a 0 0 65\nb 0 0 65\nc 0 0 65\n");
  assert_int_equal(recording_read(&recording, 0), 0);
  assert_string_equal(recording_alerts(&recording),
                      "a/fill okay>warning, b/fill okay>failure, "
                      "c/fill okay>warning");
  assert_true(recording.alerts[0].limit == 20);
  assert_true(recording.alerts[1].limit == 60);
  assert_true(recording.alerts[2].limit == 50);
  recording_close(&recording);
  temp_tree_remove(&tree);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_fault_is_one_line),
      cmocka_unit_test(a_hysteresis_above_the_limit_is_a_fault),
      cmocka_unit_test(blocks_are_checked_together),
      cmocka_unit_test(all_faults_at_once_are_logged),
      cmocka_unit_test(an_unknown_option_is_only_a_warning),
      cmocka_unit_test(lines_with_long_names_are_cut),
      cmocka_unit_test(options_take_effect),
      cmocka_unit_test(options_take_effect_despite_faults),
      cmocka_unit_test(defaults_apply_without_configuration),
      cmocka_unit_test(an_empty_block_changes_nothing),
      cmocka_unit_test(booleans_are_the_words_of_collectd),
      cmocka_unit_test(case_does_not_matter),
      cmocka_unit_test(blocks_add_up),
      cmocka_unit_test(a_fault_in_any_block_counts),
      cmocka_unit_test(consistent_limits_are_accepted),
      cmocka_unit_test(limits_are_checked_after_the_last_block),
      cmocka_unit_test(a_rule_for_one_object_is_checked_with_those_for_all),
      cmocka_unit_test(roots_that_are_no_directories_are_logged),
      cmocka_unit_test(later_rules_override_earlier_ones),
  };
  return cmocka_run_group_tests_name("layer_config", tests, NULL, NULL);
}
