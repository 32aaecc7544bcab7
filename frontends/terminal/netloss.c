/* SPDX-License-Identifier: MIT */
/* The command netloss: finds the subcommand and runs it. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "command.h"

/* The first is the default. */
static const struct command *const commands[] = {
    &show_command,     &live_command,    &log_command,
    &settings_command, &explain_command, &read_command,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *stream) {
  fprintf(stream, "usage: netloss [COMMAND] [OPTION...]\n"
                  "Shows where this host loses packets.\n\n");
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    fprintf(stream, "  %-10s %s%s\n", commands[i]->name, commands[i]->summary,
            i == 0 ? " (the default)" : "");
  fprintf(stream, "\n"
                  "netloss COMMAND --help shows the options of a command.\n"
                  "Exit status: 0 nothing is being lost, 1 something is,\n"
                  "2 wrong usage, 3 nothing could be read.\n");
}

static const struct command *find_command(const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    const struct command *command = commands[i];
    if (strcmp(command->name, name) == 0 ||
        (command->other_name != NULL && strcmp(command->other_name, name) == 0))
      return command;
  }
  return NULL;
}

static int run(const struct command *command, int argc, char **argv) {
  struct arguments arguments;
  int status = arguments_parse(&arguments, command, argc, argv);
  if (status == 0)
    status = command->run(&arguments);
  else if (status < 0)
    status = COMMAND_OKAY;
  return ferror(stdout) || fflush(stdout) != 0 ? COMMAND_FAILED : status;
}

int main(int argc, char **argv) {
  if (argc < 2 || (argv[1][0] == '-' && strcmp(argv[1], "--help") != 0 &&
                   strcmp(argv[1], "--version") != 0))
    return run(commands[0], argc, argv);
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
    print_help(stdout);
    return COMMAND_OKAY;
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("netloss %s\n", NETLOSS_VERSION);
    return COMMAND_OKAY;
  }
  const struct command *command = find_command(argv[1]);
  if (command != NULL)
    return run(command, argc - 1, argv + 1);
  fprintf(stderr, "netloss: there is no command \"%s\"\n\n", argv[1]);
  print_help(stderr);
  return COMMAND_USAGE;
}
