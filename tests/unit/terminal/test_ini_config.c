/* SPDX-License-Identifier: MIT */
/* The command's configuration: blocks of layers, and faults with their place.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ini_config.h"
#include "layer_list.h"

static char path[] = "/tmp/netloss-ini.XXXXXX";

static int make_file(void **state) {
  (void)state;
  int fd = mkstemp(path);
  return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state) {
  (void)state;
  return unlink(path);
}

static void write_file(const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fputs(text, file) < 0, 0);
  assert_int_equal(fclose(file), 0);
}

static struct ini_config *parse(const char *text) {
  struct ini_config *config = NULL;
  struct layer_error error;
  write_file(text);
  int r = ini_config_read(&config, path, &error);
  CHECK(r == 0, "%s", error.text);
  return config;
}

/* Expects one fault: its line, and what was expected and found. */
static void expect_fault(const char *text, int line, const char *words) {
  struct ini_config *config = NULL;
  struct layer_error error;
  char expected[256];
  write_file(text);
  assert_int_equal(ini_config_read(&config, path, &error), -EINVAL);
  assert_null(config);
  snprintf(expected, sizeof(expected), "%s:%d: expected %s", path, line, words);
  assert_string_equal(error.text, expected);
}

/* The only layer that every build of this test can name. */
static const struct layer *first(void) { return layer_list[0]; }

static const char *head(const char *rest) {
  static char text[512];
  snprintf(text, sizeof(text), "[%s%s", first()->name, rest);
  return text;
}

static void options_have_values_and_places(void **state) {
  (void)state;
  struct ini_config *config =
      parse(head("]\n# a comment\nOne = true\n  Two: 2.5\n\n; another\n"
                 "One = \"true\"\nThree = eth0 ; the first\n"));
  const struct config_node *block = ini_config_block(config, first());
  assert_int_equal(block->child_count, 4);
  const struct config_node *line = block->children;
  assert_string_equal(line[0].key, "One");
  assert_int_equal(line[0].values[0].kind, CONFIG_BOOLEAN);
  assert_true(line[0].values[0].boolean);
  assert_int_equal(line[0].line, 3);
  assert_string_equal(line[0].file, path);
  /* An indented line is no continuation. */
  assert_string_equal(line[1].key, "Two");
  assert_int_equal(line[1].values[0].kind, CONFIG_NUMBER);
  assert_true(line[1].values[0].number == 2.5);
  assert_int_equal(line[1].line, 4);
  assert_int_equal(line[2].values[0].kind, CONFIG_STRING);
  assert_string_equal(line[2].values[0].string, "true");
  assert_string_equal(line[3].values[0].string, "eth0");
  ini_config_free(config);
}

static void a_threshold_is_a_block(void **state) {
  (void)state;
  struct ini_config *config =
      parse(head(" threshold TcpExt:TCPFastOpenListenOverflow]\n"
                 "WarningMax = 10\nInstance = \"\"\n"));
  const struct config_node *block = ini_config_block(config, first());
  assert_int_equal(block->child_count, 1);
  const struct config_node *threshold = block->children;
  assert_string_equal(threshold->key, "Threshold");
  assert_string_equal(threshold->values[0].string,
                      "TcpExt:TCPFastOpenListenOverflow");
  assert_int_equal(threshold->child_count, 2);
  assert_true(threshold->children[0].values[0].number == 10);
  assert_string_equal(threshold->children[1].values[0].string, "");
  ini_config_free(config);
}

static void sections_of_a_layer_add_up(void **state) {
  (void)state;
  char text[512];
  snprintf(text, sizeof(text), "[%s]\na=1\n[%s threshold m]\nb=2\n[%s]\nc=3\n",
           first()->name, first()->name, first()->name);
  struct ini_config *config = parse(text);
  const struct config_node *block = ini_config_block(config, first());
  assert_int_equal(block->child_count, 3);
  assert_string_equal(block->children[2].key, "c");
  ini_config_free(config);
}

static void a_layer_without_a_section_has_an_empty_block(void **state) {
  (void)state;
  struct ini_config *config = parse("\n# nothing\n");
  assert_int_equal(ini_config_block(config, first())->child_count, 0);
  ini_config_free(config);
}

static void faults_name_line_expected_and_found(void **state) {
  (void)state;
  expect_fault("a = 1\n", 1,
               "a section before the first option, found \"a = 1\"");
  expect_fault(head("]\nflag\n"), 2, "NAME = VALUE, found \"flag\"");
  expect_fault(head("\n"), 1,
               "] at the end of a section's name, found \"[drop_reason\"");
  expect_fault(head(" limits x]\n"), 1,
               "[LAYER] or [LAYER threshold METER], found \"limits\"");
  expect_fault(head(" threshold]\n"), 1,
               "[LAYER] or [LAYER threshold METER], found \"threshold\"");
  expect_fault(head(" threshold a b]\n"), 1,
               "[LAYER] or [LAYER threshold METER], found \"threshold\"");
}

static void an_unknown_section_lists_the_layers(void **state) {
  (void)state;
  struct ini_config *config = NULL;
  struct layer_error error;
  write_file("\n[eth]\n");
  assert_int_equal(ini_config_read(&config, path, &error), -EINVAL);
  assert_non_null(strstr(error.text, ":2: expected a section of a layer"));
  assert_non_null(strstr(error.text, first()->name));
  assert_non_null(strstr(error.text, "found \"eth\""));
}

static void a_line_that_is_too_long_is_refused(void **state) {
  (void)state;
  char text[1024];
  int length = snprintf(text, sizeof(text), "[%s]\nA = ", first()->name);
  memset(text + length, 'x', 300);
  text[length + 300] = '\0';
  struct ini_config *config = NULL;
  struct layer_error error;
  write_file(text);
  assert_int_equal(ini_config_read(&config, path, &error), -EINVAL);
  assert_non_null(strstr(error.text, ":2: expected a line of at most"));
}

static void a_missing_file_is_an_error(void **state) {
  (void)state;
  struct ini_config *config = NULL;
  struct layer_error error;
  assert_int_equal(ini_config_read(&config, "/nonexistent/x", &error), -ENOENT);
  assert_string_equal(
      error.text, "/nonexistent/x cannot be read: No such file or directory");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_have_values_and_places),
      cmocka_unit_test(a_threshold_is_a_block),
      cmocka_unit_test(sections_of_a_layer_add_up),
      cmocka_unit_test(a_layer_without_a_section_has_an_empty_block),
      cmocka_unit_test(faults_name_line_expected_and_found),
      cmocka_unit_test(an_unknown_section_lists_the_layers),
      cmocka_unit_test(a_line_that_is_too_long_is_refused),
      cmocka_unit_test(a_missing_file_is_an_error),
  };
  if (layer_list[0] == NULL) {
    printf("1..0 # SKIP no layer was built\n");
    return 0;
  }
  return cmocka_run_group_tests_name("ini_config", tests, make_file,
                                     remove_file);
}
