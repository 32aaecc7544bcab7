/* SPDX-License-Identifier: MIT */
/* The command line of a subcommand. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "config_node.h"

struct command;

#define ARGUMENTS_MAX_SETTINGS 64

struct arguments {
  const char *operand;     /* NULL: none */
  const char *config_file; /* NULL: the default one */
  double interval;         /* seconds; NAN: not given */
  unsigned reads;          /* 0: without end */
  bool on_line;            /* reads for each line of standard input */
  bool is_json;
  bool shows_all;
  bool since_boot;
  bool watches_containers;
  struct config_node settings[ARGUMENTS_MAX_SETTINGS];
  struct config_value values[ARGUMENTS_MAX_SETTINGS]; /* one for each */
  size_t setting_count;
};

/* Parses argv[1..argc). Returns 0, -1 after --help, or COMMAND_USAGE after
 * printing what is wrong. Settings point into argv, which is changed. */
int arguments_parse(struct arguments *ret, const struct command *command,
                    int argc, char **argv);

/* Prints the help of a command. */
void arguments_help(const struct command *command);

#endif
