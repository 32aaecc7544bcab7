/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "setting_value.h"

struct argument {
  char letter;
  const char *name;
  const char *value; /* NULL: it takes none */
  const char *help;
};

/* A letter is written on the command line only where it is lower case. */
static const struct argument all[] = {
    {'a', "all", NULL, "shows every value"},
    {'b', "since-boot", NULL,
     "shows what has been lost since the host started"},
    {'c', "containers", NULL, "watches the network namespaces of containers"},
    {'F', "config", "FILE", "reads FILE instead of /etc/netloss.conf"},
    {'i', "interval", "SECONDS", "seconds between two reads"},
    {'j', "json", NULL, "prints JSON"},
    {'O', "option", "KEY=VALUE", "sets an option of the layer"},
    {'N', "reads", "N", "ends after N reads"},
    {'L', "on-line", NULL, "reads once for each line of standard input"},
    {'h', "help", NULL, "prints this help"},
};

enum { ARGUMENT_COUNT = sizeof(all) / sizeof(all[0]) };

static bool has(const struct command *command,
                const struct argument *argument) {
  return argument->letter == 'h' ||
         strchr(command->options, argument->letter) != NULL;
}

static bool has_short(const struct argument *argument) {
  return argument->letter >= 'a';
}

static void print_argument(const struct argument *argument) {
  char name[64];
  snprintf(name, sizeof(name), "--%s%s%s", argument->name,
           argument->value != NULL ? " " : "",
           argument->value != NULL ? argument->value : "");
  if (has_short(argument))
    printf("  -%c, %-20s %s\n", argument->letter, name, argument->help);
  else
    printf("      %-20s %s\n", name, argument->help);
}

void arguments_help(const struct command *command) {
  printf("usage: netloss %s [OPTION...]%s%s\n%s\n\n", command->name,
         command->operand != NULL ? " " : "",
         command->operand != NULL ? command->operand : "", command->summary);
  for (size_t i = 0; i < ARGUMENT_COUNT; i++)
    if (has(command, &all[i]))
      print_argument(&all[i]);
  if (command->help != NULL)
    printf("\n%s", command->help);
}

static int usage_error(const struct command *command, const char *expected,
                       const char *found) {
  fprintf(stderr,
          "netloss %s: %s, found %s\n"
          "Try: netloss %s --help\n",
          command->name, expected, found, command->name);
  return COMMAND_USAGE;
}

/* Adds a setting that points into text, which it changes. */
static bool add_setting(struct arguments *arguments, char *text) {
  char *equals = strchr(text, '=');
  if (equals == NULL || arguments->setting_count == ARGUMENTS_MAX_SETTINGS)
    return false;
  *equals = '\0';
  size_t i = arguments->setting_count++;
  arguments->values[i] = setting_value_parse(equals + 1);
  arguments->settings[i] = (struct config_node){
      .key = text, .values = &arguments->values[i], .value_count = 1};
  return true;
}

static int parse_one(struct arguments *arguments, const struct command *command,
                     int letter, char *value) {
  double number;
  switch (letter) {
  case 'a':
    arguments->shows_all = true;
    break;
  case 'b':
    arguments->since_boot = true;
    break;
  case 'c':
    arguments->watches_containers = true;
    break;
  case 'F':
    arguments->config_file = value;
    break;
  case 'i':
    if (!setting_value_number(value, &arguments->interval) ||
        arguments->interval < 0.001 || arguments->interval > 86400)
      return usage_error(command, "--interval: expected 0.001 to 86400", value);
    break;
  case 'j':
    arguments->is_json = true;
    break;
  case 'O':
    if (!add_setting(arguments, value))
      return usage_error(
          command, "--option: expected KEY=VALUE, 64 times at most", value);
    break;
  case 'N':
    if (!setting_value_number(value, &number) || number < 1 || number > 1e9 ||
        number != floor(number))
      return usage_error(command, "--reads: expected a whole number from 1",
                         value);
    arguments->reads = (unsigned)number;
    break;
  case 'L':
    arguments->on_line = true;
    break;
  case 'h':
    arguments_help(command);
    return -1;
  default:
    fprintf(stderr, "Try: netloss %s --help\n", command->name);
    return COMMAND_USAGE;
  }
  return 0;
}

/* Takes what stands behind the options. */
static int parse_operand(struct arguments *arguments,
                         const struct command *command, int count,
                         char **operands) {
  char expected[64];
  snprintf(expected, sizeof(expected), "expected one %s",
           command->operand != NULL ? command->operand : "");
  if (command->operand == NULL && count > 0)
    return usage_error(command, "expected no operand", operands[0]);
  if (command->operand != NULL && count != 1)
    return usage_error(command, expected, count > 0 ? "more" : "none");
  arguments->operand = count > 0 ? operands[0] : NULL;
  return 0;
}

/* Makes the tables of getopt_long(). */
static void list_options(const struct command *command, struct option *ret,
                         char *ret_letters) {
  for (size_t i = 0; i < ARGUMENT_COUNT; i++) {
    if (!has(command, &all[i]))
      continue;
    *ret++ = (struct option){.name = all[i].name,
                             .has_arg = all[i].value != NULL ? required_argument
                                                             : no_argument,
                             .val = all[i].letter};
    if (!has_short(&all[i]))
      continue;
    *ret_letters++ = all[i].letter;
    if (all[i].value != NULL)
      *ret_letters++ = ':';
  }
}

int arguments_parse(struct arguments *ret, const struct command *command,
                    int argc, char **argv) {
  struct option options[ARGUMENT_COUNT + 1] = {{0}};
  char letters[2 * ARGUMENT_COUNT + 1] = "";
  list_options(command, options, letters);
  *ret = (struct arguments){.interval = NAN};
  int letter;
  while ((letter = getopt_long(argc, argv, letters, options, NULL)) != -1) {
    int r = parse_one(ret, command, letter, optarg);
    if (r != 0)
      return r;
  }
  return parse_operand(ret, command, argc - optind, argv + optind);
}
